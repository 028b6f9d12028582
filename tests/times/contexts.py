#!/usr/bin/env python3
"""contexts.py --sluice PATH: one rule, "a place takes what is known early enough", against GitHub's table of keys and contexts.

Every place of compiler/lower/places.def gets every kind of value. What the compiler takes must be what the rule says, and what
GitHub allows for the place's key; where the two differ, the reason stands below in `TAKEN` or `REFUSED`. What is taken is
emitted, and GitHub's own parser reads it where scripts/tools.sh has installed it."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
TIMES = ["unfolding", "run", "stage", "leg", "step"]

# What is written, when it is known, and what GitHub must have there for it: a context or a kind of function.
VALUES = {
    "constant": ('"x"', "unfolding", None),
    "github": ("github.ref", "run", "github"),
    "inputs": ("inputs.name", "run", "inputs"),
    "vars": ("vars.NAME", "run", "vars"),
    "needs": ("before.sha", "stage", "needs"),
    "matrix": ("matrix.os", "leg", "matrix"),
    "strategy": ("strategy.job-index", "leg", "strategy"),
    "steps": ("made.sha", "step", "steps"),
    "job": ("job.status", "step", "job"),
    "runner": ("runner.os", "step", "runner"),
    "env": ("env.HOME", "step", "env"),
    "outer env": ("env.OUTER", "run", "env"),
    "stage env": ("env.INNER", "leg", "env"),
    "secrets": ("secrets.KEY", "run", "secrets"),
    "token": ("github.token", "step", "github"),
    "hashFiles": ('hashFiles("x")', "step", "files"),
    "success": ("success()", "unfolding", "status"),
}

# GitHub's table: the contexts of each key, and those functions that only some keys have.
G = {"github", "inputs", "vars"}
GN = G | {"needs"}
GNM = GN | {"strategy", "matrix"}
RUN = GNM | {"secrets", "steps", "job", "runner", "env"}
STEP = RUN | {"files"}
GITHUB = {
    "": set(),  # gone once the graph stands
    "name": set(),
    "run-name": G,
    "on.workflow_dispatch.inputs.<id>.default": set(),
    "env.<id>": G | {"secrets"},
    "concurrency": G,
    "concurrency.cancel-in-progress": G,
    "jobs.<id>": set(),
    "jobs.<id>.name": GNM,
    "jobs.<id>.if": GN | {"status"},
    "jobs.<id>.runs-on": GNM,
    "jobs.<id>.environment.name": GNM,
    "jobs.<id>.environment.url": GNM | {"job", "runner", "env", "steps"},
    "jobs.<id>.concurrency": GNM,
    "jobs.<id>.concurrency.cancel-in-progress": GNM,
    "jobs.<id>.outputs.<id>": RUN,
    "jobs.<id>.env.<id>": GNM | {"secrets"},
    "jobs.<id>.strategy.matrix": GN,
    "jobs.<id>.strategy.fail-fast": GN,
    "jobs.<id>.strategy.max-parallel": GN,
    "jobs.<id>.timeout-minutes": GNM,
    "jobs.<id>.continue-on-error": GNM,
    "jobs.<id>.services.<id>.env.<id>": RUN - {"steps"},
    "jobs.<id>.steps.name": STEP,
    "jobs.<id>.steps.if": (STEP | {"status"}) - {"secrets"},
    "jobs.<id>.steps.env.<id>": STEP,
    "jobs.<id>.steps.with.<id>": STEP,
    "jobs.<id>.steps.run": STEP,
    "jobs.<id>.steps.working-directory": STEP,
    "jobs.<id>.steps.continue-on-error": STEP,
}

FILE = """secret KEY
environment live external
action typed = "acme/typed@0123456789012345678901234567890123456789" {{ input text: string? }}
pipeline ci {name} {{
  on manual {{
    input name: string = "x"
    {input}
  }}
  {pipeline}
  env {{ OUTER: github.sha }}
  stage before {{
    step made {{ run "true"; output sha: string }}
    output sha = made.sha
  }}
  stage place {header} {{
    matrix {{ {matrix} }}
    env {{ INNER: matrix.os }}
    {stage}
    step made {{ run "true"; output sha: string }}
    {step}
  }}
}}
"""
SLOTS = {"name": '"CI"', "input": "", "pipeline": "", "header": "", "matrix": 'os: ["a"]', "stage": "", "step": 'run "true"'}
IMAGE = "nginx:1@sha256:9b1d34adbce1dd07ee6e94b4a2cf698884b89bd44a6c9c12f5da8f3acbfe4957"
# Where each place is in that file; V is a value, T a text with it, L a list, N a number, B a condition.
PLACES = {
    "choice": ("step", 'if B { run "true" }'),
    "match": ("step", 'match T { case "x" { run "true" } else { run "false" } }'),
    "loop": ("step", 'for x in L { run "echo ${{ x }}" }'),
    "arithmetic": ("step", 'let sum = 1 + N\n run "echo ${{ sum }}"'),
    "argument": ("step", 'run "echo ${{ length(T) }}"'),
    "index": ("pipeline", 'stage other[T] { run "true" }'),
    "literal": ("pipeline", "runs-on T"),
    "pipeline_title": ("name", "T"),
    "time": ("stage", "timeout N"),
    "attempts": ("step", 'run "true" { retry N }'),
    "max_parallel": ("stage", "max-parallel N"),
    "approvals": ("step", 'watch 20m tolerate N { run "true" }'),
    "input_default": ("input", "input other: string = T"),
    "input_requirement": ("input", "require B"),
    "run_name": ("pipeline", "run-name T"),
    "pipeline_env": ("pipeline", "env { OUTER: github.sha }\n env { OTHER: T }"),
    "pipeline_group": ("pipeline", "env { OUTER: github.sha }\n concurrency T"),
    "pipeline_cancel": ("pipeline", 'env { OUTER: github.sha }\n concurrency "x" { cancel-running B }'),
    "stage_condition": ("header", "when B"),
    "matrix": ("matrix", 'os: ["a", T]'),
    "fail_fast": ("stage", "fail-fast B"),
    "stage_title": ("header", "T"),
    "runs_on": ("stage", "runs-on T"),
    "environment": ("header", "in environment(T)"),
    "stage_group": ("stage", "concurrency T"),
    "stage_cancel": ("stage", 'concurrency "x" { cancel-running B }'),
    "stage_failure": ("stage", "allow-failure B"),
    "service_env": ("stage", "service web { port 80\n backend github { image \"" + IMAGE + "\"\n env { A: T } } }"),
    "stage_env": ("step", 'run "true"\n env { OTHER: T }'),
    "url": ("header step", "in live", 'run "true"\n url T'),
    "stage_output": ("step", 'run "true"\n output out = T'),
    "step_title": ("step", 'step T { run "true" }'),
    "step_condition": ("step", 'step "x" when B { run "true" }'),
    "kept_condition": ("step", 'when B && env.INNER == "x" { run "true" }'),
    "step_env": ("step", 'run "true" { env { OTHER: T } }'),
    "step_with": ("step", "typed(T)"),
    "script": ("step", 'step "x" { run "echo ${{ V }}" }'),
    "working_directory": ("step", 'run "true" { working-directory T }'),
    "step_failure": ("step", 'run "true" { allow-failure B }'),
}
# Refusals by the rule, by a label, and of a step's name where it cannot be seen.
REFUSALS = re.compile(r"S0(308|330|313|211|212|34\d|35\d)")


def file_of(place, value):
    text = VALUES[value][0]
    slots = dict(SLOTS)
    names, *parts = PLACES[place]
    for name, part in zip(names.split(), parts):
        hole = '"x"' if value == "constant" else f'"${{{{ {text} }}}}"'
        number = ("5m" if place == "time" else "5") if value == "constant" else f"fromJSON({hole})"
        part = re.sub(r"\bN\b", lambda _: number, part)
        part = re.sub(r"\bL\b", lambda _: '["x"]' if value == "constant" else f"fromJSON({hole})", part)
        part = re.sub(r"\bT\b", lambda _: hole, part)
        part = re.sub(r"\bB\b", text if value == "success" else f'{text} != "y"', part.replace("\\", "\\\\"))
        slots[name] = re.sub(r"\bV\b", lambda _: text, part)
    return FILE.format(**slots)


def rule():
    """{place: (latest, functions, key)}, from the compiler's own table."""
    table = (ROOT / "compiler/lower/places.def").read_text()
    found = re.findall(r'^PLACE\((\w+),\s*"[^"]*",\s*(\w+),\s*(\w+),\s*"([^"]*)"', table, re.M)
    return {place: (latest, {"status", "files"} if functions == "both" else {functions}, key)
            for place, latest, functions, key in found}


def run_sluice(sluice, folder, *arguments):
    return subprocess.run([sluice, *arguments], cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def taken(sluice, folder, cases):
    """The cases that the compiler takes; the others are refused for their value and nothing else."""
    def codes(name):
        (folder / f"{name}.pipe").write_text(cases[name])
        result = run_sluice(sluice, folder, "check", "--format", "json", f"{name}.pipe")
        if result.returncode not in (0, 1):
            return name, [result.stderr]
        return name, [json.loads(line)["code"] for line in result.stdout.splitlines()]

    with concurrent.futures.ThreadPoolExecutor() as pool:
        told = {name: found for name, found in pool.map(codes, cases) if found}
    odd = [f"{name}: {codes}\n{cases[name]}" for name, codes in told.items()
           if not all(REFUSALS.fullmatch(code) for code in codes)]
    if odd:
        sys.exit("\n".join(odd))
    return {name for name in cases if name not in told}


def by_rule(place, value):
    latest, functions, _ = place
    _, time, needed = VALUES[value]
    early = TIMES.index(time) <= TIMES.index(latest)
    return early and (needed not in ("status", "files") or needed in functions)


def by_github(place, value):
    needed = VALUES[value][2]
    return needed is None or needed in GITHUB[place[2]]


SUBSTITUTED = "what the variable stands for is written in its place"
LATE_ENV = "the entry goes into the steps"
SECRET = "a secret is for `env`, `with` and scripts alone: this can be read by everybody"
TOKEN = "the token is a job's own, and its job has not begun"
FIXED = "this version wants the number written out"
BEFORE_STEPS = "a container's variables are those of its stage, and the same for all of it"
RUN_PLACES = ["run_name", "pipeline_env", "pipeline_group", "pipeline_cancel"]
LEG_PLACES = ["stage_title", "runs_on", "environment", "stage_group", "stage_cancel", "stage_failure"]
STAGE_PLACES = ["stage_condition", "matrix", "fail_fast"]
# (place, value) that the compiler takes though GitHub's table has no such context there, and why it can.
TAKEN = {
    **{(place, "outer env"): SUBSTITUTED for place in RUN_PLACES + STAGE_PLACES + LEG_PLACES + ["stage_env"]},
    **{(place, "stage env"): SUBSTITUTED for place in LEG_PLACES + ["stage_env"]},
    **{("stage_env", value): LATE_ENV for value in ("steps", "job", "runner", "env", "hashFiles")},
}
FIRST = "what inputs must meet is tested before anything else has run"
# (place, value) that the compiler refuses though GitHub's table has the context there, and why it does.
REFUSED = {
    **{(place, "token"): TOKEN for place in RUN_PLACES + STAGE_PLACES + LEG_PLACES + ["service_env"]},
    **{("service_env", value): BEFORE_STEPS for value in ("job", "runner", "env")},
    **{("max_parallel", value): FIXED for value in ("github", "inputs", "vars", "needs", "token")},
    **{("time", value): FIXED for value in ("github", "inputs", "vars", "needs", "matrix", "strategy", "token")},
    **{(place, value): SECRET for value in ("secrets", "token")
       for place in ("step_title", "stage_output", "working_directory", "step_failure")},
    **{(place, "token"): SECRET for place in ("url", "step_condition")},
    **{("input_requirement", value): FIRST
       for value in ("needs", "matrix", "strategy", "steps", "job", "runner", "env", "stage env", "token", "hashFiles")},
}


def compare(accepted):
    """What is wrong between compiler, rule and GitHub's table."""
    wrong, used = [], set()
    for place, entry in rule().items():
        for value, (_, time, needed) in VALUES.items():
            is_taken, secret = f"{place}-{value}" in accepted, value in ("secrets", "token")
            if is_taken != by_rule(entry, value) and not (secret and not is_taken):
                wrong.append(f"{place}: {value} is {'taken' if is_taken else 'refused'}, the rule says otherwise")
            if is_taken == by_github(entry, value):
                continue
            used.add((place, value))
            if (place, value) not in (TAKEN if is_taken else REFUSED):
                wrong.append(f"{place}: {value} is {'taken' if is_taken else 'refused'}, GitHub says otherwise for `{entry[2]}`")
    wrong += [f"{place}: {value} needs no reason" for place, value in {**TAKEN, **REFUSED} if (place, value) not in used]
    return wrong


def emitted(sluice, folder, names):
    """What GitHub's parser says about the workflows of what is taken."""
    for name in sorted(names):
        result = run_sluice(sluice, folder, "emit", f"{name}.pipe", "-o", f"out/{name}")
        if result.returncode:
            return [f"{name}: {result.stderr}"]
        (folder / f"out/{name}/ci.yml").rename(folder / f"out/{name}.yml")
    if not (TOOLS / "node_modules").exists():
        print("SKIPPED: GitHub's parser is not there: scripts/tools.sh installs it")
        return []
    files = sorted(str(path) for path in (folder / "out").glob("*.yml"))
    parser = ["node", ROOT / "tests/validators/github_parser.mjs", TOOLS, *files]
    result = subprocess.run([str(word) for word in parser], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    # It cannot know what is set outside; a context where none may stand is an error.
    told = [line for line in result.stdout.splitlines() if not line.endswith("Context access might be invalid: HOME")]
    return told + [result.stderr] if told or result.returncode not in (0, 1) else []


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sluice", default=str(ROOT / "build/release/sluice"))
    sluice = os.path.abspath(options.parse_args().sluice)
    if set(rule()) != set(PLACES):
        sys.exit(f"places.def and this test differ: {set(rule()) ^ set(PLACES)}")
    with tempfile.TemporaryDirectory(prefix="sluice-times-") as name:
        folder = pathlib.Path(name)
        cases = {f"{place}-{value}": file_of(place, value) for place in PLACES for value in VALUES}
        accepted = taken(sluice, folder, cases)
        wrong = compare(accepted) + emitted(sluice, folder, accepted)
    print("\n".join(wrong + [f"{len(cases)} places and values, {len(accepted)} taken, {len(wrong)} wrong"]))
    sys.exit(1 if wrong else 0)


main()

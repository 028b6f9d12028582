"""GitHub's semantics, case by case, each with its source.

    run.py --sluice SLUICE --probe PROBE [--only TOPIC …]

cases/*.toml are tables that the probe answers, expressions.py holds expressions to GitHub's own, and runs/*.pipe are
pipelines whose runs are looked at. What is expected of a run stands in its file, a case a line:

    //@ KEY = where GitHub defines it
    //! [KEY] stage NAME = RESULT            //! [KEY] step LEG › TITLE = OUTCOME/CONCLUSION
    //! [KEY] leg NAME = RESULT              //! [KEY] message LEG › TITLE: a part of why it failed
    //! [KEY] says LEG: a whole line         //! [KEY] silent LEG: no line is this
    //! [KEY] output STAGE.NAME = TEXT       //! [KEY] no-output STAGE.NAME
    //! [KEY] annotation LEVEL: a part       //! [KEY] summary a line
    // args: --jobs 4                        // interrupt: LINE, at which the run is cancelled
"""
import argparse
import json
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import expressions
import models
import tables

HERE = Path(__file__).parent
CASE = re.compile(r"//! \[(?P<key>[^\]]+)\] (?P<what>[a-z-]+) (?P<rest>.*)")
FORMS = {"stage": " = ", "leg": " = ", "step": " = ", "message": ": ", "says": ": ", "silent": ": ", "output": " = ",
         "annotation": ": "}


class Run:
    """What a run told, as its events and `sluice show` have it."""

    def __init__(self, events, shown, folder):
        self.stages, self.legs, self.steps, self.messages, self.lines, self.annotations = {}, {}, {}, {}, {}, []
        for event in events:
            self.take(event)
        self.outputs = {stage["stage"]: stage.get("outputs", {}) for stage in shown["stages"]}
        summary = folder / "summary.md"
        self.summary = summary.read_text().splitlines() if summary.exists() else []

    def take(self, event):
        kind = event["event"]
        if kind == "stage-finished":
            self.stages[event["stage"]] = event["result"]
        elif kind == "leg-finished":
            self.legs[event["leg"]] = event["result"]
        elif kind == "step-finished":
            name = f"{event['leg']} › {event['step']}"
            self.steps[name] = f"{event['outcome']}/{event['conclusion']}"
            self.messages[name] = event["message"]
        elif kind == "line":
            self.lines.setdefault(event["leg"], []).append(event["text"])
        elif kind == "annotation":
            self.annotations.append((event["level"], event["text"]))

    def judge(self, what, name, text):
        """Nothing, or what is there instead."""
        if what in ("stage", "leg", "step"):
            got = getattr(self, what + "s").get(name)
            return None if got == text else f"it is {got}"
        if what == "message":
            got = self.messages.get(name, "")
            return None if text in got else f"it says {got!r}"
        if what == "says":
            return None if text in self.lines.get(name, []) else f"it says {self.lines.get(name)}"
        if what == "silent":
            return "it says so" if text in self.lines.get(name, []) else None
        if what == "annotation":
            found = any(level == name and text in said for level, said in self.annotations)
            return None if found else f"there are {self.annotations}"
        if what == "summary":
            return None if text in self.summary else f"it holds {self.summary}"
        stage, output = name.split(".")
        got = self.outputs.get(stage, {}).get(output)
        if what == "no-output":
            return f"it is {got!r}" if got else None
        return None if got == text else f"it is {got!r}"


def repository(folder):
    environment = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PATH": os.environ["PATH"]}
    commands = [["init", "--quiet", "--initial-branch", "main"], ["config", "user.name", "actor-of-test"],
                ["config", "user.email", "actor@example.com"],
                ["remote", "add", "origin", "https://github.com/acme/shop.git"],
                ["add", "--all"], ["commit", "--quiet", "--message", "a commit", "--date", "2026-01-01T00:00:00Z"]]
    for command in commands:
        subprocess.run(["git", *command], cwd=folder, check=True, env=environment)


def execute(sluice, case, folder, interrupt):
    options = re.search(r"^// args: (.*)$", case, re.M)
    arguments = shlex.split(options.group(1)) if options else []
    inherited = re.compile(r"(?!GITHUB_|RUNNER_|CI$|NODE_OPTIONS$)")
    environment = {name: value for name, value in os.environ.items() if inherited.match(name)}
    environment["TZ"] = "UTC"
    process = subprocess.Popen([sluice, "run", "case.pipe", "--format", "json", *arguments], cwd=folder, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if interrupt and events[-1].get("text") == interrupt:
            process.send_signal(signal.SIGINT)
    errors = process.stderr.read()
    if process.wait() not in (0, 1) or not events:
        raise SystemExit(f"the run did not take place: {errors}")
    return events


def expectations(text, file):
    sources = set(re.findall(r"^//@ (\S+) = \S", text, re.M))
    cases = []
    for line in text.splitlines():
        if not line.startswith("//!"):
            continue
        case = CASE.fullmatch(line)
        assert case, f"{file}: cannot read `{line}`"
        for key in case["key"].split(", "):
            assert key in sources, f"{file}: no source `{key}`"
        what, rest = case["what"], case["rest"]
        assert what in FORMS or what in ("summary", "no-output"), f"{file}: what is `{what}`?"
        if what not in FORMS:
            cases.append((line[4:], what, rest, rest))
            continue
        name, said = rest.split(FORMS[what].rstrip(" "), 1)
        cases.append((line[4:], what, name.strip(), said.removeprefix(" ")))
    return cases


def run_file(sluice, file):
    text = file.read_text()
    cases = expectations(text, file.name)
    interrupt = re.search(r"^// interrupt: (.*)$", text, re.M)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "case.pipe").write_text(text)
        repository(folder)
        events = execute(sluice, text, folder, interrupt.group(1) if interrupt else None)
        shown = subprocess.check_output([sluice, "show", "last", "--format", "json"], cwd=folder)
        run = Run(events, json.loads(shown), folder / ".sluice" / "runs" / "1")
    wrong = 0
    for line, what, where, said in cases:
        if problem := run.judge(what, where, said):
            wrong += 1
            print(f"{file.name}: {line}\n    {problem}")
    print(f"{file.name}: {len(cases)} cases, {wrong} wrong")
    return len(cases), wrong


def results_of(sluice, text):
    """How the stages and the steps of a pipeline ended."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "case.pipe").write_text(text)
        repository(folder)
        return Run(execute(sluice, text, folder, None), {"stages": []}, Path(folder))


def compare(what, text, expected, got):
    ends = [(name, result, got.get(name)) for name, result in expected.items()]
    wrong = [f"{name} is {end}, expected {result}" for name, result, end in ends if end != result]
    if wrong:
        print(f"{what}: {'; '.join(wrong[:10])}, in\n{text}")
    return len(wrong)


def run_chains(sluice, seed, count):
    """Random chains of stages, and random steps, of which every result is known."""
    chance = random.Random(seed)
    cases = wrong = 0
    for _ in range(count):
        stages = models.random_chain(chance, 60)
        text = models.chain_text(stages)
        expected = {f"s{index}": result for index, result in enumerate(models.chain_results(stages))}
        wrong += compare(f"chains (seed {seed})", text, expected, results_of(sluice, text).stages)
        cases += len(expected)
    print(f"random chains: {cases} stages in {count} runs (seed {seed}), {wrong} wrong")
    return cases, wrong


def emitted(sluice, stages, folder):
    """The workflow of a chain; conditions that GitHub cannot keep, which `emit` tells, are taken out of it."""
    while True:
        (folder / "chain.pipe").write_text(models.chain_text(stages))
        done = subprocess.run([sluice, "emit", "chain.pipe", "-o", "out"], cwd=folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 0:
            return folder / "out" / "chain.yml"
        refused = re.findall(r"error\[S0501\].* of stage `s(\d+)`", done.stdout)
        assert refused, f"emit says: {done.stdout}"
        for index in refused:
            stages[int(index)]["condition"] = ""


def run_emitted(sluice, tools, seed, count):
    """Random chains once more: what is emitted, run as GitHub does, ends as it does here."""
    if not (tools / "node_modules" / "@actions" / "expressions").is_dir():
        print(f"SKIPPED: {count} emitted chains, as GitHub's package is not in {tools}; scripts/test installs it")
        return 0, 0
    chance = random.Random(seed)
    here = {"blocked": "skipped"}  # GitHub has no other word
    cases = wrong = 0
    for _ in range(count):
        stages = models.random_chain(chance, 40)
        with tempfile.TemporaryDirectory() as name:
            file = emitted(sluice, stages, Path(name))
            ended = subprocess.check_output(["node", str(HERE / "github_scheduler.mjs"), str(tools), str(file)])
        expected = {}
        for index, (stage, result) in enumerate(zip(stages, models.chain_results(stages))):
            allowed = result == "failure" and stage["allowed"]
            expected[f"s{index}"] = "success" if allowed else here.get(result, result)
        got = {f"s{index}": "skipped" for index in range(len(stages))} | json.loads(ended)
        wrong += compare(f"emitted chains (seed {seed})", models.chain_text(stages), expected, got)
        cases += len(expected)
    print(f"emitted chains: {cases} jobs of {count} workflows, scheduled as on GitHub (seed {seed}), {wrong} wrong")
    return cases, wrong


def run_steps(sluice, seed, count):
    chance = random.Random(seed)
    stages = [models.random_steps(chance, 10) for _ in range(count)]
    text = models.steps_text(stages)
    steps, results = {}, {}
    for index, stage in enumerate(stages):
        ends, results[f"s{index}"] = models.steps_results(stage)
        steps.update({f"s{index} › {number}": end for number, end in enumerate(ends)})
    run = results_of(sluice, text)
    wrong = compare(f"steps (seed {seed})", text, steps, run.steps)
    wrong += compare(f"steps (seed {seed})", text, results, run.stages)
    print(f"random steps: {len(steps)} steps of {count} stages in one run (seed {seed}), {wrong} wrong")
    return len(steps) + len(results), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", required=True, type=Path)
    parser.add_argument("--probe", required=True)
    parser.add_argument("--tools", type=Path, default=HERE.parents[1] / ".tools")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    chosen = [file for file in sorted((HERE / "runs").glob("*.pipe")) if not options.only or file.stem in options.only]
    sluice, tools, seed = options.sluice.resolve(), options.tools, options.seed
    written = [run_file(sluice, file) for file in chosen]
    made = []
    if not options.only:
        written += tables.run_all(options.probe) + [expressions.run_upstream(options.probe)]
        made = models.run_all(options.probe, seed, options.count)
        made += [run_chains(sluice, seed, 10), run_steps(sluice, seed, 60), run_emitted(sluice, tools, seed, 10),
                 expressions.run_random(options.probe, tools, seed, options.count)]
    wrong = sum(row[1] for row in written + made)
    print(f"{sum(row[0] for row in written)} cases with their sources and {sum(row[0] for row in made)} random ones "
          f"of GitHub's semantics: {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""same.py --sluice PATH --tools FOLDER: random pipelines with rollbacks, commits, handlers and stages that may fail, in which
some commands fail: run here by `sluice run`, and as GitHub would run what `sluice emit` makes of them. The same commands
run, and what depends on a stage is undone before it."""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LOG = '#!/bin/bash\necho "$1" >>"${LOG}"\n[[ " ${FAIL} " != *" $1 "* ]]\n'


def random_stage(chance, number, handlers):
    before = [other for other in range(number) if chance.random() < 0.5]
    # Behind a handler nothing is said to be the same: it runs whatever happened before that.
    before = [other for other in before if other not in handlers]
    handler = bool(before) and chance.random() < 0.12
    if handler:
        handlers.add(number)
    when = "when always()" if handler else "when github.event_name == \"other\"" if chance.random() < 0.1 else ""
    return {"name": f"s{number}", "after": before, "when": when, "allowed": chance.random() < 0.12,
            "steps": random_steps(chance, f"s{number}")}


def random_steps(chance, name):
    """`do`, `arm` and `commit`, by the commands that they are."""
    steps, armed = [], 0
    for number in range(chance.randint(1, 4)):
        if chance.random() < 0.55 and armed < 2:
            armed += 1
            steps.append(("arm", f"undo-{name}-{armed}"))
        if armed and chance.random() < 0.15:
            steps.append(("commit", ""))
        steps.append(("do", f"{name}-{number}"))
    return steps


def text_of(stages):
    lines = ["pipeline ship {", "  on push"]
    for stage in stages:
        after = " after " + ", ".join(f"s{other}" for other in stage["after"]) if stage["after"] else ""
        lines.append(f"  stage {stage['name']}{after} {stage['when']} {{")
        lines += ["    allow-failure"] * stage["allowed"]
        for kind, name in stage["steps"]:
            lines.append({"do": f'    run "log {name}"', "commit": "    commit",
                          "arm": f'    rollback within 1m {{ run "log {name}"; run "log {name}-check" }}'}[kind])
        lines.append("  }")
    return "\n".join([*lines, "}", ""])


def run_here(sluice, folder, failing):
    log = folder / "here.log"
    log.write_text("")
    env = os.environ | {"PATH": f"{folder}/bin:{os.environ['PATH']}", "LOG": str(log), "FAIL": " ".join(failing)}
    ended = subprocess.run([sluice, "run", "ship.pipe", "--jobs", "1", "--no-journal"], cwd=folder, env=env, capture_output=True,
                           text=True, timeout=120)
    if ended.returncode not in (0, 1):
        sys.exit(f"sluice run: exit status {ended.returncode}\n{ended.stdout}{ended.stderr}")
    return log.read_text().split()


def run_there(sluice, tools, folder, failing, last_first):
    emitted = subprocess.run([sluice, "emit", "ship.pipe", "-o", "out"], cwd=folder, capture_output=True, text=True, timeout=60)
    if emitted.returncode:
        sys.exit(f"sluice emit: {emitted.stderr}")
    (folder / "scenario").write_text(json.dumps({"fake": str(folder), "fail": failing, "last_first": last_first}))
    ended = subprocess.run(["node", HERE / "github_runs.mjs", tools, folder / "out/ship.yml", folder / "scenario"],
                           capture_output=True, text=True, timeout=120)
    if ended.returncode:
        sys.exit(f"github_runs.mjs: {ended.stderr}")
    return [line.split(": log ")[1] for line in json.loads(ended.stdout)["ran"] if ": log " in line]


def depends(stages, later, earlier):
    """Without those that look after failures themselves."""
    stage = stages[later]
    return "always" not in stage["when"] and any(other == earlier or depends(stages, other, earlier) for other in stage["after"])


def wrong_order(stages, ran):
    """What was undone before something that depends on it."""
    last = {name: position for position, name in enumerate(ran)}
    undone = [[last[name] for kind, name in stage["steps"] if kind == "arm" and name in last] for stage in stages]
    return [f"s{earlier} was undone before s{later}" for later in range(len(stages)) for earlier in range(later)
            if undone[earlier] and undone[later] and depends(stages, later, earlier) and min(undone[earlier]) < max(undone[later])]


def compare(options, chance):
    """(what is different, how many rollbacks ran here)"""
    handlers = set()
    stages = [random_stage(chance, number, handlers) for number in range(chance.randint(2, 6))]
    commands = [name for stage in stages for kind, name in stage["steps"] if kind == "do"]
    failing = chance.sample(commands, min(len(commands), chance.choice((1, 1, 1, 2))))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "bin").mkdir()
        (folder / "bin/log").write_text(LOG)
        (folder / "bin/log").chmod(0o755)
        (folder / "event").write_text("{}")
        (folder / "ship.pipe").write_text(text_of(stages))
        subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
        here = run_here(options.sluice, folder, failing)
        there = run_there(options.sluice, options.tools, folder, failing, chance.random() < 0.5)
    wrong = [f"here: {order}" for order in wrong_order(stages, here)] + [f"there: {o}" for o in wrong_order(stages, there)]
    if sorted(here) != sorted(there):
        wrong.append(f"here ran  {' '.join(here)}\nthere ran {' '.join(there)}")
    undone = sum(name.startswith("undo") for name in here)
    return [f"{text_of(stages)}failing: {failing}\n" + "\n".join(wrong)] if wrong else [], undone


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--tools", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    options = parser.parse_args()
    options.sluice = os.path.abspath(options.sluice)
    wrong, undone = [], 0
    for number in range(options.count):
        found, count = compare(options, random.Random(options.seed * 100_000 + number))
        wrong += found
        undone += count
    print("\n\n".join(wrong[:5]))
    print(f"{options.count} pipelines (seed {options.seed}), {undone} commands of rollbacks, {len(wrong)} wrong")
    sys.exit(1 if wrong or not undone else 0)


main()

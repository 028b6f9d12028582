#!/usr/bin/env python3
"""github.py --sluice PATH [--tools FOLDER] [--seed N] [--pipelines N] [FILE …]: random pipelines, and files, simulated and emitted.

`sluice simulate --pairs --backend github` says what comes of every course. The emitted workflow alone says it once more: it is
run by the documented rules of GitHub's scheduler, with GitHub's own package for expressions (tests/delivery/github_runs.mjs).
Which stages ran, failed and were skipped, which steps ran in them and in their rollbacks, must be the same."""
import argparse
import collections
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "delivery"))
import local
from fakes import Fakes

HERE = pathlib.Path(__file__).resolve().parent
RUNNER = HERE.parent / "delivery/github_runs.mjs"
# What GitHub knows of a stage; of an allowed failure it says success, of what was blocked that it was skipped.
SEEN = {"success": "success", "failure": "failure", "cancelled": "cancelled", "skipped": "skipped", "blocked": "skipped"}


class Writer(local.Writer):
    """Without what GitHub has no words for, or tells otherwise on purpose (docs/github.md): retries, matrices with rollbacks."""

    def stage(self, index):
        lines = super().stage(index)
        return [line.replace("retry 2 every 0s; ", "") for line in lines if line.strip() != "retry 2 every 0s"]

    def rollback(self, stage, number):
        lines = super().rollback(stage, number)
        return [lines[0].replace("rollback {", "rollback within 1m {"), *lines[1:]]

    def text(self):
        return re.sub(r'approve 1 of "[^"]*"', 'approve 1 of "ann"', super().text())


class Program:
    """A pipeline's graph, by the numbers that its steps have in a course."""

    def __init__(self, graph, text):
        self.stages = {stage["id"]: stage for stage in graph["stages"]}
        self.asks_for_failure = re.search(r"stage .* when failure\(\)", text) is not None
        self.named = set(re.findall(r"(\w+)\.result", text))
        self.entries = {stage["id"] for stage in graph["stages"] if "gate" in stage}

    def step(self, stage, number, rollback=None):
        steps = self.stages[stage]["steps"] if rollback is None else self.stages[stage]["rollbacks"][rollback - 1]["steps"]
        return steps[number - 1]

    def mark(self, *where):
        """Its command, if it has one that is the author's own."""
        text = self.step(*where).get("run", {}).get("text", "")
        return text.strip() if text.startswith("./") else None


def scenario_of(course, program):
    """The course for the runner; nothing where GitHub has no such thing."""
    ends, rejected, cancelled = {}, [], None
    for event in course["scenario"]:
        kind = event["kind"]
        of = program.stages.get(event.get("stage"), {})
        # Legs that run side by side end each other, at a time that nobody knows.
        if kind in ("stop", "expire", "newer") or "matrix" in of or "leg" in event:
            return None
        # A job that runs out of time is cancelled there, and so is one that is cancelled while it goes back, whoever asks for
        # its result, and it is no `failure()`. How one ends that may fail besides is not documented.
        other = kind == "hang" or (kind == "cancel" and "rollback" in event)
        if other and ("allow_failure" in of or event["stage"] in program.named or program.asks_for_failure):
            return None
        if kind == "reject":
            rejected.append(event["stage"])
            continue
        if "stage" not in event:
            cancelled = True
            continue
        stage, title = event["stage"], event.get("title")
        if title is None or event["stage"] in program.entries and kind == "cancel":
            return None
        end = {"fail": "failure", "hang": "timeout", "cancel": "cancelled"}[kind]
        for job in (stage, f"{stage}-rollback") if "rollback" in event else (stage,):
            if ends.setdefault(f"{job}: {title}", end) != end:
                return None  # one step ends in one way
    return {"ends": ends, "rejected": rejected, "cancelled": cancelled, "remember": True}


def told(course, program):
    """What the simulation says, in GitHub's words: results, and the author's commands by stage."""
    results, commands = {}, {}
    for stage in course["stages"]:
        result = "success" if stage.get("allowed") else SEEN[stage["result"]]
        results[stage["stage"]] = result
        commands[stage["stage"]] = [mark for step in stage["steps"]
                                    if (mark := program.mark(stage["stage"], step["step"], step.get("rollback")))]
    return results, commands


def seen(run, program):
    """What the workflow did, in the same form: a rollback's job is a part of its stage."""
    commands = {stage: [] for stage in program.stages}
    for line in run["ran"]:
        job, command = line.split(": ", 1)
        stage = job.removesuffix("-rollback")
        if command.startswith("./") and stage in commands:
            commands[stage].append(command)
    return {stage: run["results"].get(stage) for stage in program.stages}, commands


def differences(course, run, program):
    wanted, found = told(course, program), seen(run, program)
    wrong = [f"stage {stage}: simulated {result}, GitHub {found[0][stage]}"
             for stage, result in wanted[0].items() if not same(result, found[0][stage], course)]
    # A rollback that failed in its job is tried once more in one of its own: docs/github.md.
    again = any("rollback" in event for event in course["scenario"])
    count = set if again else collections.Counter
    for stage, commands in wanted[1].items():
        if count(commands) != count(found[1][stage]):
            wrong.append(f"stage {stage}: simulated {commands}, GitHub {found[1][stage]}")
    return wrong


def same(simulated, found, course):
    if simulated == found:
        return True
    kinds = {event["kind"] for event in course["scenario"]}
    # A job that runs out of time is cancelled there, so is one that failed and was cancelled while it went back, and one
    # that had not begun in a cancelled run is skipped.
    late = any(event["kind"] == "cancel" and "rollback" in event for event in course["scenario"])
    return (("hang" in kinds or late) and {simulated, found} == {"failure", "cancelled"}) or \
        ("cancel" in kinds and {simulated, found} == {"cancelled", "skipped"})


def compare(options, folder, text, seed):
    """How many courses were compared, and what differs."""
    file = folder / "p.pipe"
    file.write_text(text)
    call = lambda *words: subprocess.run([options.sluice, *map(str, words)], cwd=folder, capture_output=True, text=True, timeout=120)
    emitted = call("emit", file, "-o", folder)
    if "error[S0501]" in emitted.stderr:  # what GitHub has no words for
        return 0, []
    if emitted.returncode:
        sys.exit(f"not emitted (seed {seed}):\n{text}\n{emitted.stderr}")
    program = Program(json.loads(call("graph", "--format", "json", file).stdout), text)
    courses = [json.loads(line) for line in call("simulate", file, "--pairs", "--backend", "github", "--format", "json").stdout.splitlines()]
    fakes = Fakes(folder)
    fakes.deployed((7, ["in_progress"]))
    fakes.answers("actions/runs/7/approvals", [{"state": "approved", "comment": "", "user": {"login": "ann"},
                                                "environments": [{"name": "live-approval"}]}])
    wanted = []
    for course in courses:
        one = scenario_of(course, program)
        cancels = any(event["kind"] == "cancel" for event in course["scenario"])
        if one and not (cancels and not is_chain(program)):
            one["rejected"] = ["live-approval" for _ in one["rejected"]]
            wanted.append((course, {**one, "fake": str(folder)}))
    scenarios = folder / "scenarios"
    scenarios.write_text("".join(json.dumps(one) + "\n" for _, one in wanted))
    done = subprocess.run(["node", RUNNER, options.tools, folder / "p.yml", scenarios], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the workflow cannot be run (seed {seed}):\n{text}\n{done.stderr[-3000:]}")
    wrong = []
    for (course, _), line in zip(wanted, done.stdout.splitlines(), strict=True):
        for difference in differences(course, json.loads(line), program):
            wrong.append(f"{json.dumps(course['scenario'])} {json.dumps(course['given'])}\n  {difference}")
    return len(wanted), wrong


def is_chain(program):
    """Each stage follows the one before: then it is certain what has ended when the run is cancelled."""
    stages = list(program.stages.values())
    return all(any(edge["stage"] == before["id"] for edge in after.get("after", [])) for before, after in zip(stages, stages[1:]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", required=True, type=os.path.abspath)
    parser.add_argument("--tools", default=str(HERE.parents[1] / ".tools"))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--pipelines", type=int, default=20)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    courses = broken = 0
    for number in range(options.pipelines):
        seed = f"{options.seed}-{number}"
        text = Writer(random.Random(seed), "p").text()
        with tempfile.TemporaryDirectory(prefix="sluice-equivalence-") as folder:
            count, wrong = compare(options, pathlib.Path(folder), text, seed)
        courses += count
        if wrong:
            broken += len(wrong)
            print(f"--- pipeline {number}\n{text}" + "\n".join(wrong[:3]), flush=True)
    print(f"{courses} courses of {options.pipelines} pipelines, {broken} differences")
    sys.exit(1 if broken or not courses else 0)


main()

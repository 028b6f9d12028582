#!/usr/bin/env python3
"""local.py --sluice PATH [--seed N] [--pipelines N] [--keep]: random small pipelines, run here and simulated.

Each step of a pipeline writes down that it ran, and fails or is cancelled if a file says so. `sluice simulate --pairs` says
what comes of every course; some of the courses are then run for real, and must come out as they were told: the result of
the run and of each stage, which steps ran in a stage and its rollbacks, in that order."""
import argparse
import collections
import json
import os
import pathlib
import pwd
import random
import subprocess
import sys
import tempfile

ME = pwd.getpwuid(os.geteuid()).pw_name
CONDITIONS = ["always()", "failure()", "success()", "cancelled()", "!cancelled()"]


class Writer:
    """A random pipeline. Every script is the same, which does what the course wants of its step."""

    def __init__(self, chance, name):
        self.chance, self.name = chance, name
        self.nearness = chance.choice([0.6, 1])  # of 1, everything follows everything before

    def script(self, mark):
        return f'run "./act {mark}"'

    def step(self, name, mark, condition="", options=""):
        when = f" when {condition}" if condition else ""
        return f"    step {name}{when} {{ {options}{self.script(mark)} }}"

    def steps(self, stage, first, count):
        lines = []
        for number in range(first, first + count):
            condition = self.chance.choice(CONDITIONS) if self.chance.random() < 0.25 else ""
            options = self.chance.choice(["allow-failure; ", "retry 2 every 0s; "]) if self.chance.random() < 0.25 else ""
            lines.append(self.step(f"s{number}", f"{stage}.s{number}", condition, options))
        return lines

    def rollback(self, stage, number):
        body = [self.step(f"r{number}{part}", f"{stage}.r{number}{part}") for part in "ab"[:self.chance.randint(1, 2)]]
        return ["    rollback {", *["  " + line for line in body], "    }"]

    def stage(self, index):
        name = f"t{index}"
        before = [f"t{other}" for other in range(index) if self.chance.random() < self.nearness]
        after = f" after {', '.join(before)}" if before else ""
        environment = " in live" if self.chance.random() < 0.4 else ""
        condition = ""
        if self.chance.random() < 0.3:
            condition = self.chance.choice(CONDITIONS)
            if before and self.chance.random() < 0.5:
                condition = f'always() && {self.chance.choice(before)}.result == "{self.chance.choice(["success", "failure", "skipped"])}"'
        when = f" when {condition}" if condition else ""
        undone = bool(environment) or self.chance.random() < 0.4
        lines = [f"  stage {name}{after}{environment}{when} {{"]
        if self.chance.random() < 0.15:
            lines.append("    allow-failure")
        elif self.chance.random() < 0.15:
            lines.append("    retry 2 every 0s")
        if not undone and self.chance.random() < 0.2:
            lines.append("    matrix { leg: [1, 2] }")
        lines += self.steps(name, 1, 1) if not undone else []
        if undone:
            for number in range(1, self.chance.randint(2, 3)):
                lines += self.rollback(name, number) + self.steps(name, number * 2, 1)
        lines += self.steps(name, 8, self.chance.randint(0, 1))
        if undone and self.chance.random() < 0.3:
            lines += ["    commit", self.step("s9", f"{name}.s9")]
        return [*lines, "  }"]

    def text(self):
        people = f"approve 1 of \"{ME}\"" if self.chance.random() < 0.5 else 'check { run "./act entry.check" }'
        head = [f"environment live {{ {people}; lock }}", f"pipeline {self.name} {{", "  on push"]
        for index in range(self.chance.randint(2, 5)):
            head += self.stage(index)
        return "\n".join([*head, "}"]) + "\n"


ACT = """#!/bin/sh
# What a step does: says that it ran, then ends as its course has it.
echo "$1" >> "{here}/seen"
if test -e "{here}/cancel.$1"; then rm "{here}/cancel.$1"; "{sluice}" cancel --root "{folder}" & sleep 2; fi
test ! -e "{here}/fail.$1"
"""


class Case:
    def __init__(self, sluice, folder, text):
        self.sluice, self.folder, self.here = sluice, folder, folder / "seen"
        self.here.mkdir(parents=True)
        self.file = folder / "p.pipe"
        act = folder / "act"
        act.write_text(ACT.format(here=self.here, sluice=sluice, folder=folder))
        act.chmod(0o755)
        self.file.write_text(text.replace('"./act ', f'"{act} '))
        subprocess.run(["git", "init", "-q", folder], check=True)

    def call(self, *arguments):
        return subprocess.run([self.sluice, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
                              timeout=60, stdin=subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"})

    def courses(self):
        done = self.call("simulate", self.file, "--pairs", "--format", "json")
        if done.returncode not in (0, 1):
            raise AssertionError(f"simulate gave {done.returncode}\n{done.stdout[-2000:]}{done.stderr}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def run(self, course):
        """The journal's own words for what happened, and what the steps have written."""
        for file in self.here.iterdir():
            file.unlink()
        rejects = False
        for event in course["scenario"]:
            if event["kind"] == "reject":
                rejects = True
                continue
            mark = "entry.check" if "-entry" in event["stage"] else f"{event['stage']}.{event['id']}"
            (self.here / f"{event['kind']}.{mark}").touch()
        done = self.call("run", self.file, "--jobs", "8")
        if done.returncode == 3:
            done = self.call("reject" if rejects else "approve")
        newest = max((self.folder / ".sluice/runs").iterdir(), key=lambda path: int(path.name))
        if not (newest / "result.json").exists():
            raise AssertionError(f"the run came to no end: {course['scenario']}\n{done.stdout}{done.stderr}{self.file.read_text()}")
        result = json.loads((newest / "result.json").read_text())
        seen = self.here / "seen"
        return result, seen.read_text().split() if seen.exists() else []


def can_be_run(course):
    """What a file beside a step can bring about. A cancel meets other stages wherever they are: it is told alone, and
    where nothing else can be at work."""
    kinds = {event["kind"] for event in course["scenario"]}
    if not kinds <= {"fail", "cancel", "reject"} or course["given"]:
        return False
    for event in course["scenario"]:
        if "leg" in event or (event["kind"] != "reject" and "step" not in event):
            return False
        if event["kind"] == "cancel" and (has_legs(course, event["stage"]) or has_company(course, event["stage"])):
            return False
    return True


def has_legs(course, stage):
    return any("leg" in step for one in course["stages"] if one["stage"] == stage for step in one["steps"])


def has_company(course, stage):
    return any(one["stage"] != stage and independent(one["stage"], stage) for one in course["stages"])


AFTER = {}


def independent(one, other):
    return one not in AFTER[other] and other not in AFTER[one]


def read_order(case):
    graph = json.loads(case.call("graph", case.file).stdout)
    stages = graph["stages"]
    names = [stage["id"] for stage in stages]
    AFTER.clear()
    for stage in stages:
        above = set()
        for edge in stage.get("after", []):
            before = edge["stage"] if isinstance(edge, dict) else edge
            before = names[before] if isinstance(before, int) else before
            above |= {before} | AFTER[before]
        AFTER[stage["id"]] = above


def told_steps(course, names):
    """By stage: the marks that its steps and rollbacks write."""
    told = {}
    for stage in course["stages"]:
        lines = []
        for step in stage["steps"]:
            lines += [names[(stage["stage"], step.get("rollback"), step["step"])]] * step.get("tries", 1)
        told[stage["stage"]] = lines
    return told


def step_names(case):
    """(stage, rollback, number) -> the mark of that step."""
    graph = json.loads(case.call("graph", case.file).stdout)
    found = {}
    for stage in graph["stages"]:
        places = [(None, stage.get("steps", []))] + [(i, one["steps"]) for i, one in enumerate(stage.get("rollbacks", []), 1)]
        for rollback, steps in places:
            for number, step in enumerate(steps, 1):
                mark = "entry.check" if "-entry" in stage["id"] else f"{stage['id']}.{step.get('id')}"
                found[(stage["id"], rollback, number)] = mark
    return found


def differences(course, result, seen, names):
    wrong = []
    if result["outcome"].replace(" ", "-") != course["result"]:
        wrong.append(f"the run: {result['outcome']}, simulated {course['result']}")
    for stage in course["stages"]:
        real = result["stages"][stage["stage"]]
        if (real["result"], real["allowed"]) != (stage["result"], stage.get("allowed", False)):
            wrong.append(f"{stage['stage']}: {real['result']} {real['allowed']}, simulated {stage['result']}")
    told = told_steps(course, names)
    for stage, lines in told.items():
        prefix = "entry." if "-entry" in stage else stage + "."
        ran = [line for line in seen if line.startswith(prefix)]
        if has_legs(course, stage):  # they run side by side, and the first that fails ends the others
            ran, lines = sorted(set(ran)), sorted(set(lines))
        if ran != lines:
            wrong.append(f"steps of {stage}: {ran}, simulated {lines}")
    return wrong


def try_pipeline(sluice, folder, chance, most):
    """(how the courses that were run ended, what differed)."""
    text = Writer(chance, "p").text()
    case = Case(sluice, folder, text)
    if case.call("check", case.file).returncode != 0:
        return None
    read_order(case)
    names = step_names(case)
    courses = [course for course in case.courses() if can_be_run(course)]
    chosen = courses[:1] + chance.sample(courses[1:], min(most, len(courses) - 1))
    wrong = []
    for course in chosen:
        result, seen = case.run(course)
        for line in differences(course, result, seen, names):
            wrong.append(f"{line}\n  course: {json.dumps(course['scenario'])}\n")
    return [course["result"] for course in chosen], wrong and ["".join(wrong) + case.file.read_text()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pipelines", type=int, default=20)
    parser.add_argument("--courses", type=int, default=6)
    options = parser.parse_args()
    chance, tried, ends, wrong = random.Random(options.seed), 0, collections.Counter(), []
    while tried < options.pipelines:
        with tempfile.TemporaryDirectory(prefix="sluice-equivalence-") as folder:
            done = try_pipeline(os.path.abspath(options.sluice), pathlib.Path(folder), chance, options.courses)
        if done is None:
            continue
        tried += 1
        ends.update(done[0])
        wrong += done[1]
    print("\n\n".join(wrong[:3]))
    print(f"{tried} pipelines, {ends.total()} courses run and simulated, {len(wrong)} pipelines differ; {dict(ends)}")
    sys.exit(1 if wrong or len(ends) < 5 else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""generate.py --sluice PATH [--runs N] [--seed N] [--keep FOLDER] [--parser TOOLS]: random programs over the whole language.

The checker may refuse them, but it never crashes and never hangs; what it accepts becomes a graph that keeps its promises
(`sluice` ends itself with status 2 where one is broken), a workflow, a drawing and one form. With TOOLS, a folder of
scripts/tools.sh, GitHub's own parser reads the workflows. The same seed gives the same programs."""
import argparse
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PARSER = HERE.parent / "validators/github_parser.mjs"
MODULES = {"python": ['setup("3.11")', 'setup("3.12", packages: ["ruff", "black"])', 'coverage("coverage.xml")'],
           "security": ["audit()", 'no-secrets(".")'], "report": ["summary()", "comment-on-pull-request()"],
           "airflow": ["validate-dags()"], "notify": ['slack("#team", "hello")']}
CONTEXTS = ["github.ref", "github.actor", "github.sha", "github.event_name", "github.repository", "vars.NAME", "github.run_id"]
LATE = ["runner.os", "env.NAME"]
OF_PULL_REQUESTS = ["github.head_ref", "github.event.pull_request.title"]
EVENTS = ["push", "pull_request", 'push { branches "main" }', 'push { tags "v*"; paths "src/**" }', "release { types published }",
          'schedule "30 2 * * 1-5"', 'pull_request { types opened, synchronize; branches "main" }', "merge_group", "issues",
          'schedule "0 0 * * *" zone "Europe/Berlin"', "workflow_dispatch", "repository_dispatch", "delete", "fork",
          'push { branches "main", "feature/**"; paths-ignore "**.md" }', 'workflow_run { workflows "CI"; types completed }']
FAULTS = ['stage "x"', "run", "let = 3", "}", "{", '"text', "after a", "when", "input x: nothing", "1 + 2", "a.b.c", "step {", "@", "€",
          "retry 0", "timeout 9", "uses 3", "matrix 5", "output", "env 3", "for x in 3 { }", "if 3 { }", "else { }", "permissions { x: y }"]


class Writer:
    """One program. What was declared is remembered, so that most names mean something; `wild` is how often one does not."""

    def __init__(self, random_, wild):
        self.random, self.wild = random_, wild
        self.lines, self.depth, self.number = [], 0, 0
        self.secrets, self.inputs, self.constants, self.lists = [], [], [], []
        self.stages, self.steps, self.outputs, self.templates, self.environments = [], [], [], [], []
        self.modules, self.loops, self.axes, self.artifacts, self.services, self.actions, self.enums = [], [], [], [], [], [], []
        self.contexts, self.placed = list(CONTEXTS), False
        self.kinds, self.records, self.absent, self.plans, self.kind_lists = [], [], [], [], []

    # ---- small things

    def chance(self, share):
        return self.random.random() < share

    def pick(self, choices):
        return self.random.choice(list(choices))

    def name(self, stem):
        self.number += 1
        return self.pick([f"{stem}{self.number}", f"{stem}-{self.number}", f"{stem}_{self.number}"])

    def say(self, text):
        self.lines.append("  " * self.depth + text)

    def block(self, header, fill):
        self.say(header + " {")
        self.depth += 1
        fill()
        if self.chance(self.wild / 4):
            self.say(self.pick(FAULTS))
        self.depth -= 1
        self.say("}")

    # ---- values

    def text(self):
        return self.pick(["plain", "it's", "a b  c", "ünïcode ✓", "$HOME", "x: y", "- item", "# no comment", "*", "true", "1.10", "%d",
                          "null", "~", "{a}", "[b]", "&c", "!d", "?", "@x", "`t`", "tab\\t", "quote \\\" here", "on", "0x1f", ""])

    def string(self, holes=True):
        pieces = [self.text()]
        while holes and self.chance(0.35):
            pieces.append("${{ " + self.value(1) + " }}" + self.text())
        return '"' + "".join(pieces) + '"'

    def reference(self):
        known = [f"inputs.{name}" for name in self.inputs] + self.constants + self.loops + [f"matrix.{name}" for name in self.axes]
        known += [f"{step}.{output}" for step, output in self.steps] + [f"{stage}.{output}" for stage, output in self.outputs]
        known += [f"secrets.{name}" for name in self.secrets] + [f"{stage}.result" for stage in self.stages] + self.contexts
        known += [f"{name}[0]" for name in self.lists] + self.kinds
        known += [f"{name}.{field}" for name in self.records for field in ("slot", "share", "steps[0]", "kind")]
        known += [f"({name} ?? \"none\")" for name in self.absent] + [f"({name}.note ?? \"none\")" for name in self.records]
        if self.chance(self.wild):
            return self.pick(self.absent + ["nothing", "inputs.nothing", "github.nothing", "secrets.NOTHING", "matrix.nothing", "steps.x", "needs.y"])
        return self.pick(known)

    def value(self, depth=0):
        kind = self.random.randrange(12 if depth < 3 else 4)
        if kind < 4:
            return self.reference()
        if kind == 4:
            return self.string(False)
        if kind == 5:
            return self.pick(["3", "-1", "1.5", "0x1f", "1e-3", "30s", "5m", "10%", "1MiB", "true", "false", "null"])
        if kind == 6:
            return f"{self.pick(self.absent) if self.absent and not self.chance(self.wild) else self.reference()} ?? {self.string(False)}"
        if kind == 7:
            return self.call(depth)
        if kind == 8:
            return f"({self.condition(depth + 1)})"
        if kind == 9:
            return f"[{self.value(depth + 1)}, {self.value(depth + 1)}]" if self.chance(self.wild) else self.string(False)
        if kind == 10:
            return self.pick(["3 + 4", "5m * 2", "1h / 1m", "2 - 1"])
        return self.string(False)

    def call(self, depth):
        one, two = self.reference(), self.string(False)
        calls = [f"contains({one}, {two})", f"startsWith({one}, {two})", f"format(\"{{0}}-{{1}}\", {one}, {two})",
                 f"case({self.condition(depth + 1)}, {two}, {two})", f"toJSON({one})", "hashFiles(\"**/*.lock\")",
                 "join([\"a\", \"b\"], \",\")", "length([1, 2])", "max(1, 2, 3)", "first([\"a\"])", "keys(({ a: 1 }))"]
        return self.pick(calls + (["nothing(1)", "contains()"] if self.chance(self.wild) else []))

    def condition(self, depth=0):
        kind = self.random.randrange(8 if depth < 2 else 3)
        if kind < 3:
            if self.kinds and self.chance(0.2):
                return f"{self.pick(self.kinds)} {self.pick(['==', '!='])} {self.level()}"
            if self.absent and self.chance(0.2):
                return f"{self.pick(self.absent)} {self.pick(['==', '!='])} null"
            return f"{self.pick(self.contexts)} {self.pick(['==', '!='])} {self.string(False)}"
        if kind == 3:
            return self.pick(["always()", "failure()", "success()", "cancelled()", "!cancelled()"])
        if kind == 4:
            return f"{self.condition(depth + 1)} {self.pick(['&&', '||'])} {self.condition(depth + 1)}"
        if kind == 5:
            return f"!({self.condition(depth + 1)})"
        if kind == 6:
            return f"startsWith({self.pick(self.contexts)}, \"x\")"
        return f"{self.pick(self.stages)}.result == \"success\"" if self.stages else "github.ref == \"x\""

    def script(self):
        hole = "${{ " + self.value(1) + " }}"
        scripts = ['"make test"', f'"echo {hole}"', f'"""echo "in {hole}" \'and {hole}\'"""', "'echo it''s me'",
                   f'"""\n      cat <<END\n      {hole}\n      END\n      """', f'"echo $(basename {hole})"', f'"for x in {hole}; do echo $x; done"']
        if self.chance(self.wild):
            scripts += [f'"echo $(( {hole} ))"', f'"echo `{hole}`"', f'"eval {hole}"', '""']
        return self.pick(scripts)

    # ---- a file

    def module(self):
        """A file for others: what its user may name of it, by the kind of thing, and its text."""
        for declare in (self.constant, self.absence, self.list, self.kind, self.kind_list, self.record, self.template, self.plan):
            declare()
            while self.chance(0.3):
                declare()
        if self.chance(0.2):
            self.say("let _inside = 3")
        return "\n".join(self.lines) + "\n"

    def use(self, path, module):
        name = self.name("lib")
        self.say(f"use \"{path}\" as {name}")
        for kind in ("constants", "absent", "lists", "kinds", "kind_lists", "records", "templates", "plans"):
            getattr(self, kind).extend(f"{name}.{inner}" for inner in getattr(module, kind))

    def program(self, module=None):
        for name in MODULES:
            if self.chance(0.4):
                if name == "notify":
                    self.secrets.append("HOOK")
                    self.lines.insert(0, "secret HOOK")
                self.say(f"use std.{name}" + ("(slack: secrets.HOOK)" if name == "notify" else ""))
                self.modules.append(name)
        if module:
            self.use(*module)
        for declare in (self.secret, self.constant, self.absence, self.list, self.environment, self.kind, self.kind_list, self.record,
                        self.template, self.action, self.service, self.plan):
            while self.chance(0.45):
                declare()
        for _ in range(self.pick([1, 1, 1, 2])):
            self.pipeline()
        return "\n".join(self.lines) + "\n"

    def secret(self):
        self.secrets.append(f"KEY_{len(self.secrets)}")
        self.say(f"secret {self.secrets[-1]}{self.pick(['', ' optional'])}")

    def constant(self):
        name = self.name("c")
        self.say(f"let {name} = {self.pick([self.string(False), '3', '1h30m', 'true', '10%'])}")
        self.constants.append(name)

    def list(self):
        name = self.name("l")
        self.say(f"let {name}: list<string> = [{', '.join(self.string(False) for _ in range(self.pick([1, 2, 3])))}]")
        self.lists.append(name)

    def environment(self):
        name = self.name("place")
        self.say(self.pick([f"environment {name} external", f"environment {name} {{ url \"https://example.com\" }}",
                            f"environment {name} {{ url \"https://example.com\"; secret INSIDE }}"]))
        self.environments.append(name)

    def kind(self):
        self.enums.append(self.name("kind"))
        self.say(f"type {self.enums[-1]} = enum(\"low\", \"high\")")
        self.kinds.append(self.name("level"))
        self.say(f"let {self.kinds[-1]}: {self.enums[-1]} = {self.level()}")

    def level(self):
        return self.pick(['"low"', '"high"', '"none"'] if self.chance(self.wild) else ['"low"', '"high"'])

    def kind_list(self):
        if not self.enums:
            return
        name = self.name("levels")
        self.say(f"let {name}: list<{self.pick(self.enums)}> = [{', '.join(self.level() for _ in range(self.pick([1, 2])))}]")
        self.kind_lists.append(name)

    def absence(self):
        self.absent.append(self.name("n"))
        self.say(f"let {self.absent[-1]}: string? = {self.pick(['null', self.string(False)])}")

    def record(self):
        if not self.enums:
            return
        kind, name, made = self.pick(self.enums), self.name("shape"), self.name("r")
        self.say(f"type {name} = {{ slot: string, share: percent, note: string?, steps: list<number>, kind: {kind} }}")
        note = self.pick(["", "note: null, ", f"note: {self.string(False)}, "])
        self.say(f"let {made}: {name} = ({{ slot: {self.string(False)}, share: {self.pick(['10%', '100%'])}, {note}"
                 f"steps: [1, 2], kind: {self.level()} }})")
        self.records.append(made)

    def plan(self):
        """A stage template."""
        name, of = self.name("plan"), self.pick(self.enums) if self.enums else "string"
        kept = self.constants, self.kinds, self.absent, self.stages, self.outputs, self.inputs, self.artifacts
        self.placed, self.constants, self.absent = False, self.constants + ["text"], self.absent + ["note"]
        self.kinds = self.kinds + ["level"] if self.enums else self.kinds
        self.stages, self.outputs, self.inputs, self.artifacts = [], [], [], []
        header = f"stage {name}(text: string, level: {of} = \"low\", note: string? = null)"
        if self.plans and self.chance(0.2):
            self.say(f"{header} = {self.pick(self.plans)}(text){self.pick(['', ' { timeout 1h }'])}")
        else:
            self.steps, self.axes = [], []
            self.block(header + (" " + self.string() if self.chance(0.3) else ""), lambda: self.stage_items(f"{name}[template]"))
        self.constants, self.kinds, self.absent, self.stages, self.outputs, self.inputs, self.artifacts = kept
        self.steps, self.axes = [], []
        self.plans.append(name)

    def match(self, fill):
        """Over an enumeration every value has its case; over a text there is an `else`."""
        if self.kinds and self.chance(0.7):
            value, cases = self.pick(self.kinds), self.pick([['"low"', '"high"'], ['"low", "high"'], ['"low"']])
            other = len(cases) == 1 and cases[0] == '"low"'
        else:
            value, cases, other = self.pick(['"a"', '"c"'] + [f"{name}[0]" for name in self.lists]), ['"a"', '"b"'], True
        if self.chance(self.wild):
            other = not other

        def arms():
            for case in cases:
                self.block(f"case {case}", fill)
            if other:
                self.block("else", fill)
        self.block(f"match {value}", arms)

    def action(self):
        name = self.name("act")
        self.say(f"action {name} = \"actions/setup-go@v6\" {{ input go-version: string; input cache: bool = true; output cache-hit: string }}")
        self.actions.append(name)

    def service(self):
        name = self.name("serve")
        image = "nginx:1@sha256:9b1d34adbce1dd07ee6e94b4a2cf698884b89bd44a6c9c12f5da8f3acbfe4957"
        self.block(f"service {name}(level: string = \"x\")", lambda: [self.say(line) for line in [
            "port 8080", f"backend github {{ image \"{image}\"; env {{ LEVEL: level }} }}",
            "backend local { start \"sleep 9\"; ready \"true\" }", "output url = \"http://localhost:${{ port }}\""]])
        self.services.append(name)

    def template(self):
        name = self.name("do")
        outer = self.constants
        self.constants = outer + ["text", "count"]

        def fill():
            saved, self.steps, self.inputs = (self.steps, self.inputs), [], []
            self.statements(2)
            if self.chance(0.5):
                self.say("step made { run \"echo size=1 >> $GITHUB_OUTPUT\"; output size: number }")
                self.say("output size = made.size")
            self.steps, self.inputs = saved
        self.block(f"step {name}(text: string, count: number = 3)", fill)
        self.constants = outer
        self.templates.append(name)

    # ---- a pipeline

    def pipeline(self):
        self.inputs, self.stages, self.outputs, self.artifacts = [], [], [], []
        self.absent = [name for name in self.absent if not name.startswith("inputs.")]
        self.block(f"pipeline {self.name('p')} {self.pick(['', self.string(False)])}", self.pipeline_items)

    def pipeline_items(self):
        events = self.random.sample(EVENTS, self.pick([1, 1, 2]))
        for event in events:
            self.say(f"on {event}")
        # Only where every event is a pull request its fields are there for certain.
        called = self.chance(0.5)
        certain = not called and all(event.startswith("pull_request") for event in events)
        self.contexts = CONTEXTS + (OF_PULL_REQUESTS if certain or self.chance(self.wild) else [])
        if called:
            self.say(f"on {self.pick(['manual', 'call'])} {{ {self.input()}; {self.input()} }}")
        for option in ("run-name \"run of ${{ github.actor }}\"", "timeout 20m", "shell bash", "budget 2h", "runs-on \"ubuntu-24.04\"",
                       "concurrency \"c-${{ github.ref }}\" { cancel-running }", f"env {{ LEVEL: {self.string(False)} }}"):
            if self.chance(0.2):
                self.say(option)
        for _ in range(self.pick([1, 2, 3, 4])):
            self.pipeline_item()
        if self.chance(0.3):
            self.block(f"notify on {self.pick(['failure', 'success', 'failure, cancelled'])}", lambda: self.statements(1))

    def input(self):
        name = self.name("in")
        self.inputs.append(name)
        kinds = ["string?", "number?", "string", "string = \"x\"", "bool = false", "number = 3", "enum(\"a\", \"b\") = \"a\"", "string required"] + self.enums
        kind = self.pick(kinds)
        if kind.endswith("?"):
            self.inputs.pop()
            self.absent.append(f"inputs.{name}")
        return f"input {name}: {kind}"

    def pipeline_item(self):
        kind = self.random.randrange(12)
        if kind == 8 and self.plans:
            self.made(self.name("s"))
        elif kind == 9:
            self.match(lambda: self.stage(self.name("s"), False))
        elif kind == 10 and self.kind_lists:
            name, family = self.name("v"), self.name("f")
            self.kinds.append(name)
            self.block(f"for {name} in {self.pick(self.kind_lists)}", lambda: self.pick([self.stage, self.made] if self.plans else [self.stage])(f"{family}[{name}]"))
            self.kinds.pop()
        elif kind == 0 and self.lists:
            name = self.name("v")
            self.loops.append(name)
            family = self.name("f")
            self.block(f"for {name} in {self.pick(self.lists)}", lambda: self.stage(f"{family}[{name}]"))
            self.loops.pop()
        elif kind == 1:
            self.block(f"if {self.pick(['true', 'false', '1 < 2', 'length([1]) > 0'])}", lambda: self.stage(self.name("s")))
            if self.chance(0.3):
                self.block("else", lambda: self.stage(self.name("s")))
        else:
            self.stage(self.name("s"))

    def made(self, name):
        """A stage of a template."""
        arguments = [self.string()]
        if self.kinds and self.chance(0.5):
            arguments.append(f"level: {self.pick(self.kinds + [self.level()])}")
        if self.chance(0.4):
            arguments.append(f"note: {self.pick(['null', self.string()] + self.absent)}")
        title = " " + self.string() if self.chance(0.2) else ""
        header = f"stage {name}{title} = {self.pick(self.plans)}({', '.join(arguments)})"
        if self.stages and self.chance(0.6):
            header += f" after {self.pick(self.stages)}"
        if self.chance(0.3):
            header += " when " + self.condition()
        if self.chance(0.4):
            header += f" {{ timeout 5m; env {{ TIER: {self.string()} }} }}"
        self.say(header)
        if "[" not in name:
            self.stages.append(name)
            if self.chance(self.wild):
                self.outputs.append((name, "shown"))

    def matrix(self):
        forms = ["matrix { os: [\"ubuntu-24.04\", \"ubuntu-22.04\"]; level: [1, 2] }",
                 "matrix { os: [\"ubuntu-24.04\"]; level: [1, 2]; include: [{ os: \"ubuntu-22.04\", level: 3 }] }",
                 "matrix { os: [\"ubuntu-24.04\", \"ubuntu-22.04\"]; level: [1, 2]; exclude: [{ os: \"ubuntu-22.04\", level: 2 }] }"]
        forms += [f"matrix {{ os: [\"ubuntu-24.04\"]; level: {name} }}" for name in self.lists + self.kind_lists]
        forms += [f"matrix {{ os: fromJSON({stage}.{output}); level: [1] }}" for stage, output in self.outputs]
        forms += [f"matrix fromJSON({stage}.{output})" for stage, output in self.outputs]
        self.axes = ["os", "level"]
        self.say(self.pick(forms))

    def stage(self, name, seen=True):
        header = f"stage {name}"
        if self.chance(0.3):
            header += " " + self.string()
        if self.stages and self.chance(0.6):
            header += " after " + ", ".join(self.random.sample(self.stages, min(len(self.stages), self.pick([1, 2]))))
        if self.environments and self.chance(0.2):
            header += " in " + self.pick(self.environments)
        if self.chance(0.3):
            header += " when " + self.condition()
        kept, self.placed = list(self.constants), " in " in header
        self.steps, self.axes = [], []
        self.block(header, lambda: self.stage_items(name))
        self.axes, self.constants = [], kept
        if "[" not in name and seen:
            self.stages.append(name)

    def stage_items(self, name):
        axes = self.chance(0.2)
        for option in ("timeout 10m", "expect 2m", "allow-failure", "runs-on \"ubuntu-22.04\"", "shell sh", "working-directory \"web\"",
                       "permissions { contents: read }", f"env {{ NAME: {self.value()}; OTHER: {self.string()} }}",
                       "concurrency \"c-${{ github.ref }}\"", "url \"https://example.com\""):
            sound = not (axes and "runs-on" in option) and (self.placed or "url" not in option)
            if self.chance(0.12) and (sound or self.chance(self.wild)):
                self.say(option)
        if axes:
            self.matrix()
            for option in ("fail-fast false", "max-parallel 2", "runs-on matrix.os"):
                if self.chance(0.4):
                    self.say(option)
        if self.services and self.chance(0.5):
            service = self.name("live")
            self.say(f"service {service} = {self.pick(self.services)}()")
            self.steps.append((service, "url"))
        early, self.contexts = self.contexts, self.contexts + LATE
        self.statements(self.pick([1, 2, 3, 4]))
        self.contexts = early
        if self.steps and self.chance(0.5):
            step, output = self.pick(self.steps)
            self.say(f"output shown = {step}.{output}")
            if "[" not in name:
                self.outputs.append((name, "shown"))
        if self.chance(0.2):
            self.say(f"artifact files = upload(\"dist/**\", keep: {self.pick(['7d', '14d'])})")
            if "[" not in name:
                self.artifacts.append(f"{name}.files")

    # ---- what a stage and a step hold

    def statements(self, count):
        self.say(f"run {self.script()}")
        for _ in range(count):
            self.statement()

    def statement(self):
        kind = self.random.randrange(16)
        if kind == 14 and self.depth < 6:
            self.match(lambda: self.inner(1))
        elif kind == 15 and self.kind_lists and self.depth < 6:
            name = self.name("e")
            self.kinds.append(name)
            self.block(f"for {name} in {self.pick(self.kind_lists)}", lambda: self.match(lambda: self.inner(1)))
            self.kinds.pop()
        elif kind < 4:
            self.say(f"run {self.script()}" + (f" {{ {self.options()} }}" if self.chance(0.4) else ""))
        elif kind == 4:
            self.say(self.pick(["checkout()", "checkout(depth: 0)", f"checkout(ref: {self.reference()})"]))
        elif kind == 5 and self.modules:
            module = self.pick(self.modules)
            self.say(f"{module}.{self.pick(MODULES[module])}")
        elif kind == 6 and self.templates:
            name = self.name("t")
            self.say(f"step {name} {{ {self.pick(self.templates)}({self.string()}, count: 4) }}")
        elif kind == 7 and self.actions:
            name = self.name("t")
            self.say(f"step {name} {{ {self.pick(self.actions)}(go-version: \"1.25\") }}")
            self.steps.append((name, "cache-hit"))
        elif kind == 8:
            name = self.name("t")
            self.say(f"step {name} {self.pick(['', self.string()])} {{ run \"echo value=3 >> $GITHUB_OUTPUT\"; output value: "
                     f"{self.pick(['string', 'number', 'bool', 'list<string>'])} }}")
            self.steps.append((name, "value"))
        elif kind == 9 and self.depth < 6:
            self.block(f"when {self.condition()}", lambda: self.inner(1))
        elif kind == 10 and self.lists and self.depth < 6:
            name = self.name("e")
            self.loops.append(name)
            self.block(f"for {name} in {self.pick(self.lists)}", lambda: self.inner(1))
            self.loops.pop()
        elif kind == 11 and self.depth < 6:
            self.block(f"step {self.string()} when {self.condition()}", lambda: self.inner(1))
        elif kind == 12:
            self.say(f"uses \"actions/setup-go@v6\" {{ with {{ go-version: {self.value()} }} }}")
        elif kind == 13 and self.artifacts:
            self.say(f"download({self.pick(self.artifacts)})")
        else:
            name = self.name("k")
            self.say(f"let {name} = {self.value()}")
            self.constants.append(name)

    def inner(self, count):
        """What is declared inside a block is not seen behind it."""
        kept = list(self.steps), list(self.constants)
        self.statements(count)
        self.steps, self.constants = kept

    def options(self):
        return self.pick([f"env {{ A: {self.value()}; B: {self.string()} }}", "shell sh", "timeout 2m", "allow-failure", "retry 2 every 5s",
                          "working-directory \"web\"", "shell python", f"env {{ NAME: {self.string()} }}; timeout 90s"])


def damage(random_, text):
    """A token or two gone, doubled or moved: programs that were nearly right."""
    words = re.findall(r"\w+|\s+|.", text, re.S)
    for _ in range(random_.choice([1, 1, 2, 4])):
        at = random_.randrange(len(words))
        words[at] = random_.choice(["", words[at] * 2, random_.choice(words), random_.choice(FAULTS)])
    return "".join(words)


def batches(files, size):
    return [files[at:at + size] for at in range(0, len(files), size)]


def call(words, folder, seconds):
    try:
        return subprocess.run(words, cwd=folder, capture_output=True, text=True, errors="replace", timeout=seconds)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, -1, "", f"not ready after {seconds} seconds")


def broken(words, files, folder, wrong, seconds=60):
    """Which of the files end the command with another status than 0 and 1: asked for all, then for each of a bad batch."""
    for batch in batches(files, 100):
        result = call([*words, *batch], folder, seconds)
        if result.returncode in (0, 1):
            continue
        for file in batch:
            alone = call([*words, file], folder, seconds)
            if alone.returncode not in (0, 1):
                wrong.append(f"{' '.join(words[1:])} ends with {alone.returncode}: {alone.stderr[-600:]}\n{(folder / file).read_text()}")


def accepted(sluice, files, folder):
    """The files without an error."""
    sound = []
    for batch in batches(files, 100):
        told = call([sluice, "check", "--format", "json", *batch], folder, 60)
        # What is wrong in a module is wrong in the one program that uses it.
        failed = {line.split('"file":"')[1].split('"')[0].removeprefix("./").replace(".module.pipe", ".pipe")
                  for line in told.stdout.splitlines() if '"severity":"error"' in line}
        sound += [file for file in batch if file not in failed]
    return sound


def emit_all(sluice, files, folder, wrong):
    """Each becomes a workflow, or is refused for what GitHub cannot keep; its drawing and its one form never are."""
    written = []
    for number, file in enumerate(files):
        drawn = call([sluice, "graph", "--format", ["svg", "mermaid", "dot", "json"][number % 4], file], folder, 60)
        if drawn.returncode != 0 or not drawn.stdout:
            wrong.append(f"graph ends with {drawn.returncode}: {drawn.stderr[-600:]}\n{(folder / file).read_text()}")
        told = call([sluice, "emit", "-o", f"out/{file}", file], folder, 60)
        if told.returncode == 0:
            written += sorted(str(path) for path in (folder / f"out/{file}").glob("*.yml"))
        elif told.returncode != 1 or "S05" not in told.stderr:
            wrong.append(f"emit ends with {told.returncode}: {told.stderr[-600:]}\n{(folder / file).read_text()}")
    broken([sluice, "fmt", "--check"], files, folder, wrong)
    return written


def parse_all(tools, written, folder, wrong):
    result = call(["node", str(PARSER), str(tools), *written], folder, 300)
    for line in result.stdout.splitlines():
        if ": error: " in line:
            file = re.search(r"out/(\d+\.pipe)/", line)
            wrong.append(f"GitHub's parser: {line}\n{(folder / file[1]).read_text() if file else ''}")
    if result.returncode not in (0, 1):
        wrong.append(f"GitHub's parser ends with {result.returncode}: {result.stderr[-600:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parser", type=pathlib.Path)
    options = parser.parse_args()
    sluice = os.path.abspath(options.sluice)
    random_ = random.Random(options.seed)
    wrong = []
    with tempfile.TemporaryDirectory(prefix="sluice-generate-") as name:
        folder = pathlib.Path(name)
        files = [f"{number}.pipe" for number in range(options.runs)]
        for file in files:
            wild, module = random_.choice([0, 0, 0, 0.02, 0.3]), None
            if random_.random() < 0.3:
                inner, name = Writer(random_, wild), file.replace(".pipe", ".module.pipe")
                module = ("./" + name, inner)
                text = inner.module()
                (folder / name).write_text(damage(random_, text) if random_.random() < 0.1 else text)
            text = Writer(random_, wild).program(module)
            (folder / file).write_text(damage(random_, text) if random_.random() < 0.2 else text)
        broken([sluice, "check", "--format", "json"], files, folder, wrong)
        bad = {file for file in files if any((folder / file).read_text() in problem for problem in wrong)}
        sound = accepted(sluice, [file for file in files if file not in bad], folder)
        written = emit_all(sluice, sound, folder, wrong)
        if options.parser and (options.parser / "node_modules").is_dir():
            parse_all(options.parser.resolve(), written, folder, wrong)
        else:
            print("SKIPPED: GitHub's parser is not there: scripts/tools.sh installs it")
        if len(written) < options.runs // 4:
            wrong.append(f"only {len(written)} workflows of {options.runs} programs: the generator makes too little that is sound")
    print("\n".join(wrong[:10]) if wrong else f"{options.runs} programs, {len(sound)} accepted, {len(written)} workflows: none breaks a promise")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""scripts.py --steps PATH: the scripts that gates, fences and rollbacks become, taken from the goldens of `emit` and run
in bash as GitHub's runner would, with a `gh` that answers from files and a clock that stands still."""
import argparse
import datetime
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
import zoneinfo

from fakes import REPOSITORY, Fakes, approval

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDENS = ROOT / "tests/golden/emit"
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")

steps = []  # of all goldens, as yaml_steps tells them


def read_steps(tool):
    files = sorted(str(path) for path in GOLDENS.glob("*.yml"))
    lines = subprocess.run([tool, *files], check=True, capture_output=True, text=True).stdout.splitlines()
    steps.extend(json.loads(line) for line in lines)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.fake = pathlib.Path(self.folder.name)
        self.fakes = Fakes(self.fake)
        self.answers, self.deployed, self.event = self.fakes.answers, self.fakes.deployed, self.fakes.event

    def tearDown(self):
        self.folder.cleanup()

    def run_step(self, golden, job, name, **env):
        """Runs the step; keeps what it printed, its outputs and its summary."""
        found = [step for step in steps if pathlib.Path(step["file"]).stem == golden and step["job"] == job
                 and step["name"] == name]
        self.assertEqual(len(found), 1, f"{golden}, {job}, {name}")
        step = found[0]
        self.assertEqual(step["shell"], "bash")
        script = self.fake / "script"
        script.write_text(step["run"])
        for file in ("output", "summary", "calls"):
            (self.fake / file).write_text("")
        given = {key: value for key, value in step.get("env", {}).items() if "${{" not in value}
        late = {key for key, value in step.get("env", {}).items() if "${{" in value} - set(env) - {"GH_TOKEN"}
        self.assertEqual(late, set(), "expressions without a value here")
        runner = {"PATH": f"{self.fake}/bin:{os.environ['PATH']}", "FAKE": str(self.fake), "GH_TOKEN": "t",
                  "GITHUB_REPOSITORY": "acme/shop", "GITHUB_RUN_ID": "7", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_SHA": "c3",
                  "GITHUB_ACTOR": "dora", "GITHUB_TRIGGERING_ACTOR": "emil", "GITHUB_EVENT_PATH": f"{self.fake}/event",
                  "GITHUB_OUTPUT": f"{self.fake}/output", "GITHUB_STEP_SUMMARY": f"{self.fake}/summary"}
        ended = subprocess.run(["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
                               env=runner | given | {key: str(value) for key, value in env.items()},
                               capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, cwd=self.fake)
        self.said = ended.stdout + ended.stderr
        self.outputs = dict(line.split("=", 1) for line in (self.fake / "output").read_text().splitlines())
        self.summary = (self.fake / "summary").read_text()
        return ended.returncode

    def passes(self, *arguments, **env):
        self.assertEqual(self.run_step(*arguments, **env), 0, self.said)

    def refuses(self, why, *arguments, **env):
        self.assertEqual(self.run_step(*arguments, **env), 1, self.said)
        self.assertIn(why, self.said)
        self.assertIn("::error title=", self.said)


class Votes(Case):
    """Two of a team and a person, none of whom wrote it; one of two people, who did not start the run."""
    ENTRY = ("gates", "production-entry", "Count the votes")
    GATE = ("gates", "signed-off", "Count the votes")

    def setUp(self):
        super().setUp()
        self.event({"before": "a1"})
        self.wrote("zoe")
        self.answers("environments/production-approval-1",
                     {"protection_rules": [{"type": "required_reviewers"}, {"type": "wait_timer", "wait_timer": 5}]})

    def wrote(self, *authors, total=None, at="compare/a1...c3"):
        commits = [{"author": {"login": name} if name else None} for name in authors]
        self.answers(at, {"total_commits": total or len(commits), "commits": commits})

    def voted(self, *votes):
        self.answers("actions/runs/7/approvals", list(votes))

    def test_two_people(self):
        self.voted(approval("ann", "production-approval-1"), approval("bob", "production-approval-2"))
        self.passes(*self.ENTRY)
        self.assertIn("ann approved production-approval-1\n", self.said)

    def test_one_person_twice(self):
        self.voted(approval("ann", "production-approval-1"), approval("Ann", "Production-Approval-2"))
        self.refuses("ann approved production-approval-1 and production-approval-2: each person counts once", *self.ENTRY)
        self.voted(approval("ann", "production-approval-1", "production-approval-2"))
        self.refuses("each person counts once", *self.ENTRY)

    def test_too_few(self):
        self.voted(approval("ann", "production-approval-1"))
        self.refuses("nobody has approved production-approval-2", *self.ENTRY)
        self.voted(approval("ann", "production-approval-1"), approval("bob", "production-approval-2", state="rejected"))
        self.refuses("nobody has approved production-approval-2", *self.ENTRY)
        self.voted()
        self.refuses("nobody has approved production-approval-1", *self.ENTRY)

    def test_an_author(self):
        self.voted(approval("ann", "production-approval-1"), approval("bob", "production-approval-2"))
        self.wrote("zoe", "Bob")
        self.refuses("bob wrote a part of the change and approved production-approval-2", *self.ENTRY)
        self.wrote("zoe", None)
        self.refuses("whom GitHub does not know", *self.ENTRY)
        self.wrote("zoe", total=251)
        self.refuses("more commits than GitHub tells at once", *self.ENTRY)

    def test_what_the_change_is(self):
        self.voted(approval("ann", "production-approval-1"), approval("bob", "production-approval-2"))
        self.wrote("ann", at="compare/b1...b2")
        self.event({"pull_request": {"base": {"sha": "b1"}, "head": {"sha": "b2"}}})
        self.refuses("ann wrote a part of the change", *self.ENTRY)
        self.answers("commits/c3", {"author": {"login": "bob"}})
        for event in ({"before": "0" * 40}, {"inputs": {}}):
            self.event(event)
            self.refuses("bob wrote a part of the change", *self.ENTRY)
        self.answers("commits/c3", {"author": {"login": "zoe"}})
        self.passes(*self.ENTRY)

    def test_another_attempt(self):
        first = [approval("ann", "production-approval-1"), approval("bob", "production-approval-2")]
        self.voted(*first, *first)
        self.passes(*self.ENTRY)
        self.voted(*first, approval("ann", "production-approval-2"))
        self.refuses("each person counts once", *self.ENTRY)

    def test_the_wait_timer(self):
        self.voted(approval("ann", "production-approval-1"), approval("bob", "production-approval-2"))
        for rules in ([], [{"type": "wait_timer", "wait_timer": 4}]):
            self.answers("environments/production-approval-1", {"protection_rules": rules})
            self.refuses("the wait timer of the environment production-approval-1", *self.ENTRY)
        self.answers("environments/production-approval-1", {"protection_rules": [{"type": "wait_timer", "wait_timer": 60}]})
        self.passes(*self.ENTRY)
        (self.fake / REPOSITORY / "environments/production-approval-1.json").unlink()
        self.refuses("cannot be read", *self.ENTRY)

    def test_an_api_that_fails(self):
        self.voted(approval("ann", "production-approval-1"), approval("bob", "production-approval-2"))
        self.passes(*self.ENTRY, FAILURES=2)
        self.refuses("the approvals of this run cannot be read", *self.ENTRY, FAILURES=3)

    def test_the_right_people_and_not_the_starter(self):
        self.voted(approval("Bob", "ship-signed-off-approval"))
        self.passes(*self.GATE)
        self.refuses("bob started the run", *self.GATE, GITHUB_ACTOR="Bob")
        self.refuses("bob started the run", *self.GATE, GITHUB_TRIGGERING_ACTOR="bob")
        self.voted(approval("zoe", "ship-signed-off-approval"))
        self.refuses("zoe is none of those who may approve ship-signed-off-approval", *self.GATE)
        self.voted(approval("bob", "production-approval-1"))
        self.refuses("nobody has approved ship-signed-off-approval", *self.GATE)


class Clock(Case):
    """Mon-Fri 09:00-16:00; Sat 22:00-04:00 in Berlin, and a freeze from 2026-12-20 to 2027-01-03 in UTC."""
    GATE = ("gates", "production-entry", "Look at the clock")

    def at(self, *local, zone=BERLIN):
        return int(datetime.datetime(*local, tzinfo=zone).timestamp())

    def test_the_window(self):
        for time in ((2026, 11, 23, 9, 0), (2026, 11, 27, 15, 59), (2026, 11, 28, 22, 0), (2026, 11, 29, 3, 59),
                     (2026, 7, 1, 9, 0), (2026, 3, 29, 3, 0)):
            self.passes(*self.GATE, NOW=self.at(*time))
        for time in ((2026, 11, 23, 8, 59), (2026, 11, 27, 16, 0), (2026, 11, 28, 21, 59), (2026, 11, 29, 4, 0),
                     (2026, 11, 30, 3, 0), (2026, 7, 1, 16, 0)):
            self.refuses("it is outside of the window Mon-Fri 09:00-16:00; Sat 22:00-04:00 (Europe/Berlin)", *self.GATE,
                         NOW=self.at(*time))

    def test_the_freeze(self):
        utc = datetime.timezone.utc
        self.passes(*self.GATE, NOW=self.at(2026, 12, 18, 14, 59, zone=utc))
        for time in ((2026, 12, 21, 9, 0), (2027, 1, 1, 12, 0)):
            self.refuses("nothing goes there from 2026-12-20T00:00 to 2027-01-04T00:00 (UTC): holidays", *self.GATE,
                         NOW=self.at(*time))
        self.passes(*self.GATE, NOW=self.at(2027, 1, 4, 8, 0, zone=utc))

    def test_the_edges_of_a_freeze(self):
        utc = datetime.timezone.utc
        always = {"WINDOWS": "UTC 1111111 0 1440"}
        self.passes(*self.GATE, NOW=self.at(2026, 12, 19, 23, 59, zone=utc), **always)
        self.refuses("holidays", *self.GATE, NOW=self.at(2026, 12, 20, 0, 0, zone=utc), **always)
        self.refuses("holidays", *self.GATE, NOW=self.at(2027, 1, 3, 23, 59, zone=utc), **always)
        self.passes(*self.GATE, NOW=self.at(2027, 1, 4, 0, 0, zone=utc), **always)

    def test_a_zone_that_is_not_there(self):
        self.refuses("does not know the time zone Mars/Phobos", *self.GATE, NOW=self.at(2026, 11, 23, 9, 0),
                     WINDOWS="Mars/Phobos 1111111 0 1440")

    def test_it_is_asked_again_behind_the_gate(self):
        again = ("gates", "backup", "Look at the clock")
        self.passes(*again, NOW=self.at(2026, 11, 23, 9, 0))
        self.refuses("outside of the window", *again, NOW=self.at(2026, 11, 23, 17, 0))
        behind = [step["job"] for step in steps if step["file"].endswith("/gates.yml") and step["name"] == "Look at the clock"]
        self.assertEqual(sorted(behind), ["backup", "production-entry"])


class Answers(Case):
    def test_what_is_asked(self):
        self.passes("gates", "production-entry-asked", "Say what is asked", NOW=1000)
        self.assertEqual(self.summary, "### production-entry waits for an answer\n- [ ] The backup is fresh\n"
                         "- [ ] Somebody is on call\n")
        self.assertEqual(self.outputs, {"at": "1000"})

    def test_a_late_answer(self):
        late = ("gates", "production-entry", "Refuse a late answer")
        self.passes(*late, ASKED_AT=1000, NOW=1000 + 86400)
        self.refuses("the answer came after 86401 s", *late, ASKED_AT=1000, NOW=1000 + 86401)

    def test_a_run_that_is_run_again(self):
        fence = ("gates", "live", "Refuse a re-run that nobody was asked about")
        self.passes(*fence, GATE_RESULT="success", GATE_ATTEMPT=2, GITHUB_RUN_ATTEMPT=2)
        self.passes(*fence, GATE_RESULT="skipped", GATE_ATTEMPT="", GITHUB_RUN_ATTEMPT=2)
        self.refuses("production-entry was passed in attempt 1 of the run", *fence, GATE_RESULT="success", GATE_ATTEMPT=1,
                     GITHUB_RUN_ATTEMPT=2)
        self.refuses("was passed in attempt  of", *fence, GATE_RESULT="success", GATE_ATTEMPT="")

    def test_what_was_rolled_back_is_not_run_behind(self):
        fence = ("rollbacks", "smoke", "Refuse a re-run of what was rolled back")
        fences = [step for step in steps if step["file"].endswith("/rollbacks.yml") and step["job"] == "smoke"
                  and step["name"] == fence[2]]
        self.assertEqual([step["env"]["STAGE"] for step in fences], ["database", "web"])
        fence = ("rollbacks", "web", fence[2])
        self.passes(*fence, ARMED="true", ATTEMPT=1)
        self.passes(*fence, ARMED="false", ATTEMPT="", GITHUB_RUN_ATTEMPT=2)
        self.passes(*fence, ARMED="true", ATTEMPT=2, GITHUB_RUN_ATTEMPT=2)
        self.refuses("database ran in attempt 1 of the run: re-run all jobs", *fence, ARMED="true", ATTEMPT=1,
                     GITHUB_RUN_ATTEMPT=2)

    def test_the_fence_is_first(self):
        for job in ("production-entry", "backup", "live", "look"):
            first = next(step for step in steps if step["file"].endswith("/gates.yml") and step["job"] == job)
            self.assertEqual(first["name"], "Refuse a re-run that nobody was asked about", job)


class Rollback(Case):
    """Whether there is something to undo, and whether it is still ours."""
    HERE = ("rollback", "release", "Decide what is rolled back")
    BEHIND = ("rollback", "release-rollback", "Decide what is rolled back")
    BOTH = ("rollbacks", "web", "Decide what is rolled back")

    def test_what_is_armed(self):
        self.deployed((7, ["in_progress"]))
        self.passes(*self.HERE, READY_1="true")
        self.assertEqual(self.outputs, {"undo-1": "true"})
        self.passes(*self.HERE, READY_1="false")
        self.assertEqual(self.outputs, {})
        self.assertEqual((self.fake / "calls").read_text(), "")
        self.passes(*self.BOTH, READY_1="true", READY_2="false")
        self.assertEqual(self.outputs, {"undo-1": "true"})
        self.passes(*self.BOTH, READY_1="true", READY_2="true")
        self.assertEqual(self.outputs, {"undo-1": "true", "undo-2": "true"})

    def test_a_newer_deployment(self):
        armed = {"READY_1": "true"}
        self.deployed((8, ["success", "in_progress"]), (7, ["in_progress"]))
        self.passes(*self.HERE, **armed)
        self.assertEqual(self.outputs, {"superseded": "true"})
        self.assertIn("run 8 has deployed to production since", self.said)
        self.assertIn("environment=production", (self.fake / "calls").read_text())

    def test_what_is_no_newer_deployment(self):
        armed = {"READY_1": "true"}
        for deployments in ([(7, ["failure", "in_progress"]), (6, ["success", "in_progress"])],
                            [(8, ["queued"]), (8, ["waiting", "failure"]), (7, ["in_progress"])],
                            [(None, ["success", "in_progress"])], []):
            self.deployed(*deployments)
            self.passes(*self.HERE, **armed)
            self.assertEqual(self.outputs, {"undo-1": "true"}, deployments)

    def test_an_api_that_fails(self):
        armed = {"READY_1": "true"}
        self.deployed((7, ["in_progress"]))
        self.passes(*self.HERE, **armed, FAILURES=2)
        self.assertEqual(self.outputs, {"undo-1": "true"})
        self.refuses("nobody knows who has deployed to production since", *self.HERE, **armed, FAILURES=3)
        self.assertEqual(self.outputs, {})

    def test_a_runner_that_was_lost(self):
        self.deployed((7, ["in_progress"]))
        self.passes(*self.BEHIND, READY_1="true", LOST="false")
        self.assertEqual(self.outputs, {"undo-1": "true"})
        self.refuses("was lost with the runner", *self.BEHIND, READY_1="", LOST="true")
        self.assertEqual(self.outputs, {})
        self.passes("rollbacks", "database-rollback", "Decide what is rolled back", READY_1="")
        self.assertEqual(self.outputs, {"undo-1": "true"})
        self.passes("rollbacks", "web-rollback", "Decide what is rolled back", READY_1="true", READY_2="false")
        self.assertEqual(self.outputs, {"undo-1": "true"})

    def test_the_workspace_is_cleared(self):
        work = self.fake / "work"
        (work / "old/.git").mkdir(parents=True)
        (work / ".env").write_text("x")
        clear = next(step for step in steps if step["name"] == "Clear the workspace")
        subprocess.run(["bash", "-e", "-c", clear["run"]], check=True, env=os.environ | {"GITHUB_WORKSPACE": str(work)})
        self.assertEqual(list(work.iterdir()), [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", required=True, help="yaml_steps, which reads workflows")
    options, rest = parser.parse_known_args()
    read_steps(options.steps)
    unittest.main(argv=["scripts.py", *rest])

#!/usr/bin/env python3
"""runs.py --tools FOLDER: the workflows of the goldens, run as GitHub would run them, with steps that fail, runs that are
cancelled and runners that disappear: what is undone, in which order, and what nobody is asked about twice."""
import argparse
import json
import pathlib
import subprocess
import tempfile
import unittest

from fakes import Fakes, approval

HERE = pathlib.Path(__file__).resolve().parent
GOLDENS = HERE.parents[1] / "tests/golden/emit"
MONDAY = 1795424400  # 2026-11-23 10:00 in Berlin
tools = str(HERE.parents[1] / ".tools")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.fakes = Fakes(self.folder.name)
        self.fakes.deployed((7, ["in_progress"]))

    def tearDown(self):
        self.folder.cleanup()

    def run_workflow(self, golden, ends=None, **scenario):
        file = pathlib.Path(self.folder.name, "scenario")
        file.write_text(json.dumps({"ends": ends or {}, "fake": self.folder.name} | scenario))
        command = ["node", str(HERE / "github_runs.mjs"), tools, str(GOLDENS / golden), str(file)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        run = json.loads(ended.stdout)
        self.ran, self.results, self.outputs = run["ran"], run["results"], run["outputs"]

    def behind(self, what):
        """What ran behind that."""
        return self.ran[self.ran.index(what) + 1:]


class SeveralStages(Case):
    """`web` and `worker`, which has two legs, after `database`; `smoke` after `web`; `report` whatever happened."""
    ALL = ["database: ./database/forward", "web: ./web/deploy", "worker: ./worker/deploy eu", "worker: ./worker/deploy us"]
    WEB = ["web-rollback: ./web/back", "web-rollback: ./web/look", "web-rollback: ./web/config-back"]
    WORKER = ["worker-rollback: ./worker/back eu", "worker-rollback: ./worker/back us"]
    DATABASE = ["database-rollback: ./database/back 1"]
    SAYS = {"database-rollback: back": {"version": "1"}, "database: back": {"version": "1"}}

    def go(self, ends=None, **scenario):
        self.fakes.answers("actions/runs/7/approvals", [approval("ann", "production-approval")])
        self.run_workflow("rollbacks.yml", ends, outputs=self.SAYS, **scenario)

    def test_nothing_fails(self):
        self.go()
        self.assertEqual(self.ran, [*self.ALL, "smoke: ./smoke", "report: ./report"])
        self.assertEqual({self.results[job] for job in self.results if job.endswith("-rollback")}, {"skipped"})

    def test_the_stage_itself(self):
        self.go({"web: ./web/deploy": "failure"})
        here = ["web: ./web/back", "web: ./web/look", "web: ./web/config-back"]
        self.assertEqual(self.ran, [*self.ALL[:2], *here, *self.ALL[2:], "report: ./report", *self.WORKER, *self.DATABASE])
        self.assertEqual(self.outputs["web"]["rolled-back"], "true")
        self.assertEqual(self.results["web-rollback"], "skipped")

    def test_one_that_depends_on_it(self):
        self.go({"smoke: ./smoke": "failure"})
        self.assertEqual(self.ran, [*self.ALL, "smoke: ./smoke", "report: ./report", *self.WORKER, *self.WEB, *self.DATABASE])
        self.assertEqual(self.outputs["database-rollback"]["rolled-back"], "true")
        self.go({"smoke: ./smoke": "failure"}, last_first=True)
        self.assertEqual(set(self.behind(*self.DATABASE)), {"report: ./report"})

    def test_a_handler_undoes_nothing(self):
        self.go({"report: ./report": "failure"})
        self.assertEqual(self.behind("report: ./report"), [])

    def test_a_leg(self):
        self.go({"worker (us): ./worker/deploy ${{ matrix.region }}": "failure"})
        self.assertEqual(self.results["worker"], "failure")
        self.assertEqual(self.behind("report: ./report"), [*self.WORKER, *self.WEB, *self.DATABASE])

    def test_the_first_of_them(self):
        self.go({"database: ./database/forward": "failure"})
        self.assertEqual(self.ran, ["database: ./database/forward", "database: ./database/back 1", "report: ./report"])
        self.assertEqual([job for job, result in self.results.items() if result == "failure"], ["database"])
        self.assertEqual(self.results["database-rollback"], "skipped")

    def test_a_runner_that_disappears(self):
        self.go({"web: ./web/deploy": "lost"})
        self.assertEqual(self.behind("report: ./report"), [*self.WORKER, *self.WEB, *self.DATABASE])

    def test_a_run_that_is_cancelled(self):
        self.go({"web: ./web/deploy": "cancelled"})
        self.assertEqual(self.ran, [*self.ALL[:2], "web: ./web/back", "web: ./web/look", "web: ./web/config-back",
                                    "report: ./report", *self.DATABASE])

    def test_a_job_that_runs_out_of_time(self):
        self.go({"web: ./web/deploy": "timeout"})
        self.assertEqual(self.ran[2:5], ["web: ./web/back", "web: ./web/look", "web: ./web/config-back"])
        self.assertEqual(self.results["web"], "cancelled")
        self.assertEqual(self.behind("report: ./report"), [*self.WORKER, *self.DATABASE])

    def test_a_rollback_that_fails(self):
        self.go({"web: ./web/deploy": "failure", "web: ./web/look": "failure"})
        self.assertEqual(self.behind("report: ./report"), [*self.WORKER, *self.WEB, *self.DATABASE])
        self.go({"smoke: ./smoke": "failure", "web-rollback: ./web/look": "failure"})
        self.assertEqual(self.behind("report: ./report"), [*self.WORKER, *self.WEB, *self.DATABASE])
        self.assertEqual((self.results["web-rollback"], self.outputs["web-rollback"]["rolled-back"]), ("failure", "false"))
        self.assertEqual(self.outputs["database-rollback"]["rolled-back"], "true")

    def test_a_step_of_a_rollback_that_may_fail(self):
        self.go({"web: ./web/deploy": "failure", "web: ./web/back": "failure"})
        self.assertEqual(self.ran[2:5], ["web: ./web/back", "web: ./web/look", "web: ./web/config-back"])
        self.assertEqual(self.outputs["web"]["rolled-back"], "true")

    def test_another_run_has_deployed_since(self):
        self.fakes.deployed((8, ["success", "in_progress"]), (7, ["in_progress"]))
        self.go({"web: ./web/deploy": "failure"})
        self.assertEqual(self.ran, [*self.ALL, "report: ./report"])
        self.assertEqual(self.outputs["web"]["rolled-back"], "false")
        self.assertEqual(self.outputs["database-rollback"], {"rolled-back": "false", "superseded": "true"})

    def test_nobody_let_it_in(self):
        self.go(rejected=["production-approval"])
        self.assertEqual(self.ran, ["report: ./report"])

    def test_behind_what_was_undone(self):
        """The failed jobs alone are run again, with all that depends on them."""
        self.go({"smoke: ./smoke": "failure"})
        again = ("smoke", "report", "web-rollback", "worker-rollback", "database-rollback")
        kept = {job: {"result": result, "outputs": self.outputs[job]} for job, result in self.results.items()
                if job not in again}
        self.go(kept=kept, attempt=2)
        self.assertEqual(self.ran[0], "smoke: Refuse a re-run of what was rolled back failed: database ran in attempt 1 of "
                         "the run: re-run all jobs")
        self.assertEqual(self.results["smoke"], "failure")


class OneStage(Case):
    """Reads what a step has said, is checked, and commits."""
    SAYS = {"release: live": {"slot": "blue"}}

    def test_before_it_commits(self):
        self.run_workflow("rollback.yml", {"release: ./ops/install green": "failure"}, outputs=self.SAYS)
        self.assertEqual(self.behind("release: ./ops/install green"), [
            "release: ./ops/route blue", "release: curl -fsS http://blue.shop.internal/health", "notify: ./ops/tell"])
        self.assertEqual(self.outputs["release"]["rolled-back"], "true")

    def test_behind_the_commit(self):
        for end in ("failure", "cancelled"):
            self.run_workflow("rollback.yml", {"release: ./ops/retire blue": end}, outputs=self.SAYS)
            told = ["notify: ./ops/tell"] if end == "failure" else []
            self.assertEqual(self.behind("release: ./ops/retire blue"), told)
            self.assertEqual(self.outputs["release"]["rolled-back"], "false")

    def test_before_it_is_armed(self):
        self.run_workflow("rollback.yml", {"release: live": "failure"}, outputs=self.SAYS)
        self.assertEqual(self.behind('release: ./ops/live >> "$GITHUB_OUTPUT"'), ["notify: ./ops/tell"])

    def test_its_check_fails(self):
        check = "curl -fsS http://${{ steps.live.outputs.slot }}.shop.internal/health"
        self.run_workflow("rollback.yml", {"release: ./ops/install green": "failure", f"release: {check}": "failure"},
                          outputs=self.SAYS)
        self.assertEqual(self.behind("release: curl -fsS http://blue.shop.internal/health"), [
            "release-rollback: ./ops/route blue", "release-rollback: curl -fsS http://blue.shop.internal/health",
            "notify: ./ops/tell"])
        self.assertEqual(self.outputs["release-rollback"]["rolled-back"], "true")

    def test_what_it_needs_is_lost(self):
        self.run_workflow("rollback.yml", {"release: ./ops/install green": "lost"}, outputs=self.SAYS)
        self.assertEqual(self.behind("release: ./ops/install green"), [
            "release-rollback: Decide what is rolled back failed: what is needed for it was lost with the runner: somebody "
            "must put it back", "notify: ./ops/tell"])
        self.assertEqual(self.results["release-rollback"], "failure")

    def test_one_that_may_fail(self):
        corner = "rollback_corners.yml"
        self.fakes.answers("actions/runs/7/approvals", [approval("ann", "ship-go-approval-1"), approval("bob", "ship-go-approval-2")])
        says = {"live: before": {"version": "1"}, "live-rollback: undo-1-2": {"version": "2"}}
        self.run_workflow(corner, {"live: ./deploy": "failure"}, outputs=says)
        self.assertEqual(self.results["live"], "success")
        self.assertEqual([line for line in self.ran if line.startswith("live-rollback: ")],
                         ["live-rollback: ./version-now", "live-rollback: ./back 1"])
        self.run_workflow(corner, outputs=says)
        self.assertEqual([line for line in self.ran if line.startswith("live-rollback: ")], [])


class Gates(Case):
    """Two people of a team and a person; a gate of two people before it, on the main branch."""
    ENTERED = ["backup: ./ops/backup", "live: ./ops/deploy", "look: ./ops/look"]

    def go(self, *votes, **scenario):
        self.fakes.event({"before": "a1"})
        self.fakes.answers("compare/a1...c3", {"total_commits": 1, "commits": [{"author": {"login": "zoe"}}]})
        self.fakes.answers("environments/production-approval-1",
                           {"protection_rules": [{"type": "wait_timer", "wait_timer": 5}]})
        self.fakes.answers("actions/runs/7/approvals", [approval("bob", "ship-signed-off-approval"), *votes])
        self.run_workflow("gates.yml", env={"NOW": str(MONDAY)}, **scenario)

    def test_all_answers(self):
        self.go(approval("ann", "production-approval-1"), approval("bob", "production-approval-2"))
        self.assertEqual(self.ran[-3:], self.ENTERED)

    def test_one_person_for_both(self):
        self.go(approval("ann", "production-approval-1"), approval("ann", "production-approval-2"))
        self.assertIn("each person counts once", self.ran[-1])
        self.assertEqual({self.results[job] for job in ("backup", "live", "look")}, {"skipped"})

    def test_somebody_says_no(self):
        for environment in ("production-approval-1", "production-approval-2", "ship-signed-off-approval"):
            self.go(approval("ann", "production-approval-1"), approval("bob", "production-approval-2"), rejected=[environment])
            self.assertEqual({self.results[job] for job in ("backup", "live", "look")}, {"skipped"}, environment)

    def test_a_gate_that_is_not_asked(self):
        self.go(approval("ann", "production-approval-1"), approval("bob", "production-approval-2"),
                github={"ref": "refs/heads/other"})
        self.assertEqual(self.results["signed-off"], "skipped")
        self.assertEqual(self.ran[-3:], self.ENTERED)

    def test_the_failed_jobs_alone_are_run_again(self):
        votes = [approval("ann", "production-approval-1"), approval("bob", "production-approval-2")]
        self.go(*votes, ends={"live: ./ops/deploy": "failure"})
        kept = {job: {"result": result, "outputs": self.outputs[job]} for job, result in self.results.items()
                if job not in ("live", "look")}
        self.go(*votes, kept=kept, attempt=2)
        self.assertEqual(self.results["live"], "failure")
        self.assertIn("production-entry was passed in attempt 1 of the run: re-run all jobs", self.ran[0])
        self.go(*votes, attempt=2)
        self.assertEqual(self.ran[-3:], self.ENTERED)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tools", default=tools, help="where node_modules is")
    options, rest = parser.parse_known_args()
    tools = options.tools
    unittest.main(argv=["runs.py", *rest])

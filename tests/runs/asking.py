#!/usr/bin/env python3
"""asking.py --sluice PATH [CASE…]: what the commands tell of runs, and what they answer where there is nothing to tell."""
import json
import os

from place import expect, expect_equal, main

WAITS = '''
  stage one { run "echo shown; touch {here}/waits; until test -e {here}/go; do sleep 0.05; done; echo over" }
  stage two after one { run "echo two" }
'''
COMMANDS = ["show", "resume", "rerun", "cancel", "stop", "approve", "reject"]


def nothing_there(place):
    """Where nothing has run, every command says so; nothing is made."""
    here = place(WAITS)
    for command in ["runs", "status", "gc", "serve", *COMMANDS]:
        here(command, status=2, says=f"nothing has run in `{here.folder}` yet; `sluice run FILE` runs a pipeline")
    here("resolve", "1", "one", "success", status=2, says="nothing has run in")
    here("logs", status=2, says="there are no runs in")
    expect(not here.state.exists(), "asking made the folder")


def no_such_run(place):
    """A run that is not there, and what is no run at all."""
    here = place('  stage one { run "true" }')
    here.run()
    for command in COMMANDS:
        here(command, "7", status=2, says="there is no run 7; `sluice runs` lists them")
        here(command, "seven", status=2, says="`seven` is no run; a run is a number, or `last`")
    here("resolve", "7", "one", "success", status=2, says="there is no run 7")
    here("resolve", "1", "one", "success", status=2, says="no step of run 1 is in doubt")
    here("resolve", "1", "one", "perhaps", status=2, says="`perhaps` is no answer: success (")
    here("approve", "1", status=2, says="run 1 waits at no gate")
    here("approve", "1", "release", status=2, says="run 1 waits at no gate")


def followed(place):
    """`logs -f` shows what a living run prints, and ends when it ends."""
    here = place(WAITS)
    run = here.start_run()
    here.until_seen("waits")
    logs = here.start("logs", "last", "-f")
    first = [logs.stdout.readline() for _ in range(2)]
    expect("shown\n" in first[1], f"it does not show what there is: {first}")
    expect(logs.poll() is None, "it ended before the run")
    here.make("go")
    here.end(run, 0)
    told = here.end(logs, 0)
    expect("over\n" in told and "two\n" in told, f"it does not show the rest: {told}")


def followed_to_its_death(place):
    """`logs -f` does not wait for a run whose process was killed."""
    here = place(WAITS)
    run = here.start_run()
    here.until_seen("waits")
    logs = here.start("logs", "-f")
    logs.stdout.readline()
    here.kill(run)
    here.end(logs, 0)
    here("cancel")


def told(place):
    """`runs`, `show` and `status` of runs that run, ended and were killed."""
    here = place(WAITS)
    here.make("go")
    here.run()
    (here.here / "go").unlink()
    (here.here / "waits").unlink()
    run = here.start_run()
    here.until_seen("waits")
    newest, oldest = json.loads(here("runs", "--format", "json"))
    expect_equal((newest["run"], newest["state"], "ended" in newest), (2, "running", False), "the newest")
    expect_equal((oldest["run"], oldest["state"], oldest["pipeline"]), (1, "succeeded", "p"), "the oldest")
    expect(oldest["begun"] <= oldest["ended"] <= newest["begun"], "times in no order")
    expect_equal([line.split()[:2] for line in here("runs").splitlines()], [["2", "running"], ["1", "succeeded"]], "runs")
    here.until(lambda: here.results("2") == {"one": "started", "two": ""}, "the first stage")
    one = here.shown("1")["stages"][0]
    expect(one["result"] == "success" and one["ms"] >= 0, f"a stage: {one}")
    lines = here("show", "2").splitlines()
    expect(lines[1].split()[:2] == ["one", "started"] and lines[2].split()[:2] == ["two", "-"], f"shown: {lines}")
    expect_equal(len(here("status").splitlines()), 1, "status of a run that needs nobody")
    here.kill(run)
    here("status", says="`sluice resume 2` goes on with it")
    here.make("go")
    here("resume")
    here("show", says="taken up 2 times")
    here("status", says="all runs are finished")


def collected(place):
    """`gc` removes finished runs that are old, keeps the newest, and never one that is not finished."""
    here = place('''
  stage one { run "echo $GITHUB_RUN_ID > kept.txt"; artifact kept = upload("kept.txt"); run "exit 1" }''')
    for _ in range(3):
        here.run(status=1)
    with here.journal() as database:
        database.execute("UPDATE run SET ended = 1")
        database.execute("UPDATE run SET state = 'waiting', ended = NULL WHERE id = 1")
    here("gc", "--dry-run", "--keep-runs", "1", says="run 2 of")
    expect((here.state / "runs/2").exists(), "--dry-run removed a run")
    expect("run" not in here("gc", "--keep-runs", "2"), "--keep-runs 2 does not keep two")
    expect("run" not in here("gc", "--keep-runs", "0", "--keep-days", "99999"), "--keep-days does not keep")
    removed = [line for line in here("gc", "--keep-runs", "1").splitlines() if line.startswith("run ")]
    expect(len(removed) == 1 and removed[0].startswith("run 2 of") and removed[0].endswith("removed"), str(removed))
    expect_equal(sorted(os.listdir(here.state / "runs")), ["1", "3"], "folders")
    expect_equal([line.split()[0] for line in here("runs").splitlines()], ["3", "1"], "runs")
    here("show", "2", status=2, says="there is no run 2")
    here.run(status=1)
    expect((here.state / "runs/4").exists(), "the number of a removed run comes again")
    here("cancel", "1")


main([nothing_there, no_such_run, followed, followed_to_its_death, told, collected])

#!/usr/bin/env python3
"""again.py --sluice PATH [CASE…]: finished runs once more, from where it is worth it."""
from place import expect, expect_equal, main

FORK = '''
  stage base {
    step say { run "echo base-$GITHUB_RUN_ATTEMPT >> {here}/ran; echo word=swordfish >> $GITHUB_OUTPUT; echo kept > kept.txt"; output word: string }
    output word = say.word
    artifact kept = upload("kept.txt")
  }
  stage left after base { run "echo left-$GITHUB_RUN_ATTEMPT >> {here}/ran" }
  stage right after base {
    download(base.kept, to: "got")
    run "echo right-$GITHUB_RUN_ATTEMPT-${{ base.word }}-$(cat got/kept.txt) >> {here}/ran; test -e {here}/go"
  }
  stage last after left, right { run "echo last-$GITHUB_RUN_ATTEMPT >> {here}/ran" }
'''


def ran(here):
    """What ran since the last look, in no order."""
    lines = sorted(here.lines("ran"))
    (here.here / "ran").unlink(missing_ok=True)
    return lines


def failed_only(place):
    """`--failed` takes over what succeeded, with its outputs and artifacts, and is the next attempt."""
    here = place(FORK)
    here.run(status=1)
    expect_equal(ran(here), ["base-1", "left-1", "right-1-swordfish-kept"], "the first attempt")
    here("rerun", "1", "--failed", status=1)
    expect_equal(ran(here), ["right-2-swordfish-kept"], "the second")
    here.make("go")
    here("rerun", "2", "--failed")
    expect_equal(ran(here), ["last-3", "right-3-swordfish-kept"], "the third")
    expect_equal(set(here.results("3").values()), {"success"}, "in the end")
    expect_equal(here.results("1")["right"], "failure", "the first run stays as it was")
    expect_equal(here.shown("3")["rerun_of"], 2, "what it repeats")
    expect("(run 2 once more)" in here("runs"), "`runs` does not tell what it repeats")
    here("rerun", "3", "--failed", status=2, says="nothing of run 3 has failed; `sluice rerun 3` runs all of it")
    expect_equal(len(here("runs").splitlines()), 3, "runs")


def from_stage(place):
    """`--from` runs a stage and what is behind it."""
    here = place(FORK)
    here.make("go")
    here.run()
    ran(here)
    here("rerun", "--from", "right")
    expect_equal(ran(here), ["last-2", "right-2-swordfish-kept"], "what ran")
    here("rerun", "1")
    expect_equal(ran(here), ["base-2", "last-2", "left-2", "right-2-swordfish-kept"], "all once more")
    here("rerun", "1", "--from", "middle", status=2, says="there is no stage `middle` in `p`; there are `base`")
    here("rerun", "1", "--from", "left", "--failed", status=2)


def without_first(place):
    """The artifacts of a run outlive the run that made them."""
    here = place(FORK)
    here.run(status=1)
    here("rerun", "1", "--failed", status=1)
    with here.journal() as database:
        database.execute("UPDATE run SET ended = 1 WHERE id = 1")
    here("gc", "--keep-runs", "0", says="run 1 of")
    here.make("go")
    ran(here)
    here("rerun", "2", "--failed")
    expect_equal(ran(here), ["last-3", "right-3-swordfish-kept"], "what ran")


def killed(place):
    """A rerun that is killed goes on as the rerun that it was."""
    here = place(FORK.replace("test -e {here}/go", "touch {here}/waits; test -e {here}/go || sleep 300"))
    run = here.start_run()
    here.until_seen("waits")
    here("cancel")
    here.end(run, 1)
    ran(here)
    (here.here / "waits").unlink()
    run = here.start("rerun", "--failed")
    here.until_seen("waits")
    here.kill(run)
    here.make("go")
    here("resume", "2")
    expect_equal(ran(here), ["last-2", "right-2-swordfish-kept", "right-2-swordfish-kept"], "what ran")


main([failed_only, from_stage, without_first, killed])

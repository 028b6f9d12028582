#!/usr/bin/env python3
"""halt.py --sluice PATH [CASE…]: runs that are cancelled or stopped, from beside and after a crash."""
import signal
import time

from place import expect, expect_equal, main

LONG = '''
  stage work {
    run "touch {here}/waits; until test -e {here}/go; do sleep 0.05; done"
    step when always() { run "echo handler >> {here}/ran" }
  }
  stage behind after work { run "echo behind >> {here}/ran" }
  stage tidy after work when always() { run "echo tidy-${{ work.result }} >> {here}/ran" }
'''


def living(place):
    """`cancel` of a living run ends its steps; handlers run."""
    here = place(LONG)
    run = here.start_run()
    here.until_seen("waits")
    here("cancel", "1", says="run 1 is told to cancel; `sluice logs 1 -f` shows how it ends")
    here.end(run, 1)
    expect_equal(here.lines("ran"), ["handler", "tidy-cancelled"], "what ran")
    expect_equal(here.results(), {"work": "cancelled", "behind": "blocked", "tidy": "success"}, "results")
    here("cancel", "1", status=2, says="run 1 is finished already: cancelled")
    here("stop", status=2, says="run 1 is finished already: cancelled")


def interrupted(place):
    """`cancel` of an interrupted run does what is left to do: its handlers."""
    here = place(LONG)
    here.interrupt("waits")
    here("cancel")
    expect_equal(here.shown()["state"], "cancelled", "the state")
    expect("tidy-cancelled" in here.lines("ran"), f"the handler did not run: {here.lines('ran')}")
    expect("behind" not in here.lines("ran"), "what follows ran")


def stopped(place):
    """`stop` lets the stages end that run, and starts no other."""
    here = place(LONG)
    run = here.start_run()
    here.until_seen("waits")
    here("stop", says="run 1 is told to stop")
    time.sleep(0.3)
    expect(run.poll() is None, "it did not wait for what runs")
    here.make("go")
    here.end(run, 1)
    expect("behind" not in here.lines("ran"), "a stage was started")
    expect_equal(here.results()["work"], "success", "what ran")
    expect_equal(here.shown()["state"], "cancelled", "the state")
    here("rerun", "--failed")
    expect("behind" in here.lines("ran"), "a rerun does not go on from there")


def stopped_after_crash(place):
    """`stop` of an interrupted run starts nothing more."""
    here = place(LONG)
    here.interrupt("waits")
    here.make("go")
    here("stop")
    expect("behind" not in here.lines("ran"), "a stage was started")
    expect_equal(here.shown()["state"], "cancelled", "the state")


def killed_while_cancelled(place):
    """A run that is killed while Ctrl-C ends it stays cancelled."""
    here = place('''
  stage work { run "touch {here}/waits; sleep 300" }
  stage behind after work { run "echo behind >> {here}/ran" }
  stage tidy after work when always() { run "test -e {here}/go || { touch {here}/tidies; sleep 300; }; echo tidy >> {here}/ran" }
''')
    run = here.start_run()
    here.until_seen("waits")
    run.send_signal(signal.SIGINT)
    here.until_seen("tidies")
    here.kill(run)
    here.make("go")
    here("resume", "1", status=1)
    expect_equal(here.lines("ran"), ["tidy"], "what ran")
    expect_equal(here.shown()["state"], "cancelled", "the state")


def beside_a_server(place):
    """A server is no reason to refuse: whose process died can be cancelled, and so can what waits."""
    here = place(LONG)
    here.interrupt("waits")
    with here.journal() as database:  # the server leaves it alone
        database.execute("UPDATE run SET state = 'waiting'")
    server = here.start("serve")
    here.until((here.state / "serve.sock").exists, "the server's socket")
    here("cancel", "1")
    expect_equal(here.shown()["state"], "cancelled", "the state")
    server.send_signal(signal.SIGTERM)
    here.end(server, 0)


main([living, interrupted, stopped, stopped_after_crash, killed_while_cancelled, beside_a_server])

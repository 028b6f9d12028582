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
    """`cancel` of an interrupted run does what is left to do: the handlers of what was at work, and those behind it."""
    here = place(LONG)
    here.interrupt("waits")
    here.make("go")
    here("cancel")
    expect_equal(here.lines("ran"), ["handler", "tidy-cancelled"], "what ran")
    expect_equal(here.results(), {"work": "cancelled", "behind": "blocked", "tidy": "success"}, "results")
    expect_equal(here.shown()["state"], "cancelled", "the state")


def interrupted_legs(place):
    """Of a matrix, handlers of the legs that were at work run after `cancel`, of others none does."""
    here = place('''
  stage work {
    matrix { n: [1, 2, 3] }
    max-parallel 2
    run "test ${{ matrix.n }} = 1 || { touch {here}/waits; sleep 300; }"
    run "echo went-on-${{ matrix.n }} >> {here}/ran"
    step when always() { run "echo always-${{ matrix.n }} >> {here}/ran" }
  }''')
    run = here.start_run("--jobs", "1")
    here.until_seen("waits")
    here.kill(run)
    here("cancel", "1")
    expect_equal(here.lines("ran"), ["went-on-1", "always-1", "always-2"], "what ran")


def interrupted_in_environment(place):
    """There handlers have what finished steps have left, and no step runs again."""
    here = place('''
  stage work in live {
    rollback none because "a test"
    step made { run "echo made >> {here}/ran; echo name=box-7 >> $GITHUB_OUTPUT; echo x > file"; output name: string }
    run "touch {here}/waits; sleep 300"
    step when always() { run "echo clears-${{ made.name }}-$(cat file) >> {here}/ran" }
  }''', before="environment live { lock }")
    here.interrupt("waits")
    here("cancel", "1")
    expect_equal(here.lines("ran"), ["made", "clears-box-7-x"], "what ran")
    expect_equal(here.shown()["state"], "cancelled", "the state")


def resumed_and_cancelled(place):
    """What is cancelled after a resume has its handlers, as if nothing had been."""
    here = place(LONG)
    here.interrupt("waits")
    (here.here / "waits").unlink()
    run = here.start("resume", "1")
    here.until_seen("waits")
    here("cancel", "1")
    here.end(run, 1)
    expect_equal(here.lines("ran"), ["handler", "tidy-cancelled"], "what ran")


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
    expect_equal(here.lines("ran"), ["handler", "tidy-success"], "what ran")
    expect_equal(here.results(), {"work": "success", "behind": "cancelled", "tidy": "success"}, "results")
    expect_equal(here.shown()["state"], "cancelled", "the state")
    here("rerun", "--failed")
    expect("behind" in here.lines("ran"), "a rerun does not go on from there")


def stopped_conditions(place):
    """For what has not begun a stopped run is a cancelled one."""
    here = place('''
  stage work { run "touch {here}/waits; until test -e {here}/go; do sleep 0.05; done; exit 3" }
  stage fails after work when failure() { run "echo failure >> {here}/ran" }
  stage ends after fails when cancelled() { run "echo cancelled >> {here}/ran" }
  stage legs after ends when always() { matrix { n: [1, 2] }; max-parallel 1; run "echo leg-${{ matrix.n }} >> {here}/ran" }
  stage goes-on after work when !cancelled() { run "echo goes-on >> {here}/ran" }
  stage either after work when success() || work.result == "success" { run "echo either >> {here}/ran" }
''')
    run = here.start_run()
    here.until_seen("waits")
    here("stop", "1")
    here.make("go")
    here.end(run, 1)
    expect_equal(here.lines("ran"), ["failure", "cancelled", "leg-1", "leg-2"], "what ran")


def stopped_after_crash(place):
    """`stop` of an interrupted run lets what was at work come to its end, and starts no other."""
    here = place(LONG)
    here.interrupt("waits")
    here.make("go")
    here("stop")
    expect_equal(here.lines("ran"), ["handler", "tidy-success"], "what ran")
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


STUBBORN = '''
  stage work {
    run """
      trap 'echo int-$(date +%s%N) >> {here}/heard' INT
      trap 'echo term-$(date +%s%N) >> {here}/heard' TERM
      touch {here}/waits
      while true; do sleep 0.02 & wait $! || true; done
      """ { GRACE }
  }
'''


def graces(place):
    """A step has the time to stop that it asks for: SIGTERM after three quarters of it, then it is killed."""
    for grace, until_term, until_end in (("grace 2s", 1.5, 2), ("timeout 1s; grace 2s", 1.5, 2), ("", 7.5, 10)):
        here = place(STUBBORN.replace("GRACE", grace))
        run = here.start_run()
        here.until_seen("waits")
        if "timeout" not in grace:
            here("cancel", "1")
        here.end(run, 1)
        ended = time.time()
        heard = dict(line.split("-") for line in here.lines("heard"))
        began, asked = (int(heard[name]) / 1e9 for name in ("int", "term"))
        expect(until_term - 0.1 < asked - began < until_term + 1, f"`{grace}`: SIGTERM after {asked - began:.2f} s")
        expect(until_end - 0.1 < ended - began < until_end + 2, f"`{grace}`: killed after {ended - began:.2f} s")


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


main([living, interrupted, interrupted_legs, interrupted_in_environment, resumed_and_cancelled, stopped, stopped_conditions,
      stopped_after_crash, killed_while_cancelled, graces, beside_a_server])

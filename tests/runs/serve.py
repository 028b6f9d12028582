#!/usr/bin/env python3
"""serve.py --sluice PATH [CASE…]: the server goes on with runs when it is time, and ends without a trace."""
import contextlib
import signal
import stat

from place import expect, expect_equal, main

WAITS = '''
  stage one { run "touch {here}/waits; until test -e {here}/go; do sleep 0.05; done" }
  stage two after one { run "echo two >> {here}/ran" }
'''


@contextlib.contextmanager
def serving(here, *options):
    server = here.start("serve", *options)
    expect_equal(server.stdout.readline(), f"serving `{here.state}`; Ctrl-C ends it\n", "its first line")
    yield server
    server.send_signal(signal.SIGTERM)
    here.end(server, 0)
    expect(not (here.state / "serve.sock").exists(), "its socket is still there")


def takes_up(place):
    """What was interrupted before and while it serves is gone on with; what lives is left alone."""
    here = place(WAITS)
    here.interrupt("waits")
    here.make("go")
    with serving(here):
        here.until(lambda: here.shown("1")["state"] == "succeeded", "the end of run 1")
        for name in ("go", "waits"):
            (here.here / name).unlink()
        run = here.start_run()
        here.until_seen("waits")
        expect_equal(here.shown("2")["lives"], 1, "a living run was taken up")
        here.kill(run)
        here.make("go")
        here.until(lambda: here.shown("2")["state"] == "succeeded", "the end of run 2")
    expect_equal(here.lines("ran"), ["two", "two"], "what ran")


def ends_behind_its_runs(place):
    """SIGTERM does not cancel what runs: it is waited for. Once more cancels it."""
    here = place(WAITS)
    for again in (False, True):
        here.interrupt("waits")
        (here.here / "waits").unlink()
        server = here.start("serve")
        here.until_seen("waits")
        server.send_signal(signal.SIGTERM)
        told = ""
        while "waiting for 1 of the runs; once more cancels" not in told:
            told = server.stdout.readline()
            expect(told, "it ended without its run")
        if again:
            server.send_signal(signal.SIGTERM)
        else:
            here.make("go")
        here.end(server, 0)
        expect_equal(here.shown()["state"], "cancelled" if again else "succeeded", "how the run ended")
        for name in ("go", "waits"):
            (here.here / name).unlink(missing_ok=True)


def alone(place):
    """Two do not serve one folder; the socket is for others only where it is shared."""
    here = place('  stage one { run "true" }')
    here.run()
    with serving(here):
        expect_equal(stat.S_IMODE((here.state / "serve.sock").stat().st_mode), 0o600, "the socket's mode")
        expect_equal(stat.S_IMODE(here.state.stat().st_mode), 0o700, "the folder's mode")
        here("serve", status=2)
        expect((here.state / "serve.sock").exists(), "the second one took the socket away")
    with serving(here, "--share"):
        expect_equal(stat.S_IMODE((here.state / "serve.sock").stat().st_mode), 0o666, "the shared socket's mode")
        expect_equal(stat.S_IMODE(here.state.stat().st_mode), 0o711, "the shared folder's mode")


def after_its_own_death(place):
    """A server that is killed stands in nobody's way."""
    here = place('  stage one { run "true" }')
    here.run()
    server = here.start("serve")
    here.until((here.state / "serve.sock").exists, "its socket")
    here.kill(server)
    here("approve", status=2, says="run 1 waits at no gate")
    with serving(here):
        pass


main([takes_up, ends_behind_its_runs, alone, after_its_own_death])

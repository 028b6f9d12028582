#!/usr/bin/env python3
"""gates.py --sluice PATH [CASE…]: runs that wait for people, times, locks and answers.

Votes of several people need users of this machine: cases that need root are skipped without it, and say so."""
import os
import pwd
import signal
import subprocess
import time

from place import expect, expect_equal, main

ME = pwd.getpwuid(os.geteuid()).pw_name


def gated(conditions):
    return '''
  stage build { run "echo build >> {here}/ran" }
  gate release after build { %s }
  stage deploy after release { run "echo deploy >> {here}/ran" }
''' % conditions


def approved(place):
    """A run waits with 3 for one who approves, and goes on by the approval."""
    here = place(gated(f'approve 1 of "{ME}"'))
    here.run(status=3)
    expect_equal(here.shown()["state"], "waiting", "the state")
    expect("gate `release`: " in here("status"), "status does not say what is waited for")
    expect(here.shown()["waits"], "show does not say what is waited for")
    here("resume", "1", status=3)
    here("resume", says="no run can go on now")
    here("approve", "1", "elsewhere", status=2, says="run 1 waits at `release`, not at `elsewhere`; name one of them")
    here("approve", "1", "release", "--comment", "fine", says=f"{ME} approves `release`")
    expect_equal(here.lines("ran"), ["build", "deploy"], "what ran")
    here("approve", "1", status=2, says="run 1 waits at no gate")


def other_branch(place):
    """A run of a branch that an environment is not for fails before anybody is asked, and before any of its steps."""
    here = place('  stage one in live { rollback none because "a test"; run "echo one >> {here}/ran" }',
                 before='environment live { branches "main", "release/*"; approve 1 of "%s" }' % ME)
    git = ["git", "-C", str(here.folder), "-c", "user.name=t", "-c", "user.email=t@t"]
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", "t"], check=True)
    for branch, status in (("feature/main", 1), ("release/1/x", 1), ("moving", 1), ("release/1", 3), ("main", 3)):
        subprocess.run([*git, "branch", "--quiet", "-M", branch], check=True)
        here.run(status=status, says="" if status == 3 else f"`live` is for runs of main, release/*, and this one is of refs/heads/{branch}")
        expect_equal(here.results(), {"live-entry": "started", "one": ""} if status == 3 else {"live-entry": "failure", "one": "blocked"}, branch)


def asked_again(place):
    """A rerun asks the gates before what runs again, and takes their locks; others are taken over."""
    here = place('''
  gate first { approve 1 of "%s" }
  stage one after first { run "echo one >> {here}/ran" }
  stage two after one in live { rollback none because "a test"; run "echo two >> {here}/ran" { idempotent } }
  stage three after two in live {
    rollback { run "echo back >> {here}/ran" }
    run "echo three >> {here}/ran; test -e {here}/go" { idempotent }
  }''' % ME, before='environment live { approve 1 of "%s"; lock }' % ME)
    here.run(status=3)
    here("approve", "1", "first", status=3)
    here("approve", "1", "live", status=1)
    expect_equal(here.lines("ran"), ["one", "two", "three", "back"], "the first attempt")
    here("rerun", "--failed", status=3)
    expect("gate `live-entry`" in here("status"), f"it does not wait for its entry: {here('status')}")
    here.make("go")
    here("approve", "2", "live")
    expect_equal(here.lines("ran")[4:], ["three"], "the second")


def waits_beside_a_wreck(place):
    """A run whose gate waits is not over because a rollback elsewhere has failed."""
    here = place('''
  stage broken { rollback { run "false" }; run "false" }
  gate go { approve 1 of "%s" }
  stage behind after go { run "echo behind >> {here}/ran" }''' % ME)
    here.run(status=3)
    expect_equal(here.shown()["state"], "waiting", "the state")
    here("approve", "1", status=1)
    expect_equal(here.lines("ran"), ["behind"], "what ran")
    expect_equal(here.shown()["state"], "rollback failed", "the end")


def unjournalled(place):
    """Without a journal nobody could vote."""
    here = place(gated(f'approve 1 of "{ME}"'))
    here.run("--no-journal", status=2, says="gates and locks live in the journal; leave out `--no-journal`")


def misspelt_team(place):
    """A team that nobody is in, for there is no such team, is told when the gate is reached."""
    here = place(gated('approve 1 of "@acme/ghosts"'))
    here.run(status=3, says="nobody is in `@acme/ghosts`: neither .github/sluice-teams nor this machine has it")


def rejected(place):
    """One who rejects ends it: 1, and the stage behind is blocked."""
    here = place(gated(f'approve 1 of "{ME}"'))
    here.run(status=3)
    here("reject", says=f"{ME} rejects `release`", status=1)
    expect_equal(here.lines("ran"), ["build"], "what ran")
    expect_equal(here.shown()["state"], "failed", "the state")
    expect_equal(here.results()["deploy"], "blocked", "what follows")


def later(place):
    """`--later` only votes; the next `resume` goes on, for a no as for a yes."""
    here = place(gated(f'approve 1 of "{ME}"'))
    for command, status in (("approve", 0), ("reject", 1)):
        here.run(status=3)
        here(command, "--later")
        expect_equal(here.shown()["state"], "waiting", "the state after the vote")
        here("resume", status=status)


def checklist(place):
    """Lines of the checklist are ticked by number or text; without them an approval does not do."""
    here = place(gated(f'approve 1 of "{ME}"; confirm "the backup is fresh", "somebody is on call"'))
    here.run(status=3)
    here("approve", says="missing:")
    here("approve", "--confirm", "the moon is full", status=2, says="is no line of its checklist: `the backup is fresh`")
    here("approve", "--confirm", "1", says="somebody is on call")
    expect_equal(here.shown()["state"], "waiting", "the state")
    here("approve", "--confirm", "1", "--confirm", "somebody is on call")
    expect_equal(here.lines("ran"), ["build", "deploy"], "what ran")


def living(place):
    """A run that stays (`--wait`) goes on in its own process when somebody approves."""
    here = place(gated(f'approve 1 of "{ME}"'))
    run = here.start_run("--wait")
    here.until(lambda: here.state.joinpath("journal.db").exists() and "gate `release`" in here("status"), "the gate")
    here("approve", "1")
    here.end(run, 0)
    expect_equal(here.lines("ran"), ["build", "deploy"], "what ran")


def followed(place):
    """`logs -f` ends when the run parks."""
    here = place(gated(f'approve 1 of "{ME}"').replace("echo build", "sleep 1; echo build"))
    run = here.start_run()
    here.until((here.state / "runs/1/lock").exists, "the run")
    here("logs", "-f")
    here.end(run, 3)
    here("logs", "-f")
    here("cancel")


def expired(place):
    """Silence is a no: the gate closes at its time, whoever asks then."""
    here = place(gated(f'approve 1 of "{ME}" {{ expires 2s }}'))
    here.run("--wait", status=1)
    expect_equal(here.results()["deploy"], "blocked", "what follows")


def expired_meanwhile(place):
    """A gate closes at its time also where no process waits; a vote that comes later changes nothing."""
    for command in ("resume", "approve"):
        here = place(gated(f'approve 1 of "{ME}" {{ expires 1h }}'))
        here.run(status=3)
        with here.journal() as database:
            database.execute("UPDATE record SET at = at - 3600000")
            database.execute("UPDATE run SET wake_at = wake_at - 3600000")
        here(command, status=1)
        expect_equal((here.lines("ran"), here.shown()["state"]), (["build"], "failed"), command)


def windows(place):
    """A gate is open in its window and closed outside of it."""
    def hours(first, last):
        clock = time.gmtime(time.time() + first * 3600), time.gmtime(time.time() + last * 3600)
        return 'window "%02d:%02d-%02d:%02d" zone "UTC"' % tuple(
            part for one in clock for part in (one.tm_hour, one.tm_min))

    here = place(gated(hours(-1, 1)))
    here.run()
    here.write(gated(hours(2, 3)))
    here.run(status=3)
    expect("outside of its window" in here("status"), "status does not say that it is closed")
    here("resume", says="no run can go on now")
    here.write(gated(hours(-1, 1)))
    here("resume", "--take-changes", "2", status=2, says="the stage `release` has begun already")
    expect_equal(here.lines("ran"), ["build", "deploy", "build"], "what ran")
    here("cancel")


def void(place):
    """Votes are for what was voted on: a changed plan voids them."""
    here = place(gated(f'approve 1 of "{ME}"'))
    here.run(status=3)
    here("approve", "--later")
    here.write(gated(f'approve 1 of "{ME}"').replace("echo deploy", "echo changed"))
    here("resume", "--take-changes", "1", status=3, says="all votes are void")
    here("approve")
    expect_equal(here.lines("ran"), ["build", "changed"], "what ran")
    here.write(gated(f'approve 1 of "{ME}"').replace("echo build", "echo begun"))
    here.run(status=3)
    here.write(gated(f'approve 1 of "{ME}"'))
    here("resume", "--take-changes", "2", status=2, says="the stage `build` has begun already")
    here("cancel", "2")


def several_people(place):
    """Two different people of a team, through a shared server; who is not in it may not."""
    if os.geteuid() != 0:
        return print("skipped: needs root to be other users")
    users = [one.pw_name for one in pwd.getpwall() if 0 < one.pw_uid < 60000][:3]
    first, second, stranger = users
    here = place(gated('approve 2 of "@acme/platform" { not-starter }'))
    (here.folder / ".github").mkdir()
    (here.folder / ".github/sluice-teams").write_text(f"@acme/platform = {first}, {second}, {ME}\n")
    here.run(status=3)

    def vote(user, command="approve"):
        identity = pwd.getpwnam(user)
        done = subprocess.run(["setpriv", f"--reuid={identity.pw_uid}", f"--regid={identity.pw_gid}", "--clear-groups",
                               here.sluice, command, *(["1", "release"] if command != "status" else []),
                               "--root", here.folder], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=60)
        return done.returncode, done.stdout + done.stderr

    server = here.start("serve", "--share")
    here.until((here.state / "serve.sock").exists, "the server's socket")
    status, told = vote(stranger)
    expect(status == 2, f"a stranger was heard: {told}")
    status, told = vote(first, "status")
    expect(status == 2 and "are another user's, who may take votes with `sluice serve --share`" in told, told)
    here("approve", "1", status=2)  # the starter
    for _ in range(2):
        status, told = vote(first)
        expect(status == 0 and "missing" in told, f"the first vote: {status} {told}")
    expect_equal(here.shown()["state"], "waiting", "one person is not two")
    status, told = vote(second)
    expect(status == 0, f"the second vote: {status} {told}")
    here.until(lambda: here.shown()["state"] == "succeeded", "the end of the run")
    server.send_signal(signal.SIGTERM)
    here.end(server, 0)
    expect_equal(here.lines("ran"), ["build", "deploy"], "what ran")


def slept(place):
    """The server goes on with a run that sleeps when its time has come."""
    here = place('''
  stage one in live { rollback none because "a test"; sleep 12s; run "echo slept >> {here}/ran" { idempotent } }''',
                 before="environment live { lock }")
    here.run(status=3)
    here("resume", says="no run can go on now")
    server = here.start("serve")
    here.until(lambda: here.shown()["state"] == "succeeded", "the end of the run")
    server.send_signal(signal.SIGTERM)
    here.end(server, 0)
    expect_equal((here.lines("ran"), here.shown()["lives"]), (["slept"], 2), "what ran, and its lives")


def locked(place):
    """A run waits while another is in the environment; of several that wait `fifo` lets the first in, `latest` the last."""
    for kind, wanted in (("lock", ["1", "2", "3"]), ("lock latest", ["1", "3"])):
        here = place('''
  stage deploy in live {
    rollback none because "a test"
    run "echo $GITHUB_RUN_ID >> {here}/ran; touch {here}/waits; until test -e {here}/go; do sleep 0.05; done" { idempotent }
  }''', before="environment live { %s }" % kind)
        first = here.start_run()
        here.until_seen("waits")
        here.run(status=3)
        here.run(status=3)
        told = here("status")
        expect("held by run 1" in told and "waits: lock `live`" in told, f"status does not tell the lock: {told}")
        expect("in doubt" not in told, f"what runs is said to be in doubt: {told}")
        if kind == "lock":
            here("resume", says="no run can go on now")
        else:
            here("resume", status=1, says="a newer run has taken its place")
        here.make("go")
        here.end(first, 0)
        here("resume")
        expect_equal(here.lines("ran"), wanted, kind)
        expect_equal(here.shown("2")["state"], "succeeded" if kind == "lock" else "cancelled", "run 2")


def locked_by_the_dead(place):
    """A killed run keeps its lock till it is gone on with; then the next one has it."""
    here = place('''
  stage deploy in live {
    rollback none because "a test"
    run "test -e {here}/go || { touch {here}/waits; sleep 300; }; echo $GITHUB_RUN_ID >> {here}/ran" { idempotent }
  }''', before="environment live { lock }")
    here.interrupt("waits")
    here.run(status=3)
    here("status", says="held by run 1")
    here.make("go")
    here("resume")
    expect_equal(here.lines("ran"), ["1", "2"], "what ran")
    expect("lock" not in here("status"), "a lock is left")


DOUBT = '''
  stage deploy in live {
    rollback { run "echo back >> {here}/ran" }
    run "echo before >> {here}/ran" { idempotent }
    run "echo doubt >> {here}/ran; touch {here}/waits; test -e {here}/go || sleep 300"%s
    run "echo behind >> {here}/ran"
  }
'''


def in_doubt(place, recovery):
    here = place(DOUBT % recovery, before="environment live { lock }")
    here.interrupt("waits")
    here.make("go")
    return here


def resolved(place):
    """A step whose process died with the runtime is in doubt; a person says how it ended."""
    for answer, status, wanted in (("success", 0, ["before", "doubt", "behind"]), ("failure", 1, ["before", "doubt", "back"]),
                                   ("rerun", 0, ["before", "doubt", "doubt", "behind"])):
        here = in_doubt(place, "")
        here("resume", "1", status=3)
        expect("in doubt is `deploy.3`" in here("status"), f"status does not tell it: {here('status')}")
        here("resolve", "1", "deploy.9", answer, status=2, says="`deploy.9` is not in doubt; in doubt is `deploy.3`")
        here("resolve", "1", "deploy.3", answer, status=status)
        expect_equal(here.lines("ran"), wanted, answer)
        expect_equal(here.shown()["state"], "succeeded" if status == 0 else "rolled back", "the state")


def resolved_by_leg(place):
    """Of several legs in doubt each is answered for by itself, by number or by name."""
    here = place('''
  stage deploy in live {
    matrix { region: ["eu", "us"] }
    rollback none because "a test"
    run "echo ${{ matrix.region }} >> {here}/ran; touch {here}/${{ matrix.region }}; test -e {here}/go || sleep 300"
    run "echo ${{ matrix.region }}-behind >> {here}/ran"
  }''', before="environment live { lock }")
    run = here.start_run("--jobs", "2")
    here.until_seen("eu")
    here.until_seen("us")
    here.kill(run)
    here.make("go")
    both = "`deploy.1.1` of `deploy (eu)`, `deploy.2.1` of `deploy (us)`"
    expect(f"in doubt is {both}" in here("show"), f"they are not told apart: {here('show')}")
    told = here("resume", "1", status=3)
    expect("`sluice resolve 1 deploy.2.1 success|failure|rerun`" in told, told)
    for name in ("deploy", "deploy.1"):
        here("resolve", "1", name, "rerun", status=2, says=f"`{name}` is in doubt in 2 legs; name one: {both}")
    here("resolve", "1", "deploy (us).2", "rerun", status=2, says=f"`deploy (us).2` is not in doubt; in doubt is {both}")
    here("resolve", "1", "deploy (us)", "rerun", status=3)
    expect("in doubt is `deploy.1.1` of `deploy (eu)`" in here("show"), f"the answer was not for it: {here('show')}")
    here("resolve", "1", "deploy.1.1", "success")
    expect_equal(sorted(here.lines("ran")), ["eu", "eu-behind", "us", "us", "us-behind"], "what ran")


def recovered(place):
    """`idempotent` runs once more by itself; `probe` asks whether it has run."""
    for recovery, status, wanted in ((" { idempotent }", 0, ["before", "doubt", "doubt", "behind"]),
                                     (' { probe { run "exit 0" } }', 0, ["before", "doubt", "behind"]),
                                     (' { probe { run "exit 1" } }', 0, ["before", "doubt", "doubt", "behind"]),
                                     (' { probe { run "exit 5" } }', 3, ["before", "doubt"])):
        here = in_doubt(place, recovery)
        here("resume", "1", status=status)
        expect_equal(here.lines("ran"), wanted, recovery)
        if status == 3:
            here("resolve", "1", "deploy", "success")


def rolled_back(place):
    """What fails in a stage with a rollback is undone, and the run's outcome says so."""
    here = place(DOUBT.replace("echo behind", "exit 4; echo behind") % "", before="environment live { lock }")
    here.make("go")
    told = here.run(status=1)
    expect("rolled back" in told, told)
    expect_equal(here.lines("ran"), ["before", "doubt", "back"], "what ran")
    expect_equal(here.shown()["state"], "rolled back", "the state")
    expect("rolled back" in here("runs"), "`runs` does not tell it")


main([approved, other_branch, asked_again, waits_beside_a_wreck, unjournalled, misspelt_team, rejected, later, checklist, living, followed, expired, expired_meanwhile,
      windows, void, several_people, slept, locked, locked_by_the_dead, resolved, resolved_by_leg,
      recovered, rolled_back])

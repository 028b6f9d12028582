#!/usr/bin/env python3
"""crash.py --sluice PATH [CASE…]: runs whose runtime is killed, and how they are gone on with."""
from place import expect, expect_equal, main

CHAIN = '''
  stage first {
    step say { run "echo first >> {here}/ran; echo word=swordfish >> $GITHUB_OUTPUT; echo kept > kept.txt"; output word: string }
    output word = say.word
    artifact kept = upload("kept.txt")
  }
  stage second after first {
    run "echo begun >> {here}/second; touch half-done; test -e {here}/go || { touch {here}/waits; sleep 300; }"
    run "echo ${{ first.word }} >> {here}/second"
    download(first.kept, to: "got")
    run "cat got/kept.txt >> {here}/second"
  }
  stage third after second { run "echo third >> {here}/ran" }
'''


def interrupted(place):
    """A run that was killed goes on with what had not finished; outputs and artifacts are there."""
    here = place(CHAIN)
    run = here.start_run()
    here.until_seen("waits")
    here.until(lambda: here.results() == {"first": "success", "second": "started", "third": ""}, "its second stage")
    here.kill(run)
    expect_equal(here.shown()["state"], "interrupted", "the state")
    expect("`sluice resume 1` goes on with it" in here("status"), "status does not say how it goes on")
    here.make("go")
    here("resume")
    expect_equal(here.lines("ran"), ["first", "third"], "what ran")
    expect_equal(here.lines("second"), ["begun", "begun", "swordfish", "kept"], "what the second stage did")
    expect_equal(set(here.results().values()), {"success"}, "in the end")
    expect_equal(here.shown()["lives"], 2, "its lives")
    here("resume", "1", status=2, says="`sluice rerun 1` runs it once more")
    here("resume", says="no run can go on now")


def clean_start(place):
    """A stage that starts over finds a clean workspace, and no process of its earlier life."""
    here = place('''
  stage one {
    run "test ! -e left; touch left"
    run "echo $$ >> {here}/pids; test -e {here}/go || { touch {here}/waits; sleep 300; }"
  }''')
    here.interrupt("waits")
    here.make("go")
    here("resume", "last")
    first, second = here.lines("pids")
    expect(first != second, "it did not start over")


def only_one(place):
    """No second process goes on with a living run."""
    here = place(CHAIN)
    run = here.start_run()
    here.until_seen("waits")
    here("resume", "1", status=2, says="another process is at work on run 1")
    here("resume", says="no run can go on now")
    here("rerun", "1", status=2, says="run 1 is not finished")
    expect_equal(here.shown()["state"], "running", "the state")
    here("cancel", "1")
    here.end(run, 1)


def crash_loop(place):
    """A run that dies ten times without getting further needs `--force`."""
    here = place('''
  stage one {
    run "echo life >> {here}/lives; test -e {here}/go || { kill -9 $(cat {here}/runtime); sleep 300; }"
  }''')
    run = here.start_run()
    (here.here / "runtime").write_text(str(run.pid))
    run.communicate(timeout=60)
    for _ in range(10):
        run = here.start("resume", "1")
        (here.here / "runtime").write_text(str(run.pid))
        run.communicate(timeout=60)
    here.make("go")
    told = here("resume", "1", "--format", "json", status=2, says="--force")
    expect("run 1 has died 10 times in a row" in told, told)
    here("resume", "1", "--force")
    expect_equal(here.shown()["state"], "succeeded", "the state")


def isolated(place):
    """What isolation a run began with, it goes on with."""
    here = place('''
  stage one { run "sleep 1; touch {here}/escaped 2>/dev/null || true" }
  stage two { run "true" }''')
    here.run("--isolate")
    if (here.here / "escaped").exists():
        return print("skipped: this machine cannot isolate")
    run = here.start_run("--isolate")
    here.until(lambda: here.results("last")["two"] == "success" and here.shown()["run"] == 2, "the second stage")
    here.kill(run)
    here("resume")
    here("rerun")
    expect_equal(here.results("3"), {"one": "success", "two": "success"}, "of the rerun")
    expect(not (here.here / "escaped").exists(), "a step wrote outside of its workspace")


def actions_again(place):
    """Where actions lie is known to those who go on, also with changes."""
    here = place('''
  stage one {
    run "test -e {here}/go || { touch {here}/waits; sleep 300; }"
    uses "acme/greet@0123456789abcdef0123456789abcdef01234567"
  }
  stage two after one { run "echo two >> {here}/ran" }''')
    action = here.folder / "actions/acme/greet/action.yml"
    action.parent.mkdir(parents=True)
    action.write_text(f"""name: greet
runs:
  using: composite
  steps:
    - run: echo greeted >> {here.here}/ran
      shell: bash
""")
    here.interrupt("waits", "--actions", here.folder / "actions")
    here.make("go")
    here.file.write_text(here.file.read_text().replace("echo two", "echo changed"))
    here("resume", "1", "--take-changes", says="~ two")
    expect_equal(here.lines("ran"), ["greeted", "changed"], "what ran")
    here("rerun", "1")
    expect_equal(here.lines("ran"), ["greeted", "changed"] * 2, "what ran again")


def secrets_again(place):
    """A secret is stored nowhere and must be given again."""
    here = place('''
  stage one {
    env { WORD: secrets.WORD }
    run "test -e {here}/go || { touch {here}/waits; sleep 300; }; test ${#WORD} = 11; echo told $WORD > kept; echo $WORD"
  }''', before="secret WORD")
    here.interrupt("waits", env={"WORD": "open-sesame"})
    here.make("go")
    here("resume", "1", status=2, says="WORD")
    expect_equal(here.shown()["state"], "interrupted", "a resume without the secret leaves it")
    here("resume", "1", env={"WORD": "open-sesame"})
    for file in here.state.rglob("*"):
        expect(not file.is_file() or b"open-sesame" not in file.read_bytes(), f"`{file}` holds the secret")


def unjournalled(place):
    """`--no-journal` leaves nothing to go on with, and nothing that looks as if."""
    here = place('  stage one { run "touch {here}/waits; until test -e {here}/go; do sleep 0.05; done" }')
    here.interrupt("waits", "--no-journal")
    here.make("go")  # nobody knows of its processes: they are left alone
    here.until(lambda: not here.left_behind(), "the end of its step")
    here("resume", says="no run can go on now")
    here("status", says="all runs are finished")


def first_at_once(place):
    """Several first runs make one journal, whatever a process that died while it made one has left."""
    here = place('  stage one { run "echo $GITHUB_RUN_ID >> {here}/ran" }')
    here.state.mkdir(mode=0o700)
    for left in ("journal.new", "journal.new-wal", "journal.new-journal"):
        (here.state / left).write_bytes(b"half a database" * 99)
    here("runs", status=2, says="nothing has run in")
    runs = [here.start_run() for _ in range(8)]
    for run in runs:
        here.end(run, 0)
    expect_equal(sorted(map(int, here.lines("ran"))), list(range(1, 9)), "the runs")
    expect_equal(sorted(file.name for file in here.state.glob("journal.*") if "db-" not in file.name), ["journal.db"], "files")


def shown_at_once(place):
    """What a run did in its last milliseconds is shown, though it stands in its tail alone."""
    here = place('''
  stage first { run "touch {here}/waits; while ! test -e {here}/go; do sleep 0.01; done" }
  stage second after first { run "touch {here}/second; sleep 300" }''')
    run = here.start_run()
    here.until_seen("waits")
    with here.journal() as database:
        database.execute("BEGIN IMMEDIATE")  # nobody else commits
        here.make("go")
        here.until(lambda: here.results() == {"first": "success", "second": "started"}, "both stages, not committed")
        here.kill(run)
        committed = {row[0] for row in database.execute("SELECT stage FROM record")}
    expect_equal(here.results(), {"first": "success", "second": "started"}, "what is shown")
    expect(1 not in committed, "the second stage was in the journal")
    here("cancel")


def foreign_start(place):
    """A journal that says nothing sensible of how a run began is an error, and told."""
    here = place('  stage one { run "touch {here}/waits; sleep 300" }')
    here.interrupt("waits")
    for text, why in (("{}", "`root`"), ('{"root": ""}', "`root`"), ('{"root": "/", "jobs": "two"}', "type"), ("[]", "no object")):
        with here.journal() as database:
            database.execute("UPDATE run SET context = ?", [text])
        told = here("resume", "1", status=2, says="what the run was started with cannot be read: ")
        expect(why in told, told)
    with here.journal() as database:
        database.execute("UPDATE run SET context = ?", [f'{{"root": "{here.folder}"}}'])
    here("cancel", "1")


main([interrupted, first_at_once, shown_at_once, foreign_start, clean_start, only_one, crash_loop, isolated, actions_again, secrets_again, unjournalled])

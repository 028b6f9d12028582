"""Moments that no count of calls comes to: a cancelled run that is killed, a run that is begun once more, others at the
journal while it is moved into its file."""
import json
import time

import oracle
from fixtures import Fixture, arm, rollback, stage, step
from oracle import Broken

LONG = "trap '' INT; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done"


def wait_for(scene, line):
    end = time.monotonic() + 30
    while line not in oracle.effects(scene.log):
        if time.monotonic() > end:
            raise Broken(f"`{line}` never comes")
        time.sleep(0.01)


def cancelling():
    work = stage("work", [], [arm(0), step("work/0/2", idempotent=True), step("work/0/3", LONG)],
                 environment=0, rollbacks=[rollback(step("work/0/undo-1"))])
    after = stage("after", [0], [step("after/0/1")])
    plan = {"pipeline": "cancelling", "environments": [{"name": "prod"}], "stages": [work, after]}
    return Fixture("cancelling", plan=plan, careful=("work",))


def cancelled_and_killed(scene):
    """What was asked for outlives the runtime: the stage ends as cancelled, and what it did is undone once."""
    process = scene.launch(["resume", "1"])
    wait_for(scene, "begin work/0/3")
    scene.life(["cancel", "1"])
    process.kill()
    scene.wait(process)
    shown, _ = scene.finish()
    lines = oracle.effects(scene.log)
    expect(lines.count("begin work/0/3") == 1, f"a cancelled step begins again: {lines}")
    expect(lines.count("end work/0/undo-1") == 1, f"its rollback runs {lines.count('end work/0/undo-1')} times")
    expect(shown["stages"][0]["result"] == "cancelled", f"the stage ends as {shown['stages'][0]}")
    expect("begin after/0/1" not in lines, "a stage behind it has run")


def killed_and_cancelled(scene):
    """What is asked of a dead run is written behind all that it has left."""
    process = scene.launch(["resume", "1"])
    wait_for(scene, "begin work/0/3")
    process.kill()
    scene.wait(process)
    scene.life(["cancel", "1"])
    shown, _ = scene.finish()
    lines = oracle.effects(scene.log)
    expect(lines.count("begin work/0/2") == 1, f"a finished step begins again: {lines}")
    expect(lines.count("end work/0/undo-1") == 1, f"its rollback runs {lines.count('end work/0/undo-1')} times")
    expect(shown["stages"][0]["result"] == "cancelled", f"the stage ends as {shown['stages'][0]}")


def dependent_cancelled():
    release = stage("release", [], [arm(0), step("release/0/2", idempotent=True)],
                    environment=0, rollbacks=[rollback(step("release/0/undo-1"))])
    verify = stage("verify", [0], [step("verify/0/1", LONG)])
    plan = {"pipeline": "verified", "environments": [{"name": "prod"}], "stages": [release, verify]}
    return Fixture("verified", plan=plan, careful=("release",))


def dependent_cancelled_and_killed(scene):
    """A stage was cancelled while it ran: what it depends on is undone, also where a crash comes between."""
    process = scene.launch(["resume", "1"])
    wait_for(scene, "begin verify/0/1")
    scene.life(["cancel", "1"])
    process.kill()
    scene.wait(process)
    shown, _ = scene.finish()
    undone = oracle.effects(scene.log).count("end release/0/undo-1")
    expect(undone == 1, f"the rollback of what it depends on runs {undone} times")
    expect(shown["state"] == "rolled back", f"the run ends as {shown['state']}")


def stopped_and_killed(scene):
    """`stop` lets what is at work come to its end; a crash in between does not make it a failure."""
    process = scene.launch(["resume", "1"])
    wait_for(scene, "begin verify/0/1")
    scene.life(["stop", "1"])
    process.kill()
    scene.wait(process)
    shown, _ = scene.finish()
    lines = oracle.effects(scene.log)
    expect("end release/0/undo-1" not in lines, f"a good release is undone: {lines}")
    expect(lines.count("end verify/0/1") == 1 and "begin after/0/1" not in lines, f"it goes on as {lines}")
    results = [one["result"] for one in shown["stages"]]
    expect(results == ["success", "success", "cancelled"], f"its stages end as {results}")


def dependent_stopped():
    release = stage("release", [], [arm(0), step("release/0/2", idempotent=True)],
                    environment=0, rollbacks=[rollback(step("release/0/undo-1"))])
    verify = stage("verify", [0], [step("verify/0/1", "sleep 0.5")])
    plan = {"pipeline": "stopped", "environments": [{"name": "prod"}],
            "stages": [release, verify, stage("after", [1], [step("after/0/1")])]}
    return Fixture("stopped", plan=plan, careful=("release",))


def large():
    # So much that the journal is moved into its file while the run goes on.
    much = "echo v=$(head -c 1500000 /dev/zero | tr '\\0' x) >> $GITHUB_OUTPUT; sleep 0.1"
    steps = [step(f"work/0/{number}", much, f"s{number}", idempotent=True) for number in range(1, 8)]
    plan = {"pipeline": "large", "environments": [{"name": "prod"}],
            "stages": [stage("work", [], steps, environment=0)]}
    return Fixture("large", plan=plan, careful=("work",))


def looked_at(scene):
    """Others open and close the journal all the time: what the run writes down is not lost."""
    process = scene.launch(["resume", "1"])
    while "begin work/0/6" not in oracle.effects(scene.log):
        expect(process.poll() is None, "the run ends too soon")
        scene.shown()
    process.kill()
    scene.wait(process)
    seen = oracle.look(scene.state)
    begun = {line.split()[1] for line in oracle.effects(scene.log) if line.startswith("begin")}
    expect(begun <= seen.started, f"the journal does not know of {sorted(begun - seen.started)}")
    scene.finish()
    lines = oracle.effects(scene.log)
    expect(lines.count("begin work/0/3") == 1, f"a finished step runs again: {lines}")


def expect(holds, what):
    if not holds:
        raise Broken(what)


def begun_once_more(at):
    def action(scene):
        """`rerun --failed` takes over what succeeded, with its artifacts, or has not begun."""
        scene.life(["run", "p.pipe", "--root", "."])
        before = oracle.effects(scene.log)
        status, _ = scene.life(["rerun", "1", "--failed"], scene.faults(at, on="w"))
        if scene.shown(2) is None:
            scene.life(["rerun", "1", "--failed"])
        elif status < 0 and scene.shown(2)["state"] == "interrupted":
            scene.life(["resume", "2"])
        shown = scene.shown(2)
        lines = oracle.effects(scene.log)[len(before):]
        expect(shown["state"] == "failed", f"run 2 ends as {json.dumps(shown)}")
        expect(not any("make/" in line or "test/" in line for line in lines), f"what succeeded runs again: {lines}")
        expect("value tell failure" in lines, f"the rest does not run: {lines}")
    return action


ALL = [
    ("cancelled and killed", cancelling, cancelled_and_killed),
    ("killed and cancelled", cancelling, killed_and_cancelled),
    ("dependent cancelled and killed", dependent_cancelled, dependent_cancelled_and_killed),
    ("stopped and killed", dependent_stopped, stopped_and_killed),
    ("others look on", large, looked_at),
]

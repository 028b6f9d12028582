"""The pipelines that are killed. Each step appends `begin STAGE/LEG/STEP` and `end STAGE/LEG/STEP` to a log outside of
`.sluice`, and `value …` with what it was given: what has happened in the world, whatever the journal says of it."""
import dataclasses
import getpass
import json

PLAIN = """pipeline plain {
  on push
  stage make {
    step first {
      run \"\"\"
        {begin make/0/1}
        echo "v=7" >> "$GITHUB_OUTPUT"
        echo x > made.txt
        {end make/0/1}
        \"\"\"
      output v: number
    }
    artifact report = upload("made.txt")
    output v = first.v
  }
  stage test after make {
    matrix { n: [0, 1] }
    download(make.report)
    run \"\"\"
      {begin test/$LEG/2}
      echo "value test $LEG $(cat made.txt) ${{ make.v }}" >> "$EFFECTS"
      {end test/$LEG/2}
      \"\"\"
    env { LEG: "${{ matrix.n }}" }
  }
  stage bad after test {
    run \"\"\"
      {begin bad/0/1}
      exit 3
      \"\"\"
  }
  stage never after bad {
    run "{begin never/0/1}"
  }
  stage tell after never when always() {
    run \"\"\"
      {begin tell/0/1}
      echo "value tell ${{ bad.result }}" >> "$EFFECTS"
      {end tell/0/1}
      \"\"\"
  }
}
"""


@dataclasses.dataclass
class Fixture:
    name: str
    plan: dict = None      # what a journal holds, for what the language cannot say yet
    pipe: str = None       # or the text of a file
    status: int = 0        # the exit status of the life that ends the run
    careful: tuple = ()    # stages that go on after a crash: finished steps never run again there
    people: bool = False   # somebody approves


def mark(what, where):
    return f'echo "{what} {where}" >> "$EFFECTS"'


def pipe(text):
    for what in ("begin", "end"):
        while f"{{{what} " in text:
            head, rest = text.split(f"{{{what} ", 1)
            where, rest = rest.split("}", 1)
            text = head + mark(what, where) + rest
    # A string in one line has its quotes escaped.
    lines = [line if '"""' in line or 'run "' not in line else escape(line) for line in text.splitlines()]
    return "\n".join(lines) + "\n"


def escape(line):
    head, body = line.split('run "', 1)
    return head + 'run "' + body[:-1].replace('"', '\\"') + '"'


# ---- plans, as the journal holds them

SUCCESS, ALWAYS = ["call", "success"], ["call", "always"]


def member(*names):
    expression = ["context", names[0]]
    for name in names[1:]:
        expression = ["member", name, expression]
    return expression


def step(where, body="", id="", fails=False, **more):
    text = "\n".join(line for line in (mark("begin", where), body, "exit 1" if fails else mark("end", where)) if line)
    made = {"title": json.dumps(where), "condition": SUCCESS, "action": {"run": {"shell": "bash", "text": text}},
            "retry": {"attempts": 1, "pause": 0}, **more}
    return {"id": id, **made} if id else made


def act(action, title):
    return {"title": json.dumps(title), "condition": SUCCESS, "action": action, "retry": {"attempts": 1, "pause": 0}}


def arm(rollback):
    return act({"arm": {"rollback": rollback}}, f"arm {rollback}")


def asks(where):
    return {"shell": "bash", "text": f'grep -qx "end {where}" "$EFFECTS" || exit 1'}


def stage(id, after, steps, **more):
    return {"id": id, "title": json.dumps(id), "after": after, "condition": SUCCESS, "steps": steps,
            "retry": {"attempts": 1, "pause": 0}, "timeout": 600, **more}


def rollback(*steps):
    return {"title": '"undo"', "steps": list(steps)}


def value(text):
    return f'echo "value {text}" >> "$EFFECTS"'


def deploying():
    """Steps in an environment: outputs, variables and files of finished ones reach the later ones."""
    prepare = stage("prepare", [], [step("prepare/0/1", 'echo v=7 >> "$GITHUB_OUTPUT"', "p")],
                    outputs=[["v", member("steps", "p", "outputs", "v")]])
    steps = [
        step("deploy/0/1", 'echo made > file; echo in-temp > "$RUNNER_TEMP/kept"; echo NAME=blue >> "$GITHUB_ENV"\n'
                           'echo color=$NEEDED >> "$GITHUB_OUTPUT"', "one",
             env=[["NEEDED", member("needs", "prepare", "outputs", "v")]], probe=asks("deploy/0/1")),
        step("deploy/0/2", value('two $(cat file) $NAME $(cat "$RUNNER_TEMP/kept")'), idempotent=True),
        step("deploy/0/3", value("three $GIVEN"), env=[["GIVEN", member("steps", "one", "outputs", "color")]],
             probe=asks("deploy/0/3")),
        step("deploy/0/4", value("four $(cat file)")),
        step("deploy/0/5", value('five $(cat file) $NAME $(cat "$RUNNER_TEMP/kept")'), idempotent=True),
    ]
    deploy = stage("deploy", [0], steps, environment=0, outputs=[["c", member("steps", "one", "outputs", "color")]])
    after = stage("after", [1], [step("after/0/1", value("after $C"),
                                      env=[["C", member("needs", "deploy", "outputs", "c")]])])
    plan = {"pipeline": "deploying", "environments": [{"name": "prod"}], "stages": [prepare, deploy, after]}
    return Fixture("deploying", plan=plan, careful=("deploy",))


def undoing():
    """A stage that fails itself, one that is undone because of it, one that has committed, and a handler."""
    release = stage("release", [], [
        arm(0), step("release/0/2", 'echo was=green >> "$GITHUB_OUTPUT"', "old", idempotent=True),
        arm(1), step("release/0/4", idempotent=True)],
        environment=0, rollbacks=[
            rollback(step("release/0/undo-1")),
            rollback(step("release/0/undo-2a"), step("release/0/undo-2b", value("undo $WAS"),
                                                     env=[["WAS", member("steps", "old", "outputs", "was")]]))])
    sealed = stage("sealed", [], [
        arm(0), step("sealed/0/2", idempotent=True), act({"commit": {}}, "commit"),
        step("sealed/0/4", idempotent=True)], environment=0, rollbacks=[rollback(step("sealed/0/undo-1"))])
    broken = stage("broken", [0, 1], [
        arm(0), step("broken/0/2", idempotent=True), step("broken/0/3", fails=True, idempotent=True)],
        environment=0, rollbacks=[rollback(step("broken/0/undo-1"))])
    tell = stage("tell", [0, 1, 2], [step("tell/0/1", value("tell $R"),
                                          env=[["R", member("needs", "broken", "result")]])],
                 condition=ALWAYS, handler=True)
    plan = {"pipeline": "undoing", "environments": [{"name": "prod"}], "stages": [release, sealed, broken, tell]}
    return Fixture("undoing", plan=plan, status=1, careful=("release", "sealed", "broken"))


def retried():
    """Each attempt's wreck is cleared away before the next one; an attempt's rollback says nothing of the next one's."""
    shift = stage("shift", [], [
        arm(0), step("shift/0/2", idempotent=True), step("shift/0/3", fails=True, idempotent=True)],
        environment=0, rollbacks=[rollback(step("shift/0/undo-1"))])
    shift["retry"] = {"attempts": 2, "pause": 0}
    after = stage("after", [0], [step("after/0/1")])
    plan = {"pipeline": "retried", "environments": [{"name": "prod"}], "stages": [shift, after]}
    return Fixture("retried", plan=plan, status=1, careful=("shift",))


def legs():
    """A matrix that fails in one leg is undone in every leg."""
    env = [["LEG", member("matrix", "n")]]
    shards = stage("shards", [], [
        arm(0), step("shards/$LEG/2", idempotent=True, env=env),
        step("shards/$LEG/3", "test $LEG = 0", idempotent=True, env=env)],
        matrix={"legs": json.dumps([{"n": 0}, {"n": 1}]), "fail_fast": "false"},
        environment=0, rollbacks=[rollback(step("shards/$LEG/undo-1", env=env))])
    plan = {"pipeline": "legs", "environments": [{"name": "prod"}], "stages": [shards]}
    return Fixture("legs", plan=plan, status=1, careful=("shards",))


def twins():
    """Two legs whose steps only people can answer for, each for itself."""
    env = [["LEG", member("matrix", "n")]]
    twin = stage("twin", [], [step("twin/$LEG/1", env=env), step("twin/$LEG/2", env=env)],
                 matrix={"legs": json.dumps([{"n": 0}, {"n": 1}]), "fail_fast": "false"}, environment=0)
    plan = {"pipeline": "twins", "environments": [{"name": "prod"}], "stages": [twin]}
    return Fixture("twins", plan=plan, careful=("twin",))


def until(line):
    return f'n=0; until grep -qx "{line}" "$EFFECTS" || [ $n -ge 400 ]; do sleep 0.02; n=$((n+1)); done'


def committed():
    """A leg commits while another one has something armed: nothing is undone when that one fails."""
    env = [["LEG", member("matrix", "n")]]

    def only(leg):
        return ["both", "", SUCCESS, ["equal", "", member("matrix", "n"), str(leg)]]

    race = stage("race", [], [
        arm(0),
        step("race/$LEG/2", f"if [ $LEG = 0 ]; then {until('end race/1/4')}; else {until('begin race/0/2')}; fi",
             idempotent=True, env=env),
        {**act({"commit": {}}, "commit"), "condition": only(1)},
        {**step("race/$LEG/4", idempotent=True, env=env), "condition": only(1)},
        {**step("race/$LEG/5", fails=True, idempotent=True, env=env), "condition": only(0)}],
        matrix={"legs": json.dumps([{"n": 0}, {"n": 1}]), "fail_fast": "false"},
        environment=0, rollbacks=[rollback(step("race/$LEG/undo-1", env=env))])
    plan = {"pipeline": "committed", "environments": [{"name": "prod"}], "stages": [race]}
    return Fixture("committed", plan=plan, status=1, careful=("race",))


def gated():
    """A gate that somebody passes, and a lock that is held until the environment's last stage has ended."""
    gate = stage("enter", [], [step("enter/0/1")],
                 gate={"approvals": [{"count": 1, "who": [getpass.getuser()]}]})
    first = stage("first", [0], [step("first/0/1", idempotent=True)], environment=0)
    second = stage("second", [1], [step("second/0/1", probe=asks("second/0/1"))], environment=0)
    plan = {"pipeline": "gated", "environments": [{"name": "prod", "lock": {"name": "prod", "queue": 0}, "entry": 0}],
            "stages": [gate, first, second]}
    return Fixture("gated", plan=plan, careful=("first", "second"), people=True)


def sleeping():
    """A timer stands in the journal with its end."""
    bake = stage("bake", [], [step("bake/0/1", idempotent=True), act({"sleep": {"duration": 1}}, "sleep"),
                              step("bake/0/3", idempotent=True)], environment=0)
    plan = {"pipeline": "sleeping", "environments": [{"name": "prod"}], "stages": [bake]}
    return Fixture("sleeping", plan=plan, careful=("bake",))


def fixtures():
    return [Fixture("plain", pipe=pipe(PLAIN), status=1), deploying(), undoing(), retried(), legs(), twins(), committed(), gated(),
            sleeping()]

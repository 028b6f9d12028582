"""A repository in which one run is begun, killed, gone on with, and looked at."""
import os
import json
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

import disk
import oracle
from oracle import Broken

PATIENCE = 60
MOST_LIVES = 25


class Tools:
    def __init__(self, sluice, shim):
        self.sluice, self.shim = str(pathlib.Path(sluice).resolve()), str(pathlib.Path(shim).resolve())


class Scene:
    def __init__(self, tools, fixture, template=None):
        self.tools, self.fixture = tools, fixture
        self.holder = tempfile.TemporaryDirectory(prefix="sluice-crash-")
        self.top = pathlib.Path(self.holder.name)
        self.repository, self.log = self.top / "repository", self.top / "effects"
        self.state = self.repository / ".sluice"
        self.calls = self.top / "calls"
        self.said = ""
        self.allowance = oracle.Allowance(fixture)
        self.environment = {**os.environ, "EFFECTS": str(self.log)}
        self.repository.mkdir()
        if fixture.pipe:
            (self.repository / "p.pipe").write_text(fixture.pipe)
        elif template:
            self.state.mkdir()
            shutil.copy(template, self.state / "journal.db")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in oracle.processes_with(f"EFFECTS={self.log}"):
            os.kill(process, signal.SIGKILL)
        self.holder.cleanup()

    # ---- processes

    def beginning(self):
        return ["run", "p.pipe", "--jobs", "2", "--root", "."] if self.fixture.pipe else ["resume", "1"]

    def faults(self, at, do="kill", on="ws", slow=0):
        return {"LD_PRELOAD": self.tools.shim, "FAULTS_FILE": str(self.state / "journal."),
                "FAULTS_LOG": str(self.calls), "FAULTS_AT": str(at), "FAULTS_DO": do, "FAULTS_ON": on,
                "FAULTS_SLOW": str(slow)}

    def launch(self, arguments, faults=None):
        return subprocess.Popen([self.tools.sluice, *arguments], cwd=self.repository, text=True,
                                env={**self.environment, **(faults or {})}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def wait(self, process, patience=PATIENCE):
        """Until the process is gone: steps that outlive it may have its output open."""
        lines = []
        try:
            if process.wait(patience) >= 0:
                lines.append(process.communicate(timeout=patience)[0])
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Broken(f"{process.args} does not come to an end") from None
        self.said += f"$ {' '.join(process.args[1:])} -> {process.returncode}\n{''.join(lines)}"
        return process.returncode, "".join(lines)

    def life(self, arguments, faults=None):
        status, text = self.wait(self.launch(arguments, faults))
        if status < 0 or status == 2:
            self.note_kill()
        return status, text

    def drive(self, at, do="kill", on="ws", slow=0):
        """Lives up to the one in which the call `at`, counted over all of them, comes; 0: up to the end. Gives that one's
        exit status and words, and whether the call has come."""
        self.counted = 0
        for number in range(MOST_LIVES):
            self.calls = self.top / f"calls-{len(self.said)}-{number}"
            self.before = self.journal_files()
            arguments = self.next_life()
            status, text = self.life(arguments, self.faults(at - self.counted if at else 0, do, on, slow))
            calls, counted = disk.read_calls(self.calls)
            self.counted += counted
            if self.fault_came() or status != 3:
                return status, text, self.fault_came()
            self.answer()
        raise Broken(f"not at its end after {MOST_LIVES} lives")

    def note_kill(self):
        seen = oracle.look(self.state)
        if seen.unlocked:
            raise Broken(f"{seen.unlocked} would go on without the lock")
        self.allowance.after_kill(seen)

    def fault_came(self):
        return self.calls.exists() and b"fault " in self.calls.read_bytes()

    def check_refusal(self, status, text):
        """After an error of the disk: the run says so and breaks off, or could do without."""
        if status == 2 and not any(word in text for word in ("journal", "disk", "I/O", "full")):
            raise Broken(f"an error of the disk is told as: {text}")

    def journal_files(self):
        return {path.name.removeprefix("journal."): path.read_bytes() for path in self.state.glob("journal.*")}

    def put_journal_files(self, files):
        for path in self.state.glob("journal.*"):
            path.unlink()
        for name, content in files.items():
            if not name.endswith("-shm"):
                (self.state / f"journal.{name}").write_bytes(content)

    def spoil_tail(self, chosen):
        """The newest records lie in memory: the kernel may have brought them to the disk, or not, or in part."""
        tail = self.state / "runs/1/tail"
        if tail.exists() and chosen.random() < 0.6:
            kept = chosen.choice((0, 512, 4096))
            tail.write_bytes(tail.read_bytes()[:kept] + bytes(tail.stat().st_size - kept))

    # ---- to the end

    def is_over(self):
        shown = self.shown()
        return shown is not None and shown["state"] not in ("running", "waiting", "interrupted")

    def next_life(self):
        return self.beginning() if self.shown() is None else ["resume", "1"]

    def shown(self, run=1):
        done = subprocess.run([self.tools.sluice, "show", str(run), "--format", "json"], cwd=self.repository,
                              env=self.environment, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode == 0:
            return json.loads(done.stdout)
        if "there is no run" in done.stderr or "nothing has run" in done.stderr:
            return None
        raise Broken(f"`sluice show` fails: {done.stderr}")

    def answer(self):
        """What people do: they let the run pass, and look at the world where a step is in doubt."""
        waits = "; ".join(self.shown()["waits"])
        doubt = re.search(r"in doubt is `((\w+)(?:\.(\d+))?\.(\d+))`", waits)
        if doubt:
            name = f"{doubt[2]}/{int(doubt[3] or 1) - 1}/{doubt[4]}"
            last = [line for line in oracle.effects(self.log) if line.endswith(" " + name)][-1:]
            arguments = ["resolve", "1", doubt[1], "success" if last == [f"end {name}"] else "rerun"]
        else:
            arguments = ["approve", "1", "--later"]
        status, said = self.life(arguments)
        if status == 3 and doubt:
            return self.answer()  # another leg is in doubt, too
        if status != 0:
            raise Broken(f"`sluice {' '.join(arguments)}` fails: {said}")

    def finish(self):
        """Goes on until the run has ended; gives what is shown of it, and the status of the life that ended it, if it
        was one of ours."""
        status = None
        for _ in range(MOST_LIVES):
            shown = self.shown()
            if shown is None:
                if oracle.effects(self.log):
                    raise Broken("the run is not known any more, and has had effects")
                status, text = self.life(self.beginning())
            elif shown["state"] in ("running", "waiting", "interrupted"):
                status, text = self.life(["resume", "1"])
            else:
                return shown, status
            if status == 3:
                self.answer()
                status = None
            elif status not in (0, 1):
                raise Broken(f"going on ends with {status}: {text}")
        raise Broken(f"not at its end after {MOST_LIVES} lives")

    def check(self, base):
        shown, status = self.finish()
        if oracle.result_of(shown) != base.result:
            raise Broken(f"ends as {json.dumps(oracle.result_of(shown))}, left alone as {json.dumps(base.result)}")
        if status not in (None, self.fixture.status):
            raise Broken(f"ends with {status}")
        oracle.compare_effects(oracle.effects(self.log), base.effects, self.allowance)
        self.check_remains(base)

    def check_remains(self, base):
        left = oracle.processes_with(f"EFFECTS={self.log}")
        if left:
            raise Broken(f"processes are left: {left}")
        files = oracle.files_of(self.state)
        if base.files is not None and files != base.files:
            raise Broken(f"files differ: {sorted(set(files) ^ set(base.files))}")
        with_journal = sqlite3.connect(self.state / "journal.db")
        locks = with_journal.execute("SELECT * FROM lock").fetchall()
        sound = with_journal.execute("PRAGMA integrity_check").fetchall()
        with_journal.close()
        if locks or sound != [("ok",)]:
            raise Broken(f"locks {locks}, integrity {sound}")


class Base:
    """A run of a fixture that nobody disturbs."""

    def __init__(self, tools, fixture, template):
        self.tools, self.fixture, self.template, self.counts = tools, fixture, template, {}
        with self.scene() as scene:
            begun = time.monotonic()
            shown, status = scene.finish()
            self.seconds = time.monotonic() - begun
            self.result, self.effects = oracle.result_of(shown), oracle.effects(scene.log)
            self.files = oracle.files_of(scene.state)
            if status != fixture.status or shown["state"] in ("running", "waiting", "interrupted"):
                raise Broken(f"{fixture.name} ends with {status} by itself: {scene.said}")

    def scene(self):
        return Scene(self.tools, self.fixture, self.template)

    def calls_of(self, classes):
        """How many calls of these classes its lives make."""
        if classes not in self.counts:
            with self.scene() as scene:
                scene.drive(0, on=classes)
                self.counts[classes] = scene.counted
        return self.counts[classes]


def make_template(tools, fixture, folder):
    """A journal that holds the fixture's plan as a run of which nothing has happened yet."""
    if fixture.pipe:
        return None
    state = folder / fixture.name / ".sluice"
    if (state / "journal.db").exists():
        return state / "journal.db"
    state.mkdir(parents=True)
    (state / "journal.db").touch()
    subprocess.run([tools.sluice, "runs"], cwd=state.parent, check=True, stdout=subprocess.DEVNULL)
    with_journal = sqlite3.connect(state / "journal.db")
    with_journal.execute(
        "INSERT INTO run (pipeline, title, state, outcome, plan, plan_hash, context, starter, begun) "
        "VALUES (?, ?, 'running', '', ?, 'hash', ?, 'somebody', ?)",
        (fixture.name, fixture.name, json.dumps(fixture.plan), json.dumps({"jobs": 2, "root": "/"}), int(time.time() * 1000)))
    with_journal.commit()
    with_journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with_journal.close()
    return state / "journal.db"

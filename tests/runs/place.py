"""What the tests of runs share: a scratch repository, its runs, and what they leave behind."""
import argparse
import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

PATIENCE = 60


class Failed(Exception):
    pass


class Place:
    """A repository with one pipeline; `{here}` in its text is a folder that all steps see."""

    def __init__(self, sluice, folder, body, before=""):
        self.sluice, self.folder, self.started = sluice, pathlib.Path(folder), []
        self.here = self.folder / "seen"
        self.here.mkdir(parents=True)
        self.file = self.folder / "p.pipe"
        self.before = before
        self.write(body)
        git = ["git", "-C", self.folder, "-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
        for command in (["init", "-q"], ["add", "p.pipe"], ["commit", "-q", "-m", "one"]):
            subprocess.run([*git, *command], check=True)

    def write(self, body):
        body = body.replace("{here}", str(self.here))
        self.file.write_text(f"{self.before}\npipeline p {{\n  on push\n{body}\n}}\n")

    @property
    def state(self):
        return self.folder / ".sluice"

    def environment(self, more):
        return {**os.environ, "NO_COLOR": "1", **(more or {})}

    def __call__(self, *arguments, status=0, says="", env=None):
        """A command's output, after its exit status (None: any) and what it says were seen to be those."""
        done = subprocess.run([self.sluice, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
                              timeout=PATIENCE, stdin=subprocess.DEVNULL, env=self.environment(env))
        told = done.stdout + done.stderr
        if status not in (None, done.returncode) or says not in told:
            raise Failed(f"`sluice {' '.join(map(str, arguments))}` gave {done.returncode}, not {status}"
                         f"{f' and `{says}`' if says else ''}:\n{told}")
        return told

    def run(self, *arguments, **wanted):
        return self("run", self.file, *arguments, **wanted)

    def start(self, *arguments, env=None):
        """A command that goes on beside us, in a process group of its own."""
        process = subprocess.Popen([self.sluice, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   start_new_session=True, env=self.environment(env))
        self.started.append(process)
        return process

    def interrupt(self, seen, *arguments, **more):
        """A run that is killed as soon as the file of that name is there."""
        run = self.start_run(*arguments, **more)
        self.until_seen(seen)
        self.kill(run)

    def start_run(self, *arguments, **more):
        return self.start("run", self.file, *arguments, **more)

    def until(self, seen, what):
        end = time.monotonic() + PATIENCE
        while not seen():
            if self.started and self.started[-1].poll() is not None:
                raise Failed(f"{what} did not happen:\n{self.started[-1].communicate()[0]}")
            if time.monotonic() > end:
                raise Failed(f"{what} did not happen within {PATIENCE} s")
            time.sleep(0.02)

    def until_seen(self, name):
        """Until a step has made this file."""
        self.until((self.here / name).exists, f"`{name}`")

    def make(self, name):
        (self.here / name).write_text("")

    def lines(self, name):
        file = self.here / name
        return file.read_text().split() if file.exists() else []

    def end(self, process, status):
        told, _ = process.communicate(timeout=PATIENCE)
        if process.returncode != status:
            raise Failed(f"`{' '.join(map(str, process.args[1:]))}` ended with {process.returncode}, not {status}:\n{told}")
        return told

    def kill(self, process):
        """As a power cut would: at once."""
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
        self.started.remove(process)

    def shown(self, run="last"):
        return json.loads(self("show", run, "--format", "json"))

    def results(self, run="last"):
        return {stage["stage"]: stage["result"] for stage in self.shown(run)["stages"]}

    @contextlib.contextmanager
    def journal(self):
        with contextlib.closing(sqlite3.connect(self.state / "journal.db", timeout=10)) as database:
            yield database
            database.commit()

    def processes(self):
        """Those that speak of this place: the number of each, and what it is."""
        mark = str(self.folder).encode()
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and int(entry.name) != os.getpid():
                    about = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                    if mark in about and (entry / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                        yield int(entry.name), about[:300].replace(b"\0", b" ").decode(errors="replace")

    def left_behind(self):
        """Its processes, and what only living runs have."""
        return [about for _, about in self.processes()] + [str(path) for path in self.state.rglob("*.sock")]

    def close(self):
        for process in self.started:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
        for number, _ in self.processes():  # of a case that failed
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


def expect(held, what):
    if not held:
        raise Failed(what)


def expect_equal(actual, wanted, what):
    expect(actual == wanted, f"{what}: {actual!r}, not {wanted!r}")


def main(cases):
    """Runs each case, a function of `sluice` and a folder; names those that failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sluice", required=True)
    parser.add_argument("cases", nargs="*", metavar="CASE")
    given = parser.parse_args()
    failed = 0
    for case in cases:
        if given.cases and case.__name__ not in given.cases:
            continue
        with tempfile.TemporaryDirectory(prefix="sluice-runs-") as folder:
            os.chmod(folder, 0o755)
            made = []

            def place(body, **more):
                made.append(Place(os.path.abspath(given.sluice), f"{folder}/{len(made)}", body, **more))
                return made[-1]

            begun = time.monotonic()
            try:
                case(place)
                for one in made:
                    left = one.left_behind()
                    expect(not left, "was left behind: " + "\n".join(left))
                print(f"ok     {case.__name__} ({time.monotonic() - begun:.1f} s)", flush=True)
            except (Failed, subprocess.TimeoutExpired) as problem:
                failed += 1
                print(f"FAILED {case.__name__}: {case.__doc__}\n{problem}", flush=True)
            finally:
                for one in made:
                    one.close()
    sys.exit(1 if failed else 0)

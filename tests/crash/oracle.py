"""What must hold of a run that was killed and gone on with, whatever the moment: told from the log of effects, from the
journal as each kill has left it, and from a run that nobody has disturbed."""
import collections
import dataclasses
import json
import pathlib
import re
import shutil
import sqlite3
import struct
import tempfile

RECORD = struct.Struct("<qqiiiii4x")  # as run_log.cpp packs it: seq, at, kind, stage, leg, attempt, step
STEP_STARTED, STEP_FINISHED, ATTEMPT_STARTED, LEG_FINISHED, STAGE_FINISHED = 4, 6, 3, 8, 9


class Broken(Exception):
    """Something that is guaranteed did not hold."""


@dataclasses.dataclass
class Snapshot:
    """What a journal tells of run 1."""
    known: bool = False
    interrupted: set = dataclasses.field(default_factory=set)   # steps that have begun and not ended
    started: set = dataclasses.field(default_factory=set)       # steps whose intent is there
    finished_stages: set = dataclasses.field(default_factory=set)
    finished_legs: set = dataclasses.field(default_factory=set)
    unlocked: set = dataclasses.field(default_factory=set)      # stages at work in an environment whose lock is not held
    stages: dict = dataclasses.field(default_factory=dict)      # name to the names of its steps


def names_of_steps(steps, leg):
    """{index: name}, of those that leave a mark."""
    names = {}
    for index, step in enumerate(steps):
        found = re.search(r'begin (\S+)"', step["action"].get("run", {}).get("text", ""))
        if found:
            names[index] = found[1].replace("$LEG", str(leg))
    return names


def read_tail(file, next_number):
    """The records that are not in the journal yet, in the order of their numbers."""
    content, at = file.read_bytes() if file.exists() else b"", 0
    while at + 8 <= len(content):
        length, check = struct.unpack_from("<II", content, at)
        text = content[at + 8:at + 8 + length]
        if length < RECORD.size or len(text) < length or check != sum_of(text):
            return
        number, _, kind, stage, leg, attempt, step = RECORD.unpack_from(text)
        if number == next_number:
            yield kind, stage, leg, attempt, step
            next_number += 1
        at += 8 + (length + 3) // 4 * 4


def sum_of(text):
    value = 2166136261
    for byte in text:
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def read_journal(folder):
    """A copy is read: opening the files themselves would put them in order."""
    with tempfile.TemporaryDirectory(prefix="sluice-crash-look-") as copy:
        for name in ("journal.db", "journal.db-wal", "journal.db-journal"):
            if (folder / name).exists():
                shutil.copy(folder / name, copy)
        with_journal = sqlite3.connect(pathlib.Path(copy) / "journal.db")
        try:
            plan = with_journal.execute("SELECT plan FROM run WHERE id = 1").fetchone()
            records = with_journal.execute(
                "SELECT kind, stage, leg, attempt, step FROM record WHERE run = 1 ORDER BY seq").fetchall()
            numbers = with_journal.execute("SELECT coalesce(max(seq), 0) FROM record WHERE run = 1").fetchone()
            records += read_tail(folder / "runs/1/tail", numbers[0] + 1)
            held = {name for (name,) in with_journal.execute("SELECT name FROM lock WHERE run = 1 AND held = 1")}
        except sqlite3.DatabaseError as error:
            if "no such table" not in str(error):
                raise Broken(f"the journal cannot be read: {error}") from error
            plan, records, held = None, [], set()
        finally:
            with_journal.close()
    return (json.loads(plan[0]) if plan else None), records, held


def look(folder):
    plan, records, held = read_journal(folder)
    seen = Snapshot(known=plan is not None)
    if plan is None:
        return seen
    for stage in plan["stages"]:
        parts = [stage["steps"], *(one["steps"] for one in stage.get("rollbacks", []))]
        seen.stages[stage["id"]] = {name for part in parts for leg in (0, 1)
                                    for name in names_of_steps(part, leg).values()}
    for kind, stage, leg, attempt, step in records:
        if stage < 0:
            continue
        of = plan["stages"][stage]
        steps = of["steps"] if attempt > -2 else of["rollbacks"][-2 - attempt]["steps"]
        name = names_of_steps(steps, leg).get(step)
        if kind == STEP_STARTED and name:
            seen.interrupted.add(name)
            seen.started.add(name)
        elif kind == STEP_FINISHED:
            seen.interrupted.discard(name)
        elif kind == STAGE_FINISHED:
            seen.finished_stages.add(of["id"])
        elif kind == LEG_FINISHED:
            seen.finished_legs.add((of["id"], leg))
    for stage in plan["stages"]:
        lock = plan["environments"][stage["environment"]].get("lock") if "environment" in stage else None
        at_work = seen.stages[stage["id"]] & seen.started and stage["id"] not in seen.finished_stages
        if lock and at_work and lock["name"] not in held:
            seen.unlocked.add(stage["id"])
    return seen


class Allowance:
    """How often more than in an undisturbed run a step may begin."""

    def __init__(self, fixture):
        self.fixture = fixture
        self.more = collections.Counter()

    def after_kill(self, seen):
        for stage, names in seen.stages.items():
            for name in names:
                if stage in self.fixture.careful or "/undo-" in name:
                    self.more[name] += name in seen.interrupted
                elif stage not in seen.finished_stages:
                    leg = int(name.split("/")[1])
                    self.more[name] += (stage, leg) not in seen.finished_legs


def effects(log):
    return log.read_text().splitlines() if log.exists() else []


def compare_effects(lines, base, allowance):
    now, then = collections.Counter(lines), collections.Counter(base)
    for line in sorted(set(now) | set(then)):
        what, name = line.split(" ", 1)
        if what == "value":
            if (line in now) != (line in then):
                raise Broken(f"`{line}` is {'new' if line in now else 'missing'}")
            continue
        if what == "begin" and now[line] > then[line] + allowance.more[name]:
            raise Broken(f"`{line}` {now[line]} times; {then[line]} in a run left alone, {allowance.more[name]} more allowed")
        if now[line] < then[line] and what == "end":
            raise Broken(f"`{line}` {now[line]} times instead of {then[line]}")
        if now[line] > then[line] + allowance.more[name]:
            raise Broken(f"`{line}` {now[line]} times instead of {then[line]}")


def result_of(shown):
    """The table of results, without times."""
    stages = [{key: value for key, value in stage.items() if key != "ms"} for stage in shown["stages"]]
    return {"state": shown["state"], "stages": stages, "waits": shown["waits"]}


def files_of(folder):
    """What a run has left, by name; its logs may tell of more than one life."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    return sorted(name for name in names if not re.match(r"journal\.db|store/|runs/1/logs|runs/1/workspaces$", name))


def processes_with(mark):
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            pass
    return found

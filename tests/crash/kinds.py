"""The ways in which a run is disturbed. A point's function disturbs one run, brings it to its end and checks it; it gives
whether the moment that it waits for has come."""
import dataclasses
import random
import time
import typing

import disk
import oracle
from oracle import Broken

WRITES, SYNCS, OTHERS, ELSEWHERE = "w", "s", "o", "x"


@dataclasses.dataclass
class Kind:
    name: str
    share: float  # of its points that is tried unless all are
    points: typing.Callable


def at_each_call(on, do):
    """Kills, or answers with an error, at each call of these classes."""
    def disturb(at):
        def action(scene, base):
            status, text, reached = scene.drive(at, do, on)
            if status >= 0 and reached:
                scene.check_refusal(status, text)
            if status == 3:
                scene.answer()
            scene.check(base)
            return reached
        return action

    def points(base, options):
        return [(f"{do} at call {at} of `{on}`", disturb(at)) for at in range(1, base.calls_of(on) + 1)]
    return points


def power_cut(at, seed):
    """A kill, and only what was synced is on the disk for certain."""
    def action(scene, base):
        status, _, _ = scene.drive(at, "kill", WRITES + SYNCS, slow=3)
        if status >= 0:
            if status == 3:
                scene.answer()
            scene.check(base)
            return False
        left = disk.Disk(scene.before).replay(disk.read_calls(scene.calls)[0]).after_power_cut(random.Random(seed))
        scene.put_journal_files(left)
        scene.spoil_tail(random.Random(seed))
        scene.allowance = oracle.Allowance(scene.fixture)
        seen = oracle.look(scene.state)
        scene.allowance.after_kill(seen)
        for line in oracle.effects(scene.log):
            what, name = line.split(" ", 1)
            if what == "begin" and name.split("/")[0] in scene.fixture.careful and name not in seen.started:
                raise Broken(f"`{name}` has begun, and the disk knows nothing of it")
        scene.check(base)
        return True
    return action


def kill_twice(at, seed):
    """Going on is killed as well: at any write from the first on."""
    def action(scene, base):
        status, _, _ = scene.drive(at, "kill", WRITES)
        if status >= 0 or scene.is_over():
            scene.check(base)
            return False
        status, _, again = scene.drive(random.Random(seed).randint(1, base.calls_of(WRITES)), "kill", WRITES)
        if status == 3:
            scene.answer()
        scene.check(base)
        return again
    return action


def twice_points(base, options):
    chosen = random.Random(options.seed)
    return [(f"kill at write {at}, then seed {seed}", kill_twice(at, seed))
            for at in range(1, base.calls_of(WRITES) + 1) for seed in (chosen.randrange(1 << 30),)]


def power_points(base, options):
    chosen = random.Random(options.seed)
    return [(f"power cut at call {at}, seed {seed}", power_cut(at, seed))
            for at in range(1, base.calls_of(WRITES + SYNCS) + 1) for seed in (chosen.randrange(1 << 30),)]


def kill_again_and_again(seed):
    """`kill -9` at random moments, several lives in a row, the orphans still at work."""
    def action(scene, base):
        chosen = random.Random(seed)
        for _ in range(chosen.randint(2, 6)):
            if scene.is_over():
                break
            process = scene.launch(scene.next_life())
            time.sleep(chosen.uniform(0.002, base.seconds))
            process.kill()
            status, text = scene.wait(process)
            if status < 0:
                scene.note_kill()
            if status == 3:
                scene.answer()
        scene.check(base)
        return True
    return action


def two_at_once(seed):
    """Several runtimes want to go on with one run: one does, the others are told why they cannot."""
    def action(scene, base):
        chosen = random.Random(seed)
        status, _, _ = scene.drive(chosen.randint(1, base.calls_of(WRITES)), "kill", WRITES)
        if status == 3:
            scene.answer()
        if scene.shown() is not None and not scene.is_over():
            processes = [scene.launch(["resume", "1"]) for _ in range(3)]
            ended = [scene.wait(process) for process in processes]
            for status, text in ended:
                if status == 2 and not ("another process is at work" in text or "is finished" in text):
                    raise Broken(f"a second runtime says: {text}")
            if all(status == 2 for status, _ in ended):
                raise Broken(f"no runtime has gone on: {ended}")
            if any(status == 3 for status, _ in ended):
                scene.answer()
        scene.check(base)
        return True
    return action


def by_loops(what, function, share):
    def points(base, options):
        chosen = random.Random(options.seed)
        count = max(1, round(options.loops * share))
        return [(f"seed {seed}", function(seed)) for seed in (chosen.randrange(1 << 30) for _ in range(count))]
    return points


ALL = [
    Kind("kill at a write", 1, at_each_call(WRITES, "kill")),
    Kind("kill at a sync", 1, at_each_call(SYNCS, "kill")),
    Kind("kill at another call", 0.03, at_each_call(OTHERS, "kill")),
    Kind("kill between calls", 0.2, at_each_call(ELSEWHERE, "kill")),
    Kind("killed twice", 0.2, twice_points),
    Kind("torn write", 0.1, at_each_call(WRITES, "tear")),
    Kind("disk full", 0.15, at_each_call(WRITES, "ENOSPC")),
    Kind("disk fails", 0.15, at_each_call(WRITES + SYNCS, "EIO")),
    Kind("power cut", 0.25, power_points),
    Kind("kill -9 in a loop", 1, by_loops("loop", kill_again_and_again, 1)),
    Kind("several runtimes", 1, by_loops("two", two_at_once, 0.5)),
]

"""The same graph of tasks for several runners, as `.pipe`, `build.ninja` and `Makefile`; every task runs one command."""
import math
import random


def dependencies(count, shape):
    """What each task waits for, by number. `chain`: the one before; `wide`: nothing; `layered`: one to four of the layer
    before, in layers of about the square root of all."""
    if shape == "chain":
        return [[number - 1] if number else [] for number in range(count)]
    if shape == "wide":
        return [[] for _ in range(count)]
    rng, width = random.Random(1), max(1, math.isqrt(count))
    before = [range((number // width - 1) * width, number // width * width) for number in range(count)]
    return [sorted(rng.sample(layer, min(width, rng.randint(1, 4)))) if layer.start >= 0 else [] for layer in before]


def last_tasks(waits):
    """Those that nothing waits for."""
    needed = {before for task in waits for before in task}
    return [number for number in range(len(waits)) if number not in needed]


def names(numbers, separator=" "):
    return separator.join(f"t{number}" for number in numbers)


def pipe(waits, command, shell=None, environment=False, final=None):
    """With `environment`, every stage is in one; `final` is the command of a stage behind all others."""
    place = " in e" if environment else ""

    def stage(name, before, text):
        after = f" after {names(before, ', ')}" if before else ""
        return f'  stage {name}{after}{place} {{ timeout 5m; run "{text}" }}\n'

    stages = "".join(stage(f"t{number}", before, command) for number, before in enumerate(waits))
    if final:
        stages += stage("last", last_tasks(waits), final)
    head = "environment e { }\n" if environment else ""
    return f"{head}pipeline p {{\n  on manual\n{f'  shell {shell}' if shell else ''}\n{stages}}}\n"


def ninja(waits, command):
    edges = "".join(f"build t{number}: r {names(before)}\n" for number, before in enumerate(waits))
    return f"rule r\n  command = {command}\n{edges}build all: phony {names(last_tasks(waits))}\ndefault all\n"


def makefile(waits, command):
    rules = "".join(f"t{number}: {names(before)}\n\t@{command}\n" for number, before in enumerate(waits))
    return f".PHONY: all {names(range(len(waits)))}\nall: {names(last_tasks(waits))}\n{rules}"

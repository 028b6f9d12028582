#!/usr/bin/env python3
"""run.py --sluice PATH --shim PATH: kills runs at every call on the journal's files, tears and garbles what is written,
answers with errors, and goes on; what is guaranteed after each stands in oracle.py. Prints how many points were tried.

By itself: each write and sync of every fixture, and a share of the rest, chosen by a seed that changes; it is printed
first, and `--seed` with it tries the same points again. `--all`: every point; `--loops N`: longer."""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import sys
import tempfile
import time

import kinds
import scenarios
from fixtures import fixtures
from oracle import Broken
from scene import Base, Scene, Tools, make_template


class Campaign:
    def __init__(self, options):
        self.options, self.tried, self.broken = options, collections.Counter(), []
        self.tools = Tools(options.sluice, options.shim)
        self.chosen = random.Random(options.seed)

    def try_one(self, kind, name, base, point):
        """`point`: (description, function of a scene), which gives what became of it."""
        what, action = point
        with base.scene() as scene:
            try:
                reached = action(scene, base)
            except Broken as broken:
                return f"{kind} {name} {what}: {broken}\n{scene.said if self.options.verbose else ''}"
        self.tried[(name, kind if reached else f"{kind} (not reached)")] += 1
        return None

    def share_of(self, points, share):
        """All of them, or as many as are asked for, by the seed."""
        if self.options.all or share >= 1:
            return points
        return [point for point in points if self.chosen.random() < share]

    def points_of(self, base):
        for kind in kinds.ALL:
            if not self.options.kind or kind.name in self.options.kind:
                for point in self.share_of(kind.points(base, self.options), kind.share):
                    yield kind.name, point

    def try_scenario(self, name, fixture, template, action):
        with Scene(self.tools, fixture, template) as scene:
            try:
                action(scene)
            except Broken as broken:
                return f"{name}: {broken}\n{scene.said if self.options.verbose else ''}"
        self.tried[(name.split(" at write")[0], "scenario")] += 1
        return None

    def scenarios(self, folder):
        """(name, fixture, journal, what is done)"""
        for name, fixture, action in scenarios.ALL:
            made = fixture()
            yield name, made, make_template(self.tools, made, folder), action
        plain = fixtures()[0]
        points = [(f"rerun killed at write {at}", plain, None, scenarios.begun_once_more(at)) for at in range(1, 41)]
        yield from self.share_of(points, 0.4)

    def run(self):
        with tempfile.TemporaryDirectory(prefix="sluice-crash-templates-") as folder, \
                concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            folder, waiting = pathlib.Path(folder), []
            if not self.options.kind and not self.options.fixture or "scenario" in (self.options.kind or []):
                waiting += [pool.submit(self.try_scenario, *scenario) for scenario in self.scenarios(folder)]
            for fixture in fixtures():
                if self.options.kind == ["scenario"]:
                    break
                if self.options.fixture and fixture.name not in self.options.fixture:
                    continue
                base = Base(self.tools, fixture, make_template(self.tools, fixture, folder))
                waiting += [pool.submit(self.try_one, kind, fixture.name, base, point)
                            for kind, point in self.points_of(base)]
            for one in concurrent.futures.as_completed(waiting):
                if one.result():
                    self.broken.append(one.result())
                    print(one.result(), flush=True)

    def report(self, seconds):
        names = sorted({kind for _, kind in self.tried})
        for kind in names:
            by_fixture = {name: count for (name, other), count in sorted(self.tried.items()) if other == kind}
            parts = ", ".join(f"{name} {count}" for name, count in by_fixture.items())
            print(f"{kind:<28} {sum(by_fixture.values()):>5} points: {parts}")
        print(f"{sum(self.tried.values())} points in {seconds:.0f} s, seed {self.options.seed}; "
              f"{len(self.broken)} broke a guarantee")


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--shim", required=True, help="faults.c as a library")
    parser.add_argument("--all", action="store_true", help="every point, not a share")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4)), help="of what is chosen by chance")
    parser.add_argument("--loops", type=int, default=6, help="how often each fixture is killed at random moments")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fixture", action="append", help="only this one; may be repeated")
    parser.add_argument("--kind", action="append", choices=[*(kind.name for kind in kinds.ALL), "scenario"])
    parser.add_argument("--verbose", action="store_true", help="show what each run that broke said")
    return parser.parse_args()


def main():
    campaign, begun = Campaign(read_options()), time.monotonic()
    print(f"seed {campaign.options.seed}", flush=True)
    campaign.run()
    campaign.report(time.monotonic() - begun)
    return 1 if campaign.broken or not campaign.tried else 0


if __name__ == "__main__":
    sys.exit(main())

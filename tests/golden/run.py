#!/usr/bin/env python3
"""Golden tests: run.py --sluice PATH [--update] [CASE…], a case being `emit`, `emit/matrix` or a file's path.

Each tests/golden/<pass>/<topic>.pipe is compiled in a folder of its own. What the compiler says stands in the file itself,
below the line it speaks of; what it makes stands beside it, with its real ending. tests/README.md shows both."""
import argparse
import concurrent.futures
import os
import pathlib
import shlex
import shutil
import sys
import tempfile
import traceback

import messages
import passes

HERE = pathlib.Path(__file__).resolve().parent


class Case:
    """One .pipe file and everything that belongs to it, by path below tests/golden."""

    def __init__(self, path):
        self.path = path
        self.name = path.relative_to(HERE).with_suffix("").as_posix()
        self.pass_name = path.relative_to(HERE).parts[0]
        self.text = passes.read(path)
        self.source = messages.strip(self.text)
        prefix = "// args:"
        heads = [line for line in self.text.splitlines()[:10] if line.startswith(prefix)]
        self.arguments = [shlex.split(line[len(prefix):]) for line in heads]

    def lay_out(self, folder):
        """The case as a user's folder: the file without messages, and its companions from <topic>.files/."""
        companions = self.path.with_suffix(".files")
        if companions.is_dir():
            shutil.copytree(companions, folder, dirs_exist_ok=True)
        target = folder / self.path.name
        passes.write(target, self.source)
        return target


def all_cases():
    found = [path for name in passes.PASSES for path in sorted((HERE / name).glob("*.pipe"))]
    return [path for path in found if not path.name.endswith(".expected.pipe")]


def select(names):
    paths = all_cases()
    if not names:
        return paths
    wanted = [str(pathlib.Path(name).resolve()) if name.endswith(".pipe") else str(HERE / name) for name in names]
    return [path for path in paths
            if any(str(path) == one or str(path.with_suffix("")) == one or str(path.parent) == one for one in wanted)]


def run_case(path, sluice):
    """(the case's name, {file: its new text or None where it should not be}, what went wrong beyond differences)."""
    case = Case(path)
    with tempfile.TemporaryDirectory(prefix="sluice-golden-") as folder:
        try:
            actual, problems = passes.PASSES[case.pass_name](case, passes.Tool(sluice, pathlib.Path(folder)))
        except Exception:  # a broken case must not hide the others
            return case.name, {}, [traceback.format_exc()]
    for stale in passes.outputs_of(path):
        actual.setdefault(stale, None)
    return case.name, actual, problems


def report(name, actual, problems):
    """Prints the differences; returns whether there are any."""
    wrong = list(problems)
    for path, text in sorted(actual.items()):
        wanted = passes.read(path) if path.exists() else None
        if text != wanted:
            wrong.append(passes.difference(path.relative_to(HERE).as_posix(), wanted, text))
    if wrong:
        print(f"--- {name} FAILED\n" + "\n".join(wrong))
    return bool(wrong)


def update(actual):
    changed = 0
    for path, text in actual.items():
        if text is None:
            path.unlink()
        elif not path.exists() or passes.read(path) != text:
            passes.write(path, text)
        else:
            continue
        changed += 1
        print(f"updated {path.relative_to(HERE)}")
    return changed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", default=str(HERE.parents[1] / "build/release/sluice"))
    parser.add_argument("--update", action="store_true", help="write what comes out as what is expected")
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    os.umask(0o022)  # what an artifact's digest shows hangs on the modes of its files
    paths = select(options.cases)
    if not paths:
        sys.exit("no such case: " + " ".join(options.cases))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, actual, problems in pool.map(lambda path: run_case(path, os.path.abspath(options.sluice)), paths):
            if options.update and not problems:
                update(actual)
            else:
                failed += report(name, actual, problems)
    print(f"{len(paths) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""valgrind.py --sluice PATH: a few telling runs of other tests, with every `sluice` that they start under valgrind.

A finding or a leak fails the command it is in, and so its test; what valgrind says is printed."""
import argparse
import concurrent.futures
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
# Steps are others' programs, and so is a child of ours between its fork and its exec.
VALGRIND = ("valgrind", "-q", "--error-exitcode=9", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
            "--vgdb=no", "--trace-children=no", "--child-silent-after-fork=yes")
CASES = {
    "golden/run.py": ["run/matrix", "run/store", "run/services", "run/actions_composite"],
    "runs/gates.py": ["approved", "rolled_back"],
    "runs/halt.py": ["living"],
    "runs/crash.py": ["interrupted"],
    "runs/serve.py": ["takes_up"],
}


def wrapper(folder, sluice):
    """A program that is `sluice` under valgrind; what is said of each process goes to a file of its own."""
    program = folder / "sluice"
    command = shlex.join([*VALGRIND, f"--log-file={folder}/said.%p", os.path.abspath(sluice)])
    program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    program.chmod(0o755)
    return program


def run(script, cases, program):
    done = subprocess.run([sys.executable, "-B", TESTS / script, "--sluice", program, *cases], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        print(f"{script} {' '.join(cases)} FAILED under valgrind\n{done.stdout}", flush=True)
    return done.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sluice", required=True)
    sluice = parser.parse_args().sluice
    with tempfile.TemporaryDirectory(prefix="sluice-valgrind-") as folder:
        folder = pathlib.Path(folder)
        program = wrapper(folder, sluice)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            failed = sum(map(bool, pool.map(lambda one: run(*one, program), CASES.items())))
        logs = list(folder.glob("said.*"))
        said = [text[:3000] for log in logs if (text := log.read_text().strip())]
    print("\n\n".join(said[:10]))
    print(f"{sum(map(len, CASES.values()))} cases, {len(logs)} processes, {len(said)} with findings")
    sys.exit(1 if failed or said or not logs else 0)


if __name__ == "__main__":
    main()

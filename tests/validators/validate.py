#!/usr/bin/env python3
"""validate.py [--sluice PATH] FOLDER|FILE.pipe…: every workflow in the folders, and what the files become, through
GitHub's own parser, actionlint and zizmor; exit 1 on any finding.

A file may be refused by the compiler only when it says so, in a line `// sketch: …` with the reason, or where what it means is
not emitted yet (S0504)."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = HERE.parents[1] / ".tools"
MAY_BE_REFUSED = re.compile(r"^// sketch: ", re.M)


def validators(files):
    """(name, command): each exits with 0 exactly when it has nothing to say."""
    return [
        ("GitHub's parser", ["node", HERE / "github_parser.mjs", TOOLS, *files]),
        ("actionlint", [TOOLS / "bin/actionlint", "-no-color", "-config-file", os.devnull, *files]),
        ("zizmor", [TOOLS / "python/bin/zizmor", "--persona", "auditor", "--offline", "--no-config", "--no-progress",
                    "--color", "never", "--strict-collection", *files]),
    ]


def run(named_command):
    name, command = named_command
    try:
        result = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError as missing:
        return name, f"{missing.filename} is not there: scripts/test installs it"
    return name, result.stdout + f"exit status {result.returncode}" if result.returncode else None


def validate(folders):
    files = sorted(path for folder in folders for ending in ("*.yml", "*.yaml") for path in folder.rglob(ending))
    if not files:
        sys.exit("no workflow to validate")
    failed = False
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for name, findings in pool.map(run, validators(files)):
            print(f"{name}: {findings or f'no finding in {len(files)} workflows'}")
            failed = failed or findings is not None
    return failed


def emit_all(sluice, files, folder):
    """Emits what compiles; returns whether a file was refused that should not be."""
    failed = False
    for number, file in enumerate(files):
        command = [sluice, "emit", str(file), "-o", str(folder / f"{number}-{file.stem}")]
        result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        said = MAY_BE_REFUSED.search(file.read_text(errors="replace"))
        codes = set(re.findall(r"error\[(S\d{4})\]", result.stderr))
        if result.returncode == 1 and (said or codes == {"S0504"}):
            print(f"{file}: refused, {'as it says itself' if said else 'for it is not emitted yet'}")
        elif result.returncode:
            failed = True
            print(f"{file}: exit status {result.returncode}\n{result.stdout}{result.stderr}")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", default=str(HERE.parents[1] / "build/release/sluice"))
    parser.add_argument("what", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    files = [path for path in options.what if path.suffix == ".pipe"]
    with tempfile.TemporaryDirectory(prefix="sluice-validators-") as folder:
        refused = emit_all(os.path.abspath(options.sluice), files, pathlib.Path(folder))
        folders = [pathlib.Path(folder), *(path for path in options.what if path.suffix != ".pipe")]
        sys.exit(1 if validate(folders) or refused else 0)


main()

#!/usr/bin/env python3
"""diagnostics.py --sluice PATH: every example of docs/diagnostics.md is compiled. What is marked `pipe fail` reports the
code of its section and no other; what is marked `pipe ok` reports none; S05xx are what `emit` says, S06xx what `run` says, S0701
and S0702 what `test` and `simulate` say.
An example's further files stand before it as `// file: NAME` blocks. What no file can show is a command of the table below."""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = re.compile(r"^```pipe (fail|ok|file (\S+))\n(.*?)^```$", re.M | re.S)
SHELLCHECK = ("S0450", "S0453", "S0454")
CODE = re.compile(r"\bS0\d\d\d\b")


def sections(guide):
    """(code, title, text) of each `### S0101 title`."""
    parts = re.split(r"^### (S0\d\d\d) (.*)$", guide, flags=re.M)
    return list(zip(parts[1::3], parts[2::3], parts[3::3]))


def kinds():
    table = (ROOT / "compiler/diagnostics/kinds.def").read_text()
    return {f"S{int(number):04}": title
            for number, title in re.findall(r'^DIAGNOSTIC_KIND\(\w+, (\d+), \w+, "(.*)"\)$', table, re.M)}


class Compiler:
    def __init__(self, sluice, folder):
        self.sluice, self.folder = sluice, pathlib.Path(folder)

    def run(self, *arguments):
        return subprocess.run([self.sluice, *arguments], cwd=self.folder, capture_output=True, text=True, errors="replace", timeout=60,
                              stdin=subprocess.DEVNULL, env=os.environ | {"NO_COLOR": "1"})

    def codes(self, code, *arguments):
        """The codes that a file's example is told, and the exit status."""
        if code.startswith("S05"):
            result = self.run("emit", "-o", "out", *arguments)
            return re.findall(r"(?:error|warning)\[(S\d{4})\]", result.stderr), result
        if code.startswith("S06"):
            result = self.run("run", *arguments)
            return re.findall(r"(?:error|warning)\[(S\d{4})\]", result.stderr), result
        if code in ("S0701", "S0702"):
            result = self.run("test" if code == "S0701" else "simulate", *arguments)
            return re.findall(r"(?:error|warning)\[(S\d{4})\]", result.stderr), result
        scripts = ["--scripts"] if code in SHELLCHECK else []
        result = self.run("check", "--format", "json", *scripts, *arguments)
        return [json.loads(line)["code"] for line in result.stdout.splitlines()], result


def holds_examples(code, text, sluice):
    """What is wrong with a section's examples."""
    wrong, seen = [], set()
    if code in SHELLCHECK and not shutil.which("shellcheck"):
        print(f"SKIPPED: {code}, for shellcheck is not installed")
        return wrong
    with tempfile.TemporaryDirectory() as folder:
        compiler = Compiler(sluice, folder)
        for kind, name, example in EXAMPLE.findall(text):
            if kind.startswith("file"):
                (compiler.folder / name).write_text(example)
                continue
            seen.add(kind)
            (compiler.folder / "example.pipe").write_text(example)
            found, result = compiler.codes(code, "example.pipe")
            fits = set(found) == {code} if kind == "fail" else not found and result.returncode == 0
            if not fits:
                wrong.append(f"{code}: the example marked `{kind}` says {found or 'nothing'}, exit status {result.returncode}"
                             f"\n{example}{result.stdout}{result.stderr}")
    if seen and seen != {"fail", "ok"}:
        wrong.append(f"{code}: an example is missing beside {seen}")
    return wrong


def holds_command(code, sluice):
    """The codes that need more than a file."""
    with tempfile.TemporaryDirectory() as folder:
        compiler = Compiler(sluice, folder)
        make, arguments, status = COMMANDS[code]
        make(compiler.folder)
        result = compiler.run(*arguments)
        told = CODE.findall(result.stdout + result.stderr)
        if set(told) == {code} and result.returncode == status:
            return []
        return [f"{code}: `sluice {' '.join(arguments)}` says {told or 'nothing'}, exit status {result.returncode} "
                f"instead of {status}\n{result.stdout[:500]}{result.stderr[:500]}"]


def file_of(name, text):
    return lambda folder: (folder / name).write_bytes(text)


def large(folder):
    with open(folder / "ci.pipe", "wb") as file:
        file.truncate((64 << 20) + 1)


COMMANDS = {  # code: (what makes its files, the command, its exit status)
    "S0001": (lambda folder: (folder / "ci.pipe").mkdir(), ["check", "ci.pipe"], 2),
    "S0002": (file_of("ci.pipe", b"pipeline ci {\n  on push\n  stage a { run \"caf\xe9\" }\n}\n"), ["check", "ci.pipe"], 1),
    "S0003": (large, ["check", "ci.pipe"], 1),
    "S0004": (file_of("parts.pipe", b"step greet() { run \"echo hello\" }\n"), ["graph", "parts.pipe"], 2),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", default=str(ROOT / "build/release/sluice"))
    parser.add_argument("codes", nargs="*")
    options = parser.parse_args()
    sluice = os.path.abspath(options.sluice)
    known, wrong, examples = kinds(), [], 0
    described = sections((ROOT / "docs/diagnostics.md").read_text())
    if [(code, title) for code, title, _ in described] != list(known.items()):
        given = {code: title for code, title, _ in described}
        wrong.append("docs/diagnostics.md and kinds.def differ: " + ", ".join(
            code for code in sorted(set(known) | set(given)) if known.get(code) != given.get(code)) + " (or their order)")
    for code, _, text in described:
        if options.codes and code not in options.codes:
            continue
        count = len(EXAMPLE.findall(text))
        examples += count
        wrong += holds_examples(code, text, sluice)
        if code in COMMANDS:
            wrong += holds_command(code, sluice)
        elif count == 0:
            wrong.append(f"{code}: neither an example nor a command")
    print("\n".join(wrong + [f"{len(described)} codes, {examples} examples, {len(wrong)} wrong"]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

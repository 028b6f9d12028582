#!/usr/bin/env python3
"""advice.py --sluice PATH: what a finding says to do. Every failing example of docs/diagnostics.md and every golden of
`check` is compiled: each finding has a help, or stands in the table below with the reason why not; and each fix, applied
alone, makes its finding go away and brings no new one."""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests/golden"), str(ROOT / "tests/docs")]
import diagnostics  # noqa: E402
import messages  # noqa: E402

WITHOUT_HELP = {  # code: why nothing more can be said
}

UNCOVERED = {  # (file, code that a fix brings): why it was held back until then
    ("tests/golden/check/match.pipe", "S0324"): "what a `match` leaves out is asked only when its cases are right",
    ("tests/golden/check/no_cascade.pipe", "S0307"): "what a module's steps give is known once the module is found",
}


def sources():
    """(name, text, {companion: text}) of each example and golden."""
    for code, _, text in diagnostics.sections((ROOT / "docs/diagnostics.md").read_text()):
        companions = {}
        for number, (kind, name, example) in enumerate(diagnostics.EXAMPLE.findall(text)):
            if kind.startswith("file"):
                companions[name] = example
            elif kind == "fail":
                yield f"{code} example {number}", example, dict(companions)
    for path in sorted((ROOT / "tests/golden/check").glob("*.pipe")):
        beside = path.with_suffix(".files")
        companions = {one.relative_to(beside).as_posix(): one.read_text() for one in beside.rglob("*") if one.is_file()}
        yield path.relative_to(ROOT).as_posix(), messages.strip(path.read_text()), companions


def findings(sluice, text, companions, *command):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in companions.items():
            target = pathlib.Path(folder) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
        (pathlib.Path(folder) / "example.pipe").write_text(text)
        if command:
            return subprocess.run([sluice, *command, "example.pipe"], cwd=folder, capture_output=True, text=True,
                                  timeout=60, env=os.environ | {"NO_COLOR": "1"}).stderr
        result = subprocess.run([sluice, "check", "--format", "json", "example.pipe"], cwd=folder, capture_output=True,
                                text=True, timeout=60)
        return [json.loads(line) for line in result.stdout.splitlines()]


def of_emit(sluice, name, text, companions):
    """S05xx are what `emit` says, to people only."""
    told = [part for part in findings(sluice, text, companions, "emit", "-o", "out").split("\n\n")
            if re.match(r"(error|warning)\[S\d{4}\]", part)]
    return [f"{name}: no help\n{part}" for part in told if "= help: " not in part] or ([] if told else [f"{name}: says nothing"])


def applied(text, fixes):
    """`text` with the replacements, whose columns are bytes."""
    lines = text.encode().split(b"\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines) + 1)]
    whole = text.encode()
    for fix in sorted(fixes, key=lambda one: (one["line"], one["column"]), reverse=True):
        begin, end = (starts[fix[line] - 1] + fix[column] - 1 for line, column in
                      (("line", "column"), ("end_line", "end_column")))
        whole = whole[:begin] + fix["replacement"].encode() + whole[end:]
    return whole.decode()


def said(found):
    return collections.Counter((one["code"], one["message"]) for one in found)


def check_fix(sluice, name, text, companions, found, one):
    if any(fix["file"] != "example.pipe" for fix in one["fixes"]):
        return []
    mended = applied(text, one["fixes"])
    after = said(findings(sluice, mended, companions))
    before = said(found)
    problems = []
    key = (one["code"], one["message"])
    if after[key] >= before[key]:
        problems.append(f"{name}:{one['line']}: the fix of {key} does not mend it")
    new = {key: times for key, times in (after - before).items() if (name, key[0]) not in UNCOVERED}
    if new:
        problems.append(f"{name}:{one['line']}: the fix of {key} brings {new}\n{mended}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", default=str(ROOT / "build/release/sluice"))
    sluice = os.path.abspath(parser.parse_args().sluice)
    wrong, fixes, count, silent = [], 0, 0, set()
    for name, text, companions in sources():
        if name.startswith("S05"):
            wrong += of_emit(sluice, name, text, companions)
        found = findings(sluice, text, companions)
        for one in found:
            count += 1
            if not one["help"]:
                silent.add(one["code"])
                if one["code"] not in WITHOUT_HELP:
                    wrong.append(f"{name}:{one['line']}: {one['code']} has no help: {one['message']}")
            if one["fixes"]:
                fixes += 1
                wrong += check_fix(sluice, name, text, companions, found, one)
    wrong += [f"{code} is in WITHOUT_HELP, but has help everywhere" for code in sorted(set(WITHOUT_HELP) - silent)]
    print("\n".join(wrong + [f"{count} findings, {fixes} fixes, {len(wrong)} wrong"]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

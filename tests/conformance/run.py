#!/usr/bin/env python3
"""run.py --sluice PATH: mistakes that other tools find in workflows, made in `.pipe`.

`mistakes/<suite>/<case>.pipe` holds programs, apart by `// ---`, each with the mistake of an upstream case. `//~ S0101` behind a
line says what is told of that line; nothing else may be told, and each message must say how to mend it.
docs/conformance.md lists every case with these codes, or why it cannot be said here. Where the upstream cases lie in
../shared/conformance, none of them may be missing there. `--update` writes marks and codes anew: read `git diff`."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs/conformance.md"
UPSTREAM = HERE.parents[2] / "shared/conformance"
MARK = re.compile(r" *//~ ([S\d ]+)$")
ROW = re.compile(r"^\| `(\w+/[\w.-]+)` \| (.*?) \| (.*?) \|$", re.M)


def programs(file):
    return re.split(r"^// ---\n", file.read_text(), flags=re.M)


def expected(program):
    return {number: MARK.search(line)[1].split() for number, line in enumerate(program.splitlines(), 1) if MARK.search(line)}


def plain(program):
    return "".join(MARK.sub("", line) + "\n" for line in program.splitlines())


def check_all(sluice, texts):
    """The messages about each text, in one process."""
    with tempfile.TemporaryDirectory(prefix="sluice-conformance-") as folder:
        names = [f"{number}.pipe" for number in range(len(texts))]
        for name, text in zip(names, texts):
            pathlib.Path(folder, name).write_text(plain(text))
        told = subprocess.run([sluice, "check", "--format", "json", *names], cwd=folder, capture_output=True, text=True,
                              timeout=60)
        if told.returncode != 1:
            sys.exit(f"exit status {told.returncode}\n{told.stderr}")
        messages = {name: [] for name in names}
        for line in told.stdout.splitlines():
            message = json.loads(line)
            messages[message["file"]].append(message)
        return [messages[name] for name in names]


def by_line(messages):
    lines = {}
    for message in messages:
        lines.setdefault(message["line"], []).append(message["code"])
    return {line: sorted(codes) for line, codes in lines.items()}


def problems(case, number, program, messages):
    where = f"{case}, program {number + 1}"
    wanted = {line: sorted(codes) for line, codes in expected(program).items()}
    if not wanted:
        yield f"{where}: no line is marked"
    if by_line(messages) != wanted:
        yield f"{where}: told {by_line(messages)}, marked {wanted}\n{program}"
    for message in messages:
        if not (message["help"] or message["fixes"]):
            yield f"{where}: {message['code']} does not say how to mend it: {message['message']}"


def marked(program, messages):
    lines = by_line(messages)
    return "".join(MARK.sub("", line) + (f"  //~ {' '.join(lines[number])}" if number in lines else "") + "\n"
                   for number, line in enumerate(program.splitlines(), 1))


def codes_of(case):
    text = (HERE / f"mistakes/{case}.pipe").read_text()
    return ", ".join(sorted({code for line in text.splitlines() if (mark := MARK.search(line)) for code in mark[1].split()}))


def problems_of_page(cases):
    rows = {name: (codes, why) for name, codes, why in ROW.findall(PAGE.read_text())}
    for case in cases:
        if rows.get(case, ("",))[0] != codes_of(case):
            yield f"docs/conformance.md: `{case}` is {rows.get(case)}, its codes are {codes_of(case)}"
    for name, (codes, why) in rows.items():
        if name not in cases and (codes != "none" or len(why) < 10):
            yield f"docs/conformance.md: `{name}` has neither a case here nor a reason"
    for name in upstream():
        if name not in rows:
            yield f"docs/conformance.md lacks `{name}`"


def upstream():
    """The cases in which something is wrong."""
    if not UPSTREAM.is_dir():
        print(f"SKIPPED: {UPSTREAM} is not there, so nobody knows whether a case is missing in docs/conformance.md")
        return
    for file in sorted(UPSTREAM.glob("actionlint-err/*.yaml")):
        yield f"actionlint/{file.stem}"
    for file in sorted(UPSTREAM.glob("reader/*.yml")):
        if '"errors"' in file.read_text(errors="replace"):
            yield f"reader/{file.stem}"


def update_page(cases):
    def row(match):
        return f"| `{match[1]}` | {codes_of(match[1]) if match[1] in cases else 'none'} | {match[3]} |"
    PAGE.write_text(ROW.sub(row, PAGE.read_text()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    files = {f"{file.parent.name}/{file.stem}": file for file in sorted(HERE.glob("mistakes/*/*.pipe"))}
    pieces = [(case, number, program) for case, file in files.items() for number, program in enumerate(programs(file))]
    told = check_all(os.path.abspath(options.sluice), [program for _, _, program in pieces])
    if options.update:
        texts = {}
        for (case, _, program), messages in zip(pieces, told):
            texts.setdefault(case, []).append(marked(program, messages))
        for case, parts in texts.items():
            files[case].write_text("// ---\n".join(parts))
        update_page(files)
        pieces = [(case, number, program) for case, file in files.items() for number, program in enumerate(programs(file))]
    wrong = [problem for (case, number, program), messages in zip(pieces, told)
             for problem in problems(case, number, program, messages)]
    wrong += problems_of_page(files)
    print("\n".join(wrong) if wrong else f"{len(pieces)} programs of {len(files)} cases are refused where they are wrong")
    return 1 if wrong or not pieces else 0


if __name__ == "__main__":
    sys.exit(main())

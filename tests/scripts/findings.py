#!/usr/bin/env python3
"""findings.py --sluice PATH: what shellcheck finds comes back at its place in the .pipe file, through indentation that was taken
away, escapes and holes; once for a body that is unfolded several times; and nothing of the library."""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

PIPELINE = r'''use std.python

step told(what: string) {
  run """
    first=1
    echo ${{ what }} $PWD
    """
}

pipeline ci {
  on manual { input x: string }
  stage test {
    python.setup("3.12")
    run "echo \"a\tb\" ${{ inputs.x }} $HOME"
    told("one")
    told("two")
    step "Deep" {
      run """

        if true; then
          echo ${{ inputs.x }} "ünï" $HOME
        fi
        """ { shell sh }
    }
    run "$x = 1" { shell pwsh }
  }
}
'''
# Code, number, line, and the text that is meant.
EXPECTED = [
    ("S0453", "SC2034", 5, "first"),
    ("S0454", "SC2086", 6, "$PWD"),
    ("S0454", "SC2086", 14, "$HOME"),
    ("S0454", "SC2086", 21, "$HOME"),
]


def found_in(line_of, finding):
    line = line_of[finding["line"] - 1].encode()
    return line[finding["column"] - 1:finding["end_column"] - 1].decode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sluice", required=True)
    sluice = str(pathlib.Path(parser.parse_args().sluice).resolve())
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "ci.pipe"
        file.write_text(PIPELINE, encoding="utf-8")
        command = [sluice, "check", "--scripts", "--format", "json", "ci.pipe"]
        without = subprocess.run(command, cwd=folder, capture_output=True, check=False, env={"PATH": folder})
        if without.returncode != 2 or b"not installed" not in without.stderr:
            print(f"without shellcheck: exit status {without.returncode}, {without.stderr!r}")
            return 1
        if not shutil.which("shellcheck"):
            print("SKIPPED: shellcheck is not installed")
            return 0
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    lines = PIPELINE.split("\n")
    told = [(f["code"], f["message"].split(":")[0], f["line"], found_in(lines, f)) for f in findings]
    if told != EXPECTED or done.returncode != 0:
        print(f"exit status {done.returncode}\n{done.stderr.decode()}\nfound    {told}\nexpected {EXPECTED}")
        return 1
    print(f"{len(told)} findings stand where they belong")
    return 0


if __name__ == "__main__":
    sys.exit(main())

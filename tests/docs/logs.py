#!/usr/bin/env python3
"""logs.py --sluice PATH: `sluice logs` shows what a run printed, while it runs and afterwards."""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PIPELINE = '''pipeline logs {
  on push
  stage second after first { run "echo two" }
  stage first {
    matrix { n: [1, 2] }
    step silent "Silent" { run "true" }
    step talk "Talk" {
      run """
        echo "::group::Title"
        printf '\\033[31mred\\033[m\\033[2J\\n'
        echo "::endgroup::"
        sleep 0.3
        echo "::error::wrong"
        """
    }
  }
}
'''
FIRST = "first-{n}-{i} › 02-talk\n▾ Title\n  red\nerror: wrong\n"
ALL = "\n".join([FIRST.format(n=1, i=0), FIRST.format(n=2, i=1), "second › 01-echo-two\ntwo\n"])
wrong = []


def expect(name, result, status, text, errors=""):
    actual = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "<time>", result.stdout)
    if (result.returncode, actual) != (status, text) or errors not in result.stderr:
        wrong.append(f"{name}: exit status {result.returncode}\n{actual}{result.stderr}"
                     f"--- wanted {status}\n{text}{errors}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sluice", required=True)
    sluice = os.path.abspath(parser.parse_args().sluice)
    with tempfile.TemporaryDirectory(prefix="sluice-logs-") as folder:
        def logs(*arguments):
            command = [sluice, "logs", "--root", folder, *arguments]
            return subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)

        expect("no run", logs(), 2, "", "there are no runs in")
        file = pathlib.Path(folder, "logs.pipe")
        file.write_text(PIPELINE)
        command = [sluice, "run", file, "--root", folder, "--jobs", "1"]
        run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        # The table of the run comes at its end, but its first line when its folder is there.
        run.stdout.readline()
        followed = logs("-f")
        run.communicate()
        if sorted(followed.stdout.split("\n\n")) != sorted(ALL.split("\n\n")):
            wrong.append(f"followed:\n{followed.stdout}{followed.stderr}")
        expect("all", logs(), 0, ALL)
        expect("one stage", logs("1", "second"), 0, "second › 01-echo-two\ntwo\n")
        expect("one step", logs("last", "--step", "2", "--grep", "red"), 0,
               "first-1-0 › 02-talk\nred\n\nfirst-2-1 › 02-talk\nred\n")
        expect("folded", logs("last", "first-2-1", "--fold", "--timestamps"), 0,
               "first-2-1 › 02-talk\n<time> ▸ Title\n<time> error: wrong\n")
        expect("not found", logs("--grep", "nowhere"), 1, "")
        expect("no such run", logs("7"), 2, "", "there is no run `7`; there are 1")
        expect("no such stage", logs("1", "third"), 2, "", "there is no stage `third` in run 1; there are")
    print("\n".join(wrong) or "every log is shown")
    sys.exit(1 if wrong else 0)


main()

#!/usr/bin/env python3
"""Holds README.md against what the program prints: the pipeline it shows, the job beside it, the picture."""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main(sluice):
    readme = (ROOT / "README.md").read_text()
    blocks = dict(re.findall(r"```(pipe|yaml)\n(.*?)```", readme, re.S))
    example = ROOT / "examples/hello/release.pipe"
    wrong = []
    if blocks["pipe"] != example.read_text():
        wrong.append("the pipeline is not examples/hello/release.pipe")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sluice, "emit", example, "-o", folder], check=True, cwd=ROOT, stderr=subprocess.DEVNULL)
        if blocks["yaml"].rstrip() not in (pathlib.Path(folder) / "release.yml").read_text():
            wrong.append("the job is not what `sluice emit` writes")
    drawn = subprocess.run([sluice, "graph", "examples/airflow-etl/ci.pipe", "--format", "svg"], check=True, cwd=ROOT,
                           capture_output=True, text=True).stdout
    if drawn != (ROOT / "docs/images/ci.svg").read_text():
        wrong.append("docs/images/ci.svg is not what `sluice graph` draws")
    for what in wrong:
        print(f"README.md: {what}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

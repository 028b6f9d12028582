#!/usr/bin/env python3
"""seed.py: every row of docs/seed.md quotes words that stand in the file it names."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
text = (ROOT / "docs/seed.md").read_text()
files = dict(re.findall(r"\*\*(\w+)\*\* `(examples/[^`]+)`", text))
rows = re.findall(r"^\| .+? \| (\w+) \| `(.+)` \|$", text, re.M)
wrong = []
for name, words in rows:
    file = ROOT / files.get(name, f"stdlib/{name}.pipe")
    if not file.exists() or words not in file.read_text():
        wrong.append(f"{file.relative_to(ROOT)} does not say: {words}")
table = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| it says")]
if len(table) != len(rows):
    wrong.append(f"{len(table)} rows, of which {len(rows)} can be read")
print("\n".join([*wrong, f"{len(rows)} sentences of docs/seed.md, {len(wrong)} wrong"]))
sys.exit(1 if wrong or not rows else 0)

#!/usr/bin/env python3
"""events.py: docs/events.md has a row for every event that `sluice run --format json` writes, with its fields, and none
that it does not write; every field but the plain ones is described."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLAIN = {"version", "run", "title", "stages", "stage", "leg", "step", "text", "service", "state"}  # the events' rows say it


def main():
    source = (ROOT / "runtime/output/status_json.cpp").read_text()
    page = (ROOT / "docs/events.md").read_text()
    names = lambda text: re.findall(r"`([a-z-]+)`", text)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]
    events = {names(row[0])[0]: set(names(row[1])) for row in rows if "`" in row[1]}
    fields = {names(row[0])[0] for row in rows if "`" not in row[1]}
    wrong = []
    written = {name: set() for name in re.findall(r'(?:say|head)\("([a-z-]+)"', source)}
    for name, body in re.findall(r'(?:say|head)\("([a-z-]+)",(.*?)\}\s*\)', source, re.S):
        written[name] |= set(re.findall(r'\{"([a-z]+)",', body))
    written["line"] |= {"text", "continues"}
    if written != events:
        for name in sorted(written.keys() | events.keys()):
            if written.get(name) != events.get(name):
                wrong.append(f"{name}: writes {sorted(written.get(name, []))}, the page has {sorted(events.get(name, []))}")
    used = set().union(*events.values())
    wrong += [f"`{name}` is not described" for name in sorted(used - fields - PLAIN)]
    wrong += [f"`{name}` is described, but no event has it" for name in sorted(fields - used)]
    for line in re.search(r"```json\n(.*?)```", page, re.S)[1].splitlines():
        shown = json.loads(line)
        if not shown.keys() - {"event", "at"} <= events[shown["event"]]:
            wrong.append(f"the example has more fields than the table: {line}")
    print("\n".join(wrong) or f"{len(events)} events are described")
    sys.exit(1 if wrong else 0)


main()

#!/usr/bin/env python3
"""catalogue.py --sluice PATH: events.def against GitHub's own schema of workflows. Every event is there with its activity
types and its filters, and `sluice check` takes each of them and nothing beside. The schema is
../shared/catalog/workflow-v1.0.json; where it is missing only the second half is asked."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT.parent / "shared/catalog/workflow-v1.0.json"
LEFT_OUT = {  # event: why it is refused
    "project": "classic projects are gone", "project_card": "classic projects are gone",
    "project_column": "classic projects are gone", "pull_request_comment": "GitHub's schema says: use issue_comment"}
OWN_SYNTAX = {"schedule": "cron", "workflow_call": "inputs secrets outputs", "workflow_dispatch": "inputs"}


def events():
    text = (ROOT / "compiler/check/events.def").read_text()
    rows = re.findall(r'^EVENT\("(\w+)", "([^"]*)", "([^"]*)"\)$', text, re.M)
    return {name: (types if types == "*" else set(types.split()), set(filters.split())) for name, types, filters in rows}


def properties(definitions, name):
    """The keys of an event's mapping, each with its definition."""
    found, seen, todo = {}, set(), [name]
    while todo:
        one = todo.pop()
        definition = definitions.get(one, {})
        if one in seen:
            continue
        seen.add(one)
        todo += definition.get("one-of", [])
        for key, value in definition.get("mapping", {}).get("properties", {}).items():
            found[key] = value if isinstance(value, str) else value["type"]
    return found


def allowed(definitions, name):
    definition = definitions[name]
    if "allowed-values" in definition:
        return set(definition["allowed-values"])
    sequence = definition.get("sequence", {})
    inner = definition.get("one-of", []) + ([sequence["item-type"]] if sequence else [])
    if not inner:
        return None
    parts = [allowed(definitions, one) for one in inner]
    return None if None in parts else set().union(*parts)


def problems_of_schema(known):
    definitions = json.loads(SCHEMA.read_text())["definitions"]
    listed = definitions["on-mapping-strict"]["mapping"]["properties"]
    for name in sorted(set(listed) ^ set(known)):
        if name not in LEFT_OUT:
            yield f"{name} is in {'the schema' if name in listed else 'events.def'} alone"
    for name in sorted(set(listed) & set(known)):
        types, filters = known[name]
        keys = properties(definitions, listed[name])
        schema_types = keys.pop("types", None)
        wanted = allowed(definitions, schema_types) if schema_types else set()
        if (wanted if wanted is not None else "*") != types:
            yield f"{name} has the types {wanted or 'of any name'}, events.def has {types}"
        if name not in OWN_SYNTAX and set(keys) != filters:
            yield f"{name} has the filters {sorted(keys)}, events.def has {sorted(filters)}"


def program(name, types, filters):
    block = [f"types {', '.join(sorted(types))}" if types != "*" else 'types "a thing"'] if types else []
    block += [f'{one} "x"' for one in sorted(filters) if not one.endswith("-ignore")]
    head = f'on {name}{" {0}0 6 * * *{0}".format(chr(34)) if name == "schedule" else ""}'
    return f"pipeline p {{\n  {head} {{ {'; '.join(block)} }}\n  stage a {{ run \"true\" }}\n}}\n"


def told(sluice, texts):
    with tempfile.TemporaryDirectory(prefix="sluice-events-") as folder:
        for name, text in texts.items():
            pathlib.Path(folder, name).write_text(text)
        result = subprocess.run([sluice, "check", "--format", "json", *texts], cwd=folder, capture_output=True, text=True,
                                timeout=60)
        return [json.loads(line) for line in result.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", required=True)
    sluice, known = os.path.abspath(parser.parse_args().sluice), events()
    wrong = []
    if SCHEMA.exists():
        wrong += problems_of_schema(known)
    else:
        print(f"SKIPPED: {SCHEMA} is not there, so nobody knows whether events.def is complete")
    good = {f"{name}.pipe": program(name, *row) for name, row in known.items()}
    wrong += [f"{one['file']} is refused: {one['message']}" for one in told(sluice, good)]
    bad = {f"{name}.pipe": program(name, {"no_such_type"}, set()) for name, (types, _) in known.items() if types != "*"}
    refused = {one["file"] for one in told(sluice, bad) if "no_such_type" in one["message"]}
    wrong += [f"{name}: a type that it does not have is taken" for name in sorted(set(bad) - refused)]
    gone = {f"{name}.pipe": program(name, set(), set()) for name in LEFT_OUT}
    wrong += [f"{name} is taken" for name in sorted(set(gone) - {one["file"] for one in told(sluice, gone)})]
    print("\n".join(wrong + [f"{len(known)} events, {len(wrong)} wrong"]))
    return 1 if wrong or not known else 0


if __name__ == "__main__":
    sys.exit(main())

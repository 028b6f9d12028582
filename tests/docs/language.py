#!/usr/bin/env python3
"""language.py --sluice PATH: every example of docs/language.md and of docs/strategies.md passes `sluice check`, every word of
grammar/keywords.def is told in the first, and what is told to be read but not compiled is refused with S0219. The pipeline of
docs/github.md becomes its workflow."""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = re.compile(r"^```pipe ?(\S*)\n(.*?)^```$", re.M | re.S)
WORD = re.compile(r'^WORD\(\w+, "([\w-]+)", ', re.M)
CLAUSE = re.compile(r'^(?:CLAUSE|FLAG)\(\w+, "([\w-]+)"\)', re.M)


def needed(text):
    """The declarations that statements of an example lean on."""
    modules = [path.stem for path in sorted((ROOT / "stdlib").glob("*.pipe"))]
    uses = [f"use std.{name}" for name in modules if re.search(rf"\b{name}\.[\w-]+\(", text)]
    secrets = [f"secret {name}" for name in sorted(set(re.findall(r"\bsecrets\.([A-Z_]+)", text)))]
    return "\n".join(uses + secrets) + "\n"


def whole(kind, text):
    """The file that an example is a part of."""
    if kind == "file":
        return text
    if kind == "stage":
        text = 'stage example {\nrun "true"\n' + text + "}\n"
    trigger = "" if re.search(r"^on ", text, re.M) else "on push\n"
    stage = "" if re.search(r"^stage ", text, re.M) else 'stage example { run "true" }\n'
    return f"{needed(text)}pipeline example {{\n{trigger}{text}{stage}}}\n"


def check(sluice, text):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "example.pipe")
        file.write_text(text)
        return subprocess.run([sluice, "check", file.name], cwd=folder, capture_output=True, text=True, timeout=60)


def problems_of_example(sluice, page, kind, text, line):
    if kind == "none":
        return []
    if kind not in ("file", "pipeline", "stage"):
        return [f"docs/{page}:{line}: the example is marked `{kind}`, not file, pipeline, stage or none"]
    result = check(sluice, whole(kind, text))
    if result.returncode == 0 and "[S" not in result.stderr:
        return []
    return [f"docs/{page}:{line}: exit status {result.returncode}\n{whole(kind, text)}{result.stderr}"]


def problems_of_words(guide):
    """Each word has a row of the table or stands among those that are not compiled; each clause and flag is named."""
    table = (ROOT / "grammar/keywords.def").read_text()
    rows = re.search(r"^## All words\n(.*?)(?=^## )", guide, re.M | re.S).group(1)
    later = guide.partition("\n## Read but not compiled\n")[2]
    told = set(re.findall(r"`([\w-]+)`", "\n".join(row.split("|")[1] for row in rows.splitlines() if row.startswith("| `"))))
    told |= set(re.findall(r"`([\w-]+)`", later))
    wrong = [f"`{word}` of grammar/keywords.def is not told" for word in WORD.findall(table) if word not in told]
    wrong += [f"`{word}` is told, and no word of grammar/keywords.def" for word in sorted(told - set(WORD.findall(table)))]
    words_of_rows = set(re.findall(r"[\w-]+", rows))
    return wrong + [f"the clause `{clause}` is not told" for clause in CLAUSE.findall(table) if clause not in words_of_rows]


def problems_of_delivery(sluice):
    """What a pipeline, a stage and a file refuse by that name."""
    wrong = []
    for place, statement in [("stage", "input a: string")]:
        text = statement + "\n"
        result = check(sluice, text + whole("pipeline", "") if place == "file" else whole(place, text))
        if "S0219" not in result.stderr:
            wrong.append(f"`{statement}` in a {place} is not refused with S0219\n{result.stderr}")
    return wrong


def problems_of_pair(sluice):
    guide = (ROOT / "docs/github.md").read_text()
    pair = re.search(r"^```pipe\n(.*?)^```\n\nbecomes\n\n```yaml\n(.*?)^```$", guide, re.M | re.S)
    if not pair:
        return ["docs/github.md shows no pipeline that becomes a workflow"]
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "release.pipe").write_text(pair[1])
        told = subprocess.run([sluice, "emit", "-o", ".", "release.pipe"], cwd=folder, capture_output=True, text=True, timeout=60)
        file = pathlib.Path(folder, "release.yml")
        text = file.read_text() if file.exists() else told.stderr
    return [] if text == pair[2] else [f"docs/github.md: its pipeline becomes this instead\n{text}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sluice", required=True)
    sluice = str(pathlib.Path(parser.parse_args().sluice).resolve())
    guide = (ROOT / "docs/language.md").read_text()
    wrong, count = problems_of_words(guide) + problems_of_delivery(sluice) + problems_of_pair(sluice), 0
    for page in ("language.md", "strategies.md"):
        text = (ROOT / "docs" / page).read_text()
        for match in EXAMPLE.finditer(text):
            count += 1
            wrong += problems_of_example(sluice, page, match[1], match[2], text.count("\n", 0, match.start()) + 1)
    if count < 20:
        wrong.append(f"docs/language.md has only {count} examples: are they marked ```pipe?")
    print("\n".join(wrong) if wrong else f"{count} examples of docs/language.md and docs/strategies.md and the pair of docs/github.md are true")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

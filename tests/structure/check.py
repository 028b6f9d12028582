#!/usr/bin/env python3
"""check.py [ROOT]: are the rooms, sizes and diagnostics as docs/contributing.md has them? Prints each breach; exit 1."""
import pathlib
import re
import sys

from functions import functions

ROOT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
EXCEPTIONS = {  # (file, rule): why
    ("compiler/graph/graph.h", "file-size"): "data only: the whole intermediate form is read in one place",
    ("compiler/lower/unfolder.h", "file-size"): "one method a construct: the list is the map of the room",
    ("compiler/syntax/ast.h", "file-size"): "data only: the whole tree is read in one place",
}
FILE_LIMITS, GRAMMAR_LIMIT, COLUMNS, FUNCTION_LIMIT, FUNCTION_GOAL = {".cpp": 500, ".h": 150}, 300, 120, 80, 40
breaches, long_functions = [], []


def breach(path, line, rule, message):
    name = path.relative_to(ROOT).as_posix()
    if (name, rule) not in EXCEPTIONS:
        breaches.append(f"{name}:{line}: {rule}: {message}")


def rooms():
    """{room: (folder, {itself and the rooms it may use})}, from CMakeLists.txt."""
    found, path = {"sluice_stdlib": ("stdlib", {"sluice_stdlib"})}, ROOT / "CMakeLists.txt"
    for name, folder, rest in re.findall(r"^sluice_room\((\S+)\s+(\S+)([^)]*)\)", path.read_text(), re.M):
        used = rest.split("PRIVATELY")[0].split()[1:]
        for late in [one for one in used if one not in found and not one.startswith("sluice_")]:
            breach(path, 0, "order", f"`{name}` uses `{late}`, which is not above it")
        found[name] = (folder, {name}.union(*(found[one][1] for one in used if one in found)))
    return found


def room_of(path, table):
    name = path.relative_to(ROOT).as_posix()
    inside = [(len(folder), room) for room, (folder, _) in table.items() if name.startswith(folder + "/")]
    return max(inside)[1] if inside else None


def check_includes(path, lines, table):
    own = room_of(path, table)
    for number, line in enumerate(lines, 1):
        match = own and re.match(r'\s*#\s*include\s*"([^"]+)"', line)
        places = [folder / match[1] for folder in (ROOT / "compiler", ROOT, path.parent)] if match else []
        target = next((room_of(place.resolve(), table) for place in places if place.exists()), None)
        if target and target not in table[own][1]:
            breach(path, number, "include", f"`{own}` may not use `{target}`")


def check_sizes(path, lines):
    limit = GRAMMAR_LIMIT if path.parent.name == "grammar" else FILE_LIMITS[path.suffix]
    if len(lines) > limit:
        breach(path, len(lines), "file-size", f"{len(lines)} lines, the limit is {limit}")
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            breach(path, number, "line-length", f"{len(line)} columns, the limit is {COLUMNS}")
    for begin, length in functions("\n".join(lines)):
        if length > FUNCTION_LIMIT:
            breach(path, begin, "function-size", f"{length} lines, the limit is {FUNCTION_LIMIT}")
        elif length > FUNCTION_GOAL:
            long_functions.append(f"{path.relative_to(ROOT)}:{begin} ({length})")


def check_grammar(sources):
    users = [path for path, text in sources.items() if path.parent.name != "grammar"
             and re.search(r'#\s*include\s*(<tao/|"(\.\./)*grammar/\w+\.h")', text)]
    for path in users if len(users) > 1 else [path for path in users if path.suffix != ".cpp"]:
        breach(path, 1, "pegtl", "one .cpp alone may include PEGTL and the grammar")


def check_diagnostics(sources):
    kinds, guide = ROOT / "compiler/diagnostics/kinds.def", ROOT / "docs/diagnostics.md"
    code = "\n".join(text for path, text in sources.items() if path.suffix == ".cpp")
    uses = re.findall(r"\bDIAGNOSTIC\(\s*(\w+)", code)
    described = guide.read_text() if guide.exists() else ""
    table = kinds.read_text() if kinds.exists() else ""
    for name, number in re.findall(r"^DIAGNOSTIC_KIND\((\w+),\s*(\d+)", table, re.M):
        if name not in uses:
            breach(kinds, 0, "diagnostic", f"`{name}` is declared by no DIAGNOSTIC: a kind that nothing reports")
        if f"S{int(number):04}" not in described:
            breach(kinds, 0, "diagnostic", f"S{int(number):04} `{name}` is not in docs/diagnostics.md")


sources = {path: path.read_text(errors="replace") for folder in ("compiler", "runtime", "grammar", "stdlib")
           for path in sorted((ROOT / folder).rglob("*")) if path.suffix in FILE_LIMITS}
room_table = rooms()
for source, content in sources.items():
    check_includes(source, content.splitlines(), room_table)
    check_sizes(source, content.splitlines())
check_grammar(sources)
check_diagnostics(sources)
print(f"{len(sources)} files; {len(long_functions)} functions over {FUNCTION_GOAL} lines:", *long_functions, sep="\n  ")
print("\n".join(breaches) or "no breach")
sys.exit(1 if breaches else 0)

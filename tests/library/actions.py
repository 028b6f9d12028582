#!/usr/bin/env python3
"""actions.py --sluice PATH: stdlib/actions.pipe against everything that is known of the actions it declares: the pins, the
language reference, GitHub's parser and actionlint on a pipeline that calls each with all its inputs, and, where a folder
`shared` lies beside the repository, a catalogue of actions and a corpus of workflows. Prints what does not agree; exit 1."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS, SHARED = ROOT / ".tools", ROOT.parent / "shared"
HEADER = re.compile(r'^action (\S+) = "([^"@]+)@([^"]+)"(?: since "v(\d+)")?( deprecated "[^"]+")?( \{)?$')
INPUT = re.compile(r'^  input ([\w.-]+): (.+?)(\?)?( deprecated "[^"]+")?$')
OUTPUT = re.compile(r"^  output ([\w.-]+): (.+)$")
PERMISSION = re.compile(r"^    ([\w-]+): (\w+) +/// .+$")
# Where the catalogue is behind the version that is bound, as the corpus shows, or leaves out what depends on the inputs.
NEWER = ("create-github-app-token", "client-id")
BEYOND = {("create-github-app-token", "app-id"), NEWER, ("paths-filter", "changes")}


class Binding:
    def __init__(self, match):
        self.name, self.action, self.ref, since, self.deprecated = match.groups()[:5]
        self.since = int(since) if since else None
        self.inputs, self.outputs, self.permissions = {}, {}, {}  # name: (type, optional, deprecated); type; access


def read_library():
    """The bindings, and the lines of which this test does not know what they say."""
    bindings, odd = [], []
    for number, line in enumerate((ROOT / "stdlib/actions.pipe").read_text().splitlines(), 1):
        if match := HEADER.match(line):
            bindings.append(Binding(match))
        elif match := INPUT.match(line):
            bindings[-1].inputs[match[1]] = (match[2], bool(match[3]), bool(match[4]))
        elif match := OUTPUT.match(line):
            bindings[-1].outputs[match[1]] = match[2]
        elif match := PERMISSION.match(line):
            bindings[-1].permissions[match[1]] = match[2]
        elif line.strip() not in ("", "}", "permissions {") and not line.startswith("//"):
            odd.append(f"stdlib/actions.pipe:{number}: what is this? {line}")
    return bindings, odd


def major(ref):
    match = re.match(r"(?:.*/)?v?(\d+)(?:\.|$)", ref)
    return int(match[1]) if match and not re.fullmatch(r"[0-9a-f]{40}", ref) else None


def names_of(binding):
    """The repository's name, its folder behind it, and perhaps its owner before it."""
    owner, *parts = binding.action.lower().split("/")
    return {"-".join(parts), "-".join([owner, *parts]), "-".join([owner.split("-")[0], *parts])}


def read_pins():
    pins = {}
    for line in (ROOT / "stdlib/pins.tsv").read_text().splitlines():
        if not line.startswith("#"):
            action, version, commit, *permissions = line.split("\t")
            pins.setdefault(action, []).append((version, commit, permissions[0] if permissions else ""))
    return pins


def problems_of_pins(bindings):
    pins, wrong = read_pins(), []
    for binding in bindings:
        known = pins.get(binding.action, [])
        if binding.deprecated:
            continue
        if not any(major(version) == major(binding.ref) for version, _, _ in known):
            wrong.append(f"{binding.name}: stdlib/pins.tsv has no commit of {binding.action}@{binding.ref}")
        needed = ", ".join(f"{scope}: {access}" for scope, access in sorted(binding.permissions.items()))
        wrong += [f"{binding.name}: needs `{needed}`, but {version} is pinned with `{told}`"
                  for version, _, told in known if told != needed]
    return wrong


def problems_of_names(bindings):
    guide = (ROOT / "docs/language.md").read_text()
    told = re.findall(r"^\| `([\w-]+)` \| `([^`]+)` \|", guide.partition("\n### Actions of others\n")[2], re.M)
    wrong = [f"{b.name}: no name for {b.action}, but one of {sorted(names_of(b))}" for b in bindings
             if b.name not in names_of(b) and not b.deprecated]
    real = {(b.name, f"{b.action}@{b.ref}") for b in bindings if not b.deprecated}
    wrong += [f"docs/language.md leaves out the row of {name}, `{action}`" for name, action in sorted(real - set(told))]
    wrong += [f"docs/language.md has {name}, `{action}`, which is not declared" for name, action in sorted(set(told) - real)]
    for what in ("name", "action"):
        seen = [getattr(binding, what).lower() for binding in bindings]
        wrong += [f"two bindings have the {what} {one}" for one in sorted({one for one in seen if seen.count(one) > 1})]
    return wrong


def sample(kind):
    if match := re.match(r'enum\("([^"]+)"', kind):
        return f'"{match[1]}"'
    return {"bool": "true", "number": "1", "list<string>": '["a", "b"]'}.get(kind, '"a"')


def given(binding):
    """What the pipeline gives: every input that is not deprecated, and that actionlint can know."""
    return {name: kind for name, (kind, _, old) in binding.inputs.items()
            if not old and (binding.name, name) != NEWER}


def pipeline(bindings):
    """One stage a binding, which gives what it can and reads every output."""
    text = "use std.actions\n\npipeline all {\n  on push\n"
    for number, binding in enumerate(bindings):
        inputs = ", ".join(f"{name}: {sample(kind)}" for name, kind in given(binding).items())
        outputs = " ".join(f"${{{{ called.{name} }}}}" for name, kind in binding.outputs.items() if "secret" not in kind)
        text += f"  stage s{number} {{\n    step called {{ actions.{binding.name}({inputs}) }}\n    run \"echo {outputs}\"\n  }}\n"
    return text + "}\n"


def catalogue():
    """{action in lower case: [(major, entry), the newest first]}, or None."""
    file = SHARED / "catalog/actions.json"
    if not file.exists():
        return None
    found = {}
    for key, entry in json.loads(file.read_text()).items():
        action, _, ref = key.partition("@")
        found.setdefault(action.lower(), []).append((major(ref) or 0, ref, entry))
    return {action: sorted(versions, key=lambda one: one[:2], reverse=True) for action, versions in found.items()}


def entry_for(binding, known):
    """The catalogue's newest entry that is not newer than the binding."""
    versions = [one for one in known.get(binding.action.lower(), []) if one[0] <= (major(binding.ref) or 0)]
    return versions[0] if versions else None


def as_actionlint_knows(text, bindings, known):
    """A commit says nothing to actionlint: the tag that it has inputs of does."""
    for binding in bindings:
        entry = entry_for(binding, known or {})
        if entry:
            text = re.sub(rf"(uses: {re.escape(binding.action)}@)[0-9a-f]{{40}} # \S+", rf"\g<1>{entry[1]}", text)
    return text


def problems_of_call(sluice, bindings, known):
    bindings = [binding for binding in bindings if not binding.deprecated]
    with tempfile.TemporaryDirectory(prefix="sluice-actions-") as folder:
        file, workflow = pathlib.Path(folder, "all.pipe"), pathlib.Path(folder, "all.yml")
        file.write_text(pipeline(bindings))
        told = subprocess.run([sluice, "emit", "-o", folder, file], capture_output=True, text=True)
        if told.returncode or "[S" in told.stderr:
            return [f"a pipeline that calls every action is refused:\n{told.stdout}{told.stderr}"]
        text = workflow.read_text()
        missing = [name for binding in bindings for name in given(binding)
                   if f"          {name}: " not in text]
        workflow.write_text(as_actionlint_knows(text, bindings, known))
        wrong = [f"the workflow leaves out {missing}"] if missing else []
        for command in (["node", ROOT / "tests/validators/github_parser.mjs", TOOLS, workflow],
                        [TOOLS / "bin/actionlint", "-no-color", "-shellcheck=", "-config-file", os.devnull, workflow]):
            result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
            if result.returncode:
                wrong.append(f"{pathlib.Path(command[0]).name}: {result.stdout}{result.stderr}")
        return wrong


def problems_of_catalogue(bindings, known):
    wrong, compared = [], 0
    for binding in bindings:
        entry = entry_for(binding, known)
        if not entry or binding.deprecated:
            continue
        compared += 1
        number, ref, facts = entry
        told = {name: (not one.get("required"), bool(one.get("deprecated"))) for name, one in facts["inputs"].items()}
        ours = {name: rest for name, (_, *rest) in binding.inputs.items()}
        wrong += [f"{binding.name}: input {name}: {list(told.get(name, ['none']))} in {ref}, {ours.get(name, 'none')} here "
                  "(optional, deprecated)" for name in sorted(told | ours)
                  if list(told.get(name, [])) != ours.get(name, []) and (binding.name, name) not in BEYOND]
        wrong += [f"{binding.name}: output {name} stands in one alone, the declaration or {ref}"
                  for name in sorted(set(facts["outputs"]) ^ set(binding.outputs)) if (binding.name, name) not in BEYOND]
        oldest = min(one[0] for one in known[binding.action.lower()])
        if oldest > 1 and binding.since != oldest:
            wrong.append(f"{binding.name}: since v{binding.since}, but the oldest that runs is v{oldest}")
    return wrong, compared


def problems_of_corpus(bindings):
    """What real workflows give to an action of that very major version is declared."""
    known = {binding.action.lower(): binding for binding in bindings if binding.inputs}
    use = re.compile(r"^( *)(?:- )?uses: *['\"]?([\w./-]+)@([\w./-]+)['\"]?(?: *# *(\S+))?.*\n((?:\1 .*\n|\s*\n)*)", re.M)
    wrong, seen = set(), 0
    for file in sorted((SHARED / "corpus/workflows").rglob("*.y*ml")):
        text = file.read_text(errors="replace").replace("\n      - uses:", "\n        uses:")
        for match in use.finditer(text + "\n"):
            binding, version = known.get(match[2].lower()), match[4] or match[3]
            given = re.search(r"^( *)with:\n((?:\1 .*\n|\s*\n)*)", match[0], re.M)
            if not binding or not given or major(version) != major(binding.ref):
                continue
            seen += 1
            indent = re.match(r" *", given[2].lstrip("\n"))[0]
            names = re.findall(rf"^{indent}([\w-]+):", given[2], re.M)
            declared = {name.lower() for name in binding.inputs}
            wrong |= {f"{binding.name}: {file.name} gives `{name}`" for name in names if name.lower() not in declared}
    return sorted(wrong), seen


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", default=str(ROOT / "build/release/sluice"))
    sluice = os.path.abspath(parser.parse_args().sluice)
    bindings, wrong = read_library()
    known = catalogue()
    wrong += problems_of_pins(bindings) + problems_of_names(bindings) + problems_of_call(sluice, bindings, known)
    called = sum(not binding.deprecated for binding in bindings)
    if called < 60:
        wrong.append(f"only {called} actions can be called")
    print(f"{called} actions, each called with all its inputs")
    if known:
        found, compared = problems_of_catalogue(bindings, known)
        unknown, uses = problems_of_corpus(bindings)
        wrong += found + unknown
        print(f"{compared} of them held to a catalogue, and to {uses} uses in a corpus")
    else:
        print(f"NOT HELD TO A CATALOGUE: {SHARED} is not there")
    print("\n".join(wrong) or "no difference")
    sys.exit(1 if wrong else 0)


main()

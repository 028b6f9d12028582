#!/usr/bin/env python3
"""run.py --sluice PATH --steps PATH: no text of an outsider becomes code.

`ways.txt` lists the ways that such a text could go. Each is refused by the compiler with one of the codes that stand there, or
it is `data`: then the workflow is emitted, its scripts are run with hostile values in their environment, and must write to
$OUT exactly that value, and run nothing of it. `--list` shows what happens to each way instead of judging."""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SHELLS = {"bash": ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"], "sh": ["sh", "-e"], "python": [sys.executable]}
FRAME = """{use}secret TOKEN optional
pipeline p {{
  on {event}
  stage s {{
{body}
  }}
}}
"""
# `touch $CANARY` in every clothing; each value alone must come out as it went in.
HOSTILE = [
    "plain", "it's", 'say "hi"', "'; touch $CANARY; '", '"; touch $CANARY; "', "$(touch $CANARY)", "`touch $CANARY`",
    "a; touch $CANARY", "a\ntouch $CANARY\n#", "a && touch $CANARY", "a | touch $CANARY", "x > $CANARY", "x >$CANARY <",
    "*", "?*[a-z]", "~", "~root", "{a,b}", "a  b\tc", " leading and trailing ", "$HOME ${HOME} ${IFS}", "\\", "\\\\n \\' \\\"",
    "-n", "-e \\x41", "--help", "a[$(touch $CANARY)]", "!history !!", "%s %d %n", "END\ntouch $CANARY\n", "EOF", "\r\ntouch $CANARY",
    "ünïçödé ✓ 𝄞 \u2028\u202e", "#comment", "x=y", "&", "(", ")", "<(touch $CANARY)", "';touch $CANARY #", "\"$(touch $CANARY)\"",
    "'\"'\"'$(touch $CANARY)", "}}", "${{ github.token }}", "::set-output name=x::y", "\x01\x7f", "' + __import__('os').system('touch $CANARY') + '",
]


def ways(text):
    """`== title`, then `event …`, `use …`, `expect …` and the statements of a stage, in which HOLE is the outsider's text."""
    for part in re.split(r"^== ", text, flags=re.M)[1:]:
        title, _, rest = part.partition("\n")
        way = {"title": title, "event": "pull_request", "use": "", "value": "github.head_ref", "body": ""}
        for line in rest.splitlines():
            if line == "issue":
                way |= {"event": "issues", "value": "github.event.issue.title"}
                continue
            key, _, value = line.partition(" ")
            if key in ("event", "use", "expect", "value", "emitted", "prints"):
                way[key] = way[key] + value + "\n" if key == "use" else value
            elif line.strip():
                way["body"] += f"    {line}\n"
        yield way


def program(way, value):
    body = way["body"].replace("HOLE", "${{ " + value + " }}").replace("VALUE", value)
    return FRAME.format(use=way["use"], event=way["event"], body=body)


class Judge:
    def __init__(self, sluice, steps, folder):
        self.sluice, self.steps, self.folder = sluice, steps, pathlib.Path(folder)
        self.wrong = []

    def call(self, *words):
        return subprocess.run([self.sluice, *words], cwd=self.folder, capture_output=True, text=True, timeout=60)

    def codes(self, text):
        (self.folder / "way.pipe").write_text(text)
        told = self.call("check", "--format", "json", "way.pipe")
        return sorted({json.loads(line)["code"] for line in told.stdout.splitlines() if '"error"' in line})

    def scripts(self):
        """The steps of what is emitted, none of which holds an expression where a program reads its code."""
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        told = self.call("emit", "-o", "out", "way.pipe")
        if told.returncode:
            return None, told.stderr
        files = sorted(str(path) for path in (self.folder / "out").glob("*.yml"))
        listed = subprocess.run([self.steps, *files], capture_output=True, text=True, timeout=60, check=True)
        return [json.loads(line) for line in listed.stdout.splitlines()], ""

    def run(self, step, value, expressions):
        """What the script wrote to $OUT, and whether something of `value` was run."""
        out, canary = self.folder / "written", self.folder / "canary"
        for path in (out, canary):
            path.unlink(missing_ok=True)
        given = {name: value if set(re.findall(r"\$\{\{ (.*?) \}\}", text)) & expressions else text
                 for name, text in step.get("env", {}).items()}
        script = self.folder / "script"
        script.write_text(step["run"])
        environment = {**os.environ, **given, "OUT": str(out), "CANARY": str(canary), "TMPDIR": str(self.folder)}
        for name in ("GITHUB_OUTPUT", "GITHUB_ENV"):
            environment[name] = str(self.folder / name)
        result = subprocess.run([*SHELLS[step.get("shell", "bash")], str(script)], cwd=self.folder, env=environment,
                                capture_output=True, timeout=20)
        return out.read_bytes() if out.exists() else result.stderr, canary.exists()

    def check_data(self, way, text, expressions, values):
        steps, told = self.scripts()
        if steps is None:
            return self.wrong.append(f"{way['title']}: not emitted\n{told}")
        for step in steps:
            code = step.get("run", "") + step.get("with", {}).get("script", "")
            if any("${{ " + expression in code for expression in expressions):
                self.wrong.append(f"{way['title']}: an expression stands in code\n{code}")
        scripts = [step for step in steps if "$OUT" in step.get("run", "") or '"OUT"' in step.get("run", "")]
        if not scripts:
            return self.wrong.append(f"{way['title']}: no script writes to $OUT")
        for step in scripts:
            for value in values:
                wanted = way.get("prints", "V").replace("V", value).encode()
                got, ran = self.run(step, value, expressions)
                if ran or got != wanted:
                    self.wrong.append(f"{way['title']}: {value!r} {'was run' if ran else 'became'} {got!r}, not {wanted!r}\n{step['run']}")
                    break


def static(value):
    """A text of the file itself, as `.pipe` writes it in single quotes, which hold no line break."""
    return "'" + value.replace("'", "''") + "'"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", required=True)
    parser.add_argument("--steps", required=True)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    count = 0
    with tempfile.TemporaryDirectory(prefix="sluice-injection-") as folder:
        judge = Judge(os.path.abspath(options.sluice), os.path.abspath(options.steps), folder)
        for way in ways((HERE / "ways.txt").read_text()):
            count += 1
            text = program(way, way["value"])
            codes = judge.codes(text)
            if options.list:
                print(f"{' '.join(codes) or 'data':24} expected {way['expect']:20} {way['title']}")
            elif way["expect"] == "data":
                if codes:
                    judge.wrong.append(f"{way['title']}: refused with {' '.join(codes)}, not data\n{text}")
                else:
                    judge.check_data(way, text, {way.get("emitted", way["value"])}, HOSTILE)
                    static_values(judge, way)
            elif not set(codes) & set(way["expect"].split("|")):
                judge.wrong.append(f"{way['title']}: {' '.join(codes) or 'accepted'}, not {way['expect']}\n{text}")
    print("\n".join(judge.wrong[:20]) if judge.wrong else f"{count} ways: each is refused or carries {len(HOSTILE)} hostile values as data")
    return 1 if judge.wrong or not count else 0


def static_values(judge, way):
    """The same places with a hostile text that is known when the file is compiled: one program a value would be slow, so some."""
    if "VALUE" in way["body"]:
        return
    for value in HOSTILE[1::4]:
        if re.search(r"[\n\r\x00-\x1f\u2028]", value):
            continue
        text = program(way, f"known")
        (judge.folder / "way.pipe").write_text(f"let known = {static(value)}\n" + text)
        judge.check_data(way, text, set(), [value])


if __name__ == "__main__":
    sys.exit(main())

"""The tables in cases/*.toml, asked of the probe: each case with its source."""
import json
import os
import subprocess
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
SCRIPT = "echo a; b"


def ask(probe, questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([probe], input=text, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def file_bytes(case):
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    text = case["file"].encode()
    return text + b"x" * case["repeat"] if "repeat" in case else text


def files_question(case):
    return {"ask": case.get("ask", "assignments"), "hex": file_bytes(case).hex()}


def wrong_text(case, answer):
    """What is wrong with an answer where an error is expected, or not."""
    said = answer.get("error")
    if "wrong" in case:
        return None if case["wrong"] in (said or "") else f"expected the error `{case['wrong']}`, got {said!r}"
    return f"got the error `{said}`" if said is not None else None


def judge_files(case, answer):
    if case.get("ask") == "paths":
        return None if answer["folders"] == case["gives"] else f"got {answer['folders']}"
    expected = case["gives"]
    if "repeat" in case:
        expected = [[expected[0][0], "x" * case["repeat"]]]
    return wrong_text(case, answer) or (None if answer["pairs"] == expected else f"got {answer['pairs']}"[:300])


def judge_commands(case, answer):
    got = None if answer.get("none") else [answer["name"], answer["properties"], answer["text"]]
    expected = None if case.get("none") else case["gives"]
    return None if got == expected else f"got {got}"


def matrix_question(case):
    return {"ask": "matrix", **{key: json.loads(case.get(key, "null")) for key in ("axes", "include", "exclude")}}


def judge_matrix(case, answer):
    if problem := wrong_text(case, answer):
        return problem
    # The order of keys is seen in names and in toJSON.
    got, expected = json.dumps(answer.get("value")), json.dumps(json.loads(case.get("legs", "null")))
    return None if "wrong" in case or got == expected else f"got {got}"


class Shells:
    """A folder of programs that do nothing, so that it does not matter which shells are installed."""

    def __init__(self, folder):
        self.folder = Path(folder)
        for name in ("bash", "sh", "python", "pwsh", "powershell", "perl", "fish"):
            program = self.folder / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text("#!/bin/sh\n")
            program.chmod(0o755)

    def question(self, case):
        return {"ask": "shell", "shell": case["shell"], "text": SCRIPT, "folder": str(self.folder),
                "path": str(self.folder / "bin")}

    def judge(self, case, answer):
        if problem := wrong_text(case, answer):
            return problem
        if "wrong" in case:
            return None
        script = str(self.folder / "script")
        got = [word.replace(script, "FILE") for word in answer["arguments"]]
        if got != case["arguments"]:
            return f"got {got}"
        ending = os.path.splitext(case["arguments"][-1].strip("'"))[1]
        text = (self.folder / ("script" + ending)).read_text().strip()
        return None if text == case.get("script", SCRIPT) else f"the script's file holds {text!r}"


def run_table(probe, name, question, judge):
    cases = tomllib.loads((HERE / "cases" / f"{name}.toml").read_text())["case"]
    wrong = 0
    # One question a call where the answer lies in a file that the next one writes again.
    answers = ask(probe, [question(case) for case in cases]) if name != "shells" else None
    for index, case in enumerate(cases):
        assert case["source"], "every case has its source"
        answer = answers[index] if answers else ask(probe, [question(case)])[0]
        if problem := judge(case, answer):
            wrong += 1
            print(f"{name}: {case.get('name', case.get('line', case.get('shell')))} ({case['source']}): {problem}")
    print(f"{name}: {len(cases)} cases, {wrong} wrong")
    return len(cases), wrong


def run_all(probe):
    with tempfile.TemporaryDirectory() as folder:
        shells = Shells(folder)
        return [run_table(probe, "files", files_question, judge_files),
                run_table(probe, "commands", lambda case: {"ask": "command", "line": case["line"]}, judge_commands),
                run_table(probe, "matrix", matrix_question, judge_matrix),
                run_table(probe, "shells", shells.question, shells.judge)]

"""Expressions: GitHub's own test data, and thousands of random ones that GitHub's own package evaluates too.

    expressions.py --probe PROBE [--tools FOLDER] [--seed N] [--count N]
    expressions.py --record FOLDER --tools FOLDER     take over expressions/testdata of actions/languageservices

upstream.jsonl holds the data with the tree that GitHub's parser makes of each expression, so it needs no Node.
"""
import argparse
import json
import math
import random
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
UPSTREAM = HERE / "upstream.jsonl"
SOURCE = "actions/languageservices, expressions/testdata"

CONTEXTS = {
    "foo": {"a": 1, "b": "two", "Mixed": "Case", "none": None, "yes": True, "no": False, "empty": "",
            "deep": {"x": {"y": [1, [2, 3]]}},
            "list": [1, "2", True, None, "Two", [4]], "text-number": " 0x1F ", "ratio": 0.1, "big": 123456789012,
            "items": [{"id": 1, "tags": ["x", "y"]}, {"id": "2"}, {"ID": 3, "tags": []}, "text", 7]},
    "bar": [{"a": "A", "n": {"m": 1}}, {"a": "b", "n": {"m": [2]}}, {"c": None}],
    "nothing": None,
    "word": "Hello, World",
    "number": -3.5,
}
STRINGS = ["", " ", "a", "A", "two", "TWO", "1", "01", "1.0", " 1 ", "-1", "+1", "1e2", ".5", "5.", "0x10", "0xfg",
           "0o17", "0x", "NaN", "Infinity", "-Infinity", "true", "null", "hello", "WORLD", "1,2", "it''s", "{0}",
           "{{{0}}}", "{1} {0}", "{", "[1,\"2\",null]", "{\"a\":{\"B\":[1,2]}}", "[[1],[2,[3]]]", "12a", "é", "É",
           "x y", "Mixed"]
NUMBERS = ["0", "1", "-1", "+2", "3.25", "-0.5", "0x1f", "0xFF", "0o17", "1e3", "1E-2", ".5", "15", "NaN",
           "Infinity", "-Infinity", "-0"]
PLACES = ["foo", "bar", "nothing", "word", "number", "foo.a", "FOO.B", "foo.Mixed", "foo['mixed']", "foo.none",
          "foo.yes", "foo.no", "foo.empty", "foo.list", "foo.deep.x", "foo.deep.x.y", "foo.items",
          "foo.text-number", "foo.ratio", "foo.big", "foo.absent", "bar[0].a", "bar[1]", "bar[9]", "bar['1']",
          "bar[-1]", "bar[1.9]", "bar[0]['A']", "foo.items.*.id", "foo.items[*].tags", "foo.items.*.tags.*",
          "foo.items.*.tags[0]", "bar.*.n.m", "foo.*", "foo.deep.*.y", "bar.*.a", "bar.*.*", "word.*", "foo.list[3]"]

FUNCTIONS = ["contains", "startsWith", "endsWith", "join", "toJSON", "fromJSON", "format", "case"]


class Maker:
    """Expressions that the grammar has, over CONTEXTS, without what GitHub's two evaluators tell differently."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def leaf(self):
        pick = self.random.random()
        if pick < 0.3:
            return "'" + self.random.choice(STRINGS) + "'"
        if pick < 0.5:
            return self.random.choice(NUMBERS)
        if pick < 0.6:
            return self.random.choice(["true", "false", "null"])
        return self.random.choice(PLACES)

    def call(self, depth):
        sub = lambda: self.expression(depth - 1)
        name = self.random.choice(FUNCTIONS)
        if self.random.random() < 0.2:
            name = name.upper()
        lower = name.lower()
        if lower in ("contains", "startswith", "endswith"):
            return f"{name}({sub()}, {sub()})"
        if lower == "join":
            return f"{name}({sub()})" if self.random.random() < 0.4 else f"{name}({sub()}, {sub()})"
        if lower == "tojson":
            return f"{name}({sub()})"
        if lower == "fromjson":
            return f"{name}({self.random.choice([sub(), f'toJSON({sub()})'])})"
        if lower == "case":
            # A leaf alone: one evaluator is lazy, the other is not.
            parts = [self.condition(), self.leaf(), self.condition(), self.leaf(), self.leaf()]
            return f"{name}({', '.join(parts)})"
        return f"{name}({', '.join([sub()] + [sub() for _ in range(self.random.randint(0, 3))])})"

    def condition(self):
        return f"{self.leaf()} {self.random.choice(['==', '!=', '<', '>='])} {self.leaf()}"

    def expression(self, depth):
        if depth <= 0 or self.random.random() < 0.15:
            return self.leaf()
        pick = self.random.random()
        if pick < 0.35:
            operator = self.random.choice(["==", "!=", "<", "<=", ">", ">="])
        elif pick < 0.55:
            operator = self.random.choice(["&&", "||"])
        elif pick < 0.65:
            return "!" + self.bracketed(depth - 1)
        elif pick < 0.75:
            return f"({self.expression(depth - 1)})"
        elif pick < 0.82:
            return f"{self.random.choice(['foo', 'bar', 'foo.list', 'foo.items'])}[{self.expression(depth - 1)}]"
        else:
            return self.call(depth)
        return f"{self.bracketed(depth - 1)} {operator} {self.bracketed(depth - 1)}"

    def bracketed(self, depth):
        text = self.expression(depth)
        return f"({text})" if self.random.random() < 0.3 else text


def ask(command, questions):
    text = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def same_number(left, right):
    if left == right:
        return True
    try:
        return math.isclose(float(left), float(right), rel_tol=1e-13)
    except ValueError:
        return False


def same(given, expected):
    """Whether the answers say one thing; that both are errors is enough, their texts are each one's own."""
    if "error" in expected or "error" in given:
        return "error" in expected and "error" in given
    if given["kind"] != expected["kind"]:
        return False
    if given["kind"] == "Number":
        return same_number(str(given["value"]), str(expected["value"]))
    return given["value"] == expected["value"]


def judge(probe, cases):
    """Wrong ones among (name, expr, tree, contexts, expected)."""
    answers = ask([probe], [{"ask": "expression", "tree": case[2], "contexts": case[3]} for case in cases])
    assert len(answers) == len(cases), "the probe did not answer every question"
    return [(case, answer) for case, answer in zip(cases, answers) if not same(answer, case[4])]


def tell(wrong):
    for (name, expr, _, _, expected), answer in wrong[:20]:
        print(f"{name}: {expr}\n    expected {json.dumps(expected)}\n    but got  {json.dumps(answer)}")


def run_upstream(probe):
    cases = []
    for line in UPSTREAM.read_text().splitlines():
        case = json.loads(line)
        cases.append((case["from"], case["expr"], case["tree"], case.get("contexts", {}), case["gives"]))
    wrong = judge(probe, cases)
    tell(wrong)
    print(f"expressions: {len(cases)} cases of {SOURCE}, {len(wrong)} wrong")
    return len(cases), len(wrong)


def oracle(tools):
    return ["node", str(HERE / "github_expressions.mjs"), str(tools)]


def run_random(probe, tools, seed, count):
    if not (tools / "node_modules" / "@actions" / "expressions").is_dir():
        print(f"SKIPPED: {count} random expressions, as GitHub's package is not in {tools}; scripts/test installs it")
        return 0, 0
    maker = Maker(seed)
    questions = [{"expr": maker.expression(4), "contexts": CONTEXTS} for _ in range(count)]
    cases, refused = [], 0
    for question, answer in zip(questions, ask(oracle(tools), questions)):
        # GitHub's package writes NaN and Infinity as null into JSON, its runner as it writes them elsewhere; so do we.
        infinite = re.search("NaN|Infinity", question["expr"]) and "tojson" in question["expr"].lower()
        if "syntax" in answer or infinite:
            refused += 1
            continue
        cases.append((f"seed {seed}", question["expr"], answer["tree"], CONTEXTS, answer))
    wrong = judge(probe, cases)
    tell(wrong)
    errors = sum("error" in case[4] for case in cases)
    print(f"expressions: {len(cases)} random ones (seed {seed}, {errors} of them errors, {refused} left out), "
          f"{len(wrong)} differ from @actions/expressions")
    assert len(cases) > count * 0.7, "too few of the random expressions are well-formed"
    return len(cases), len(wrong)


def plain(result):
    """A result as GitHub's data writes it; numbers as text, as JSON has no NaN."""
    value = result.get("value")
    if result["kind"] == "Number":
        value = str(value)
    return {"kind": result["kind"], "value": value}


def record(folder, tools):
    cases = []
    for file in sorted(Path(folder).glob("*.json")):
        for group, entries in json.loads(file.read_text()).items():
            for entry in entries:
                if "typescript" in entry.get("options", {}).get("skip", []):
                    continue
                cases.append((f"{file.name} {group}", entry))
    questions = [{"expr": entry["expr"], "contexts": entry.get("contexts", {})} for _, entry in cases]
    answers = ask(oracle(tools), questions)
    lines = []
    for (name, entry), answer in zip(cases, answers):
        if "syntax" in answer:
            continue  # for the parser
        case = {"from": name, "expr": entry["expr"], "tree": answer["tree"]}
        if "contexts" in entry:
            case["contexts"] = entry["contexts"]
        case["gives"] = plain(entry["result"]) if "result" in entry else {"error": entry["err"]["value"]}
        lines.append(json.dumps(case, ensure_ascii=False, separators=(",", ":")) + "\n")
    UPSTREAM.write_text("".join(lines))
    print(f"{len(lines)} cases")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--probe")
    parser.add_argument("--tools", type=Path, default=HERE.parents[1] / ".tools")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--record")
    options = parser.parse_args()
    if options.record:
        return record(options.record, options.tools)
    wrong = run_upstream(options.probe)[1] + run_random(options.probe, options.tools, options.seed, options.count)[1]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

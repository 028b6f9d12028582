"""Random matrices, environment files, commands, steps and chains of stages, each held to a small model of what GitHub
(or, for chains, docs/language.md) defines. The models are written for reading, from the sources that the tables name.
"""
import itertools
import json
import math
import random
import re

from tables import ask


# ----- values, as in docs.github.com, Evaluate expressions: loose equality, numbers of texts

def number(value):
    if value is None or value == "":
        return 0.0
    if isinstance(value, (bool, int, float)):
        return float(value)
    if not isinstance(value, str):
        return math.nan
    return float(value) if re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*", value) else math.nan


def kind(value):
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def loosely_equal(left, right):
    if isinstance(left, (dict, list)) or isinstance(right, (dict, list)):
        return False
    if kind(left) == kind(right):
        return left.upper() == right.upper() if isinstance(left, str) else left == right
    return number(left) == number(right)


# ----- matrices: Running variations of jobs in a workflow

def leaves(value, path=()):
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, path + (key,))]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in leaves(inner, path + (index,))]
    return [(path, value)]


def at(value, path):
    for key in path:
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value


def agrees(pattern, leg):
    return all(loosely_equal(at(leg, path), value) for path, value in leaves(pattern))


def legs_of(axes, include, exclude):
    """Pairs of the leg and of what its name shows."""
    products = [dict(zip(axes, values)) for values in itertools.product(*axes.values())] if axes else []
    products = [leg for leg in products if not any(agrees(pattern, leg) for pattern in exclude)]
    extended = [dict(leg) for leg in products]
    added = []
    for item in include:
        own = {key: value for key, value in item.items() if key in axes}
        rest = {key: value for key, value in item.items() if key not in axes}
        fitting = [index for index, leg in enumerate(products) if agrees(own, leg)]
        for index in fitting:
            extended[index].update(rest)
        if not fitting:
            added.append({**own, **rest})
    return list(zip(extended, products)) + [(leg, leg) for leg in added]


def random_matrix(chance):
    scalars = [1, 2, "1", "2", "x", "X", "", None, True, False, 0]
    any_of = lambda: chance.choice(scalars)
    deep = lambda: chance.choice([any_of()] * 4 + [{"n": any_of(), "m": any_of()}, [any_of(), any_of()], {"n": 1}])
    names = chance.sample("abc", chance.randint(0, 3))
    axes = {name: [deep() for _ in range(chance.randint(1, 3))] for name in names}

    def item(names):
        other = lambda name: name not in axes or chance.random() < 0.3
        return {name: deep() if other(name) else chance.choice(axes[name]) for name in names}

    include = [item(chance.sample("abcxy", chance.randint(1, 3))) for _ in range(chance.randint(0, 4))]
    exclude = [item(chance.sample(names, chance.randint(1, len(names)))) for _ in range(chance.randint(0, 2)) if names]
    return {"ask": "matrix", "axes": axes, "include": include, "exclude": exclude}


def judge_matrix(question, answer):
    expected = legs_of(question["axes"], question["include"], question["exclude"])
    for part, right in (("value", [leg for leg, _ in expected]), ("named", [name for _, name in expected])):
        # As texts: the order of keys counts, and 1 is not true.
        if json.dumps(answer[part]) != json.dumps(right):
            return f"expected as {part} {json.dumps(right)}, got {json.dumps(answer[part])}"
    return None


# ----- environment files: Workflow commands, and the tests of the runner

PLAIN = re.compile(r"(?P<name>(?:(?!<<)[^=])+)=(?P<value>.*)", re.S)
DELIMITED = re.compile(r"(?P<name>(?:(?!<<)[^=])+)<<(?P<end>.+)", re.S)


def read_file(text):
    """The pairs, and whether there is a mistake behind them."""
    lines = text.split("\n")
    unended = lines.pop()
    ended = len(lines)
    if unended:
        lines.append(unended)
    pairs, index = [], 0
    while index < len(lines):
        line = lines[index]
        index += 1
        if not line:
            continue
        if plain := PLAIN.fullmatch(line):
            pairs.append([plain["name"], plain["value"]])
            continue
        delimited = DELIMITED.fullmatch(line)
        if not delimited or delimited["end"] not in lines[index:]:
            return pairs, True
        end = lines.index(delimited["end"], index)
        if any(place >= ended for place in range(index, end)):
            return pairs, True
        pairs.append([delimited["name"], "\n".join(lines[index:end])])
        index = end + 1
    return pairs, False


def random_file(chance):
    junk = ["A", "B", "=", "<<", "<", "EOF", "END", " ", "\r", "x", "ä", ""]
    some = lambda most: "".join(chance.choice(junk) for _ in range(chance.randint(0, most)))

    def entry():
        name, end = "N" + some(1).replace("=", "").replace("<<", ""), "E" + some(2)
        pick = chance.random()
        if pick < 0.4:
            return [f"{name}={some(4)}"]
        if pick < 0.8:
            return [f"{name}<<{end}", *(some(3) for _ in range(chance.randint(0, 3))), end]
        return [""] if pick < 0.9 else [some(4)]

    lines = [line for _ in range(chance.randint(0, 5)) for line in entry()]
    return {"ask": "assignments", "hex": ("\n".join(lines) + chance.choice(["\n", "\n", "", " "])).encode().hex()}


def judge_file(question, answer):
    pairs, wrong = read_file(bytes.fromhex(question["hex"]).decode())
    if answer["pairs"] == pairs and ("error" in answer) == wrong:
        return None
    return f"expected {pairs}{' and an error' if wrong else ''}, got {answer}"


# ----- commands: Workflow commands, and how the runner takes them apart

def unescape(text, codes):
    return re.sub("|".join(codes), lambda code: codes[code[0]], text)


TEXT_CODES = {"%25": "%", "%0D": "\r", "%0A": "\n"}
PROPERTY_CODES = {**TEXT_CODES, "%3A": ":", "%2C": ","}


def read_command(line):
    found = re.fullmatch(r"[ \t\r\v\f]*::(?P<name>[^ ]*?)(?: (?P<given>.*?))?::(?P<text>.*)", line, re.S)
    if not found or not found["name"]:
        return None
    pairs = [pair.lstrip("=").split("=", 1) for pair in (found["given"] or "").strip().split(",")]
    pairs = [pair for pair in pairs if len(pair) == 2 and pair[1].strip("=")]
    properties = [[key, unescape(value.lstrip("="), PROPERTY_CODES)] for key, value in pairs]
    return [found["name"].lower(), properties, unescape(found["text"], TEXT_CODES)]


def random_command(chance):
    parts = ["a", "B", "=", ",", " ", "%25", "%0A", "%0D", "%3A", "%2C", "%", "0A", "file=", "line=3", ":", "ä", "x=y"]
    some = lambda most: "".join(chance.choice(parts) for _ in range(chance.randint(0, most)))
    head = chance.choice(["::error", "::Warning", "::set-output", "  ::notice", "x::error", "::", ":error"])
    given = chance.choice(["", " ", " name=a", " file=b,line=2"]) + some(5)
    return {"ask": "command", "line": head + given + chance.choice(["::"] * 4 + [""]) + some(5)}


def judge_command(question, answer):
    expected = read_command(question["line"])
    got = None if answer.get("none") else [answer["name"], answer["properties"], answer["text"]]
    return None if got == expected else f"expected {expected}, got {got}"


def run_model(probe, name, make, judge, seed, count):
    chance = random.Random(seed)
    questions = [make(chance) for _ in range(count)]
    judged = [(question, judge(question, answer)) for question, answer in zip(questions, ask(probe, questions))]
    problems = [(question, problem) for question, problem in judged if problem]
    for question, problem in problems[:10]:
        print(f"{name} (seed {seed}): {json.dumps(question)}\n    {problem}")
    print(f"{name}: {count} random ones (seed {seed}), {len(problems)} wrong")
    return count, len(problems)


# ----- chains of stages: docs/language.md, Conditions

CONDITIONS = {
    "": lambda now: now["success"],
    "success()": lambda now: now["success"],
    "failure()": lambda now: now["failure"],
    "always()": lambda now: True,
    "cancelled()": lambda now: False,
    "!cancelled()": lambda now: True,
    "!success()": lambda now: not now["success"],
    "failure() || success()": lambda now: now["failure"] or now["success"],
    'always() && github.event_name == "schedule"': lambda now: False,
    'github.event_name == "schedule"': lambda now: False,
    'github.event_name == "push"': lambda now: now["success"],
}


def random_chain(chance, count):
    """Stages `s0`, `s1` …: what each waits for, its condition, whether its script fails and may."""
    stages = []
    for index in range(count):
        before = sorted(chance.sample(range(index), min(index, chance.choice([0, 1, 1, 2, 3]))))
        condition = chance.choice(["", "", "", *CONDITIONS])
        fails, allowed = chance.random() < 0.25, chance.random() < 0.2
        stages.append({"before": before, "condition": condition, "fails": fails, "allowed": allowed})
    return stages


def chain_text(stages):
    lines = ["pipeline chain {", "  on push"]
    for index, stage in enumerate(stages):
        after = " after " + ", ".join(f"s{before}" for before in stage["before"]) if stage["before"] else ""
        when = f" when {stage['condition']}" if stage["condition"] else ""
        allowed = "allow-failure; " if stage["allowed"] else ""
        lines.append(f"  stage s{index}{after}{when} {{ {allowed}run \"{'false' if stage['fails'] else 'true'}\" }}")
    return "\n".join(lines) + "\n}\n"


def chain_results(stages):
    results, failed, bad = [], [], []
    for stage in stages:
        own_failed = any(failed[before] for before in stage["before"])
        own_bad = any(bad[before] for before in stage["before"])
        holds = CONDITIONS[stage["condition"]]
        if holds({"success": not own_bad, "failure": own_failed}):
            result = "failure" if stage["fails"] else "success"
        else:
            only_success_lacks = own_bad and holds({"success": True, "failure": own_failed})
            result = "blocked" if only_success_lacks else "skipped"
        counts = result == "failure" and not stage["allowed"]
        failed.append(own_failed or counts)
        bad.append(own_bad or counts or result == "blocked")
        results.append(result)
    return results


# ----- steps of a stage: docs.github.com, Status check functions and the steps context

STEP_CONDITIONS = {
    "": lambda status, first: status == "success",
    "success()": lambda status, first: status == "success",
    "failure()": lambda status, first: status == "failure",
    "always()": lambda status, first: True,
    "cancelled()": lambda status, first: False,
    "!cancelled()": lambda status, first: True,
    "!failure()": lambda status, first: status != "failure",
    'first.outcome == "failure"': lambda status, first: status == "success" and first[0] == "failure",
    'always() && first.conclusion == "success"': lambda status, first: first[1] == "success",
    'failure() && first.outcome == "success"': lambda status, first: status == "failure" and first[0] == "success",
}


def random_steps(chance, count):
    conditions = ["", "", *STEP_CONDITIONS]
    return [{"condition": chance.choice(conditions), "fails": chance.random() < 0.3, "allowed": chance.random() < 0.3}
            for _ in range(count)]


def steps_text(stages):
    lines = ["pipeline steps {", "  on push"]
    for index, steps in enumerate(stages):
        lines.append(f"  stage s{index} {{")
        for number, step in enumerate(steps):
            # The first one is what conditions of the others name.
            header = 'step first "0"' if number == 0 else f'step "{number}"'
            when = f" when {step['condition']}" if step["condition"] and number > 0 else ""
            allowed = "allow-failure; " if step["allowed"] else ""
            lines.append(f"    {header}{when} {{ {allowed}run \"{'false' if step['fails'] else 'true'}\" }}")
        lines.append("  }")
    return "\n".join(lines) + "\n}\n"


def steps_results(steps):
    """OUTCOME/CONCLUSION of each, and the result of the stage."""
    status, results = "success", []
    for step in steps:
        holds = STEP_CONDITIONS[step["condition"] if results else ""]
        if not holds(status, results[0] if results else None):
            results.append(("skipped", "skipped"))
        elif not step["fails"]:
            results.append(("success", "success"))
        else:
            results.append(("failure", "success" if step["allowed"] else "failure"))
            status = status if step["allowed"] else "failure"
    return ["/".join(result) for result in results], status


def run_all(probe, seed, count):
    return [run_model(probe, "random matrices", random_matrix, judge_matrix, seed, count),
            run_model(probe, "random environment files", random_file, judge_file, seed, count),
            run_model(probe, "random commands", random_command, judge_command, seed, count)]

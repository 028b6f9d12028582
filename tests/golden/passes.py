"""What each pass runs for a case, and which files it compares. A pass takes (case, tool) and returns
({path: text}, problems): every file that should now exist with its text, and what no file can show."""
import difflib
import os
import re
import subprocess

import messages

LIMIT_SECONDS = 120
GRAPH_ENDINGS = {"json": "json", "dot": "dot", "mermaid": "mmd", "svg": "svg"}


def read(path):
    """Any bytes as text, line endings as they are."""
    return path.read_bytes().decode(errors="surrogateescape")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(errors="surrogateescape"))


class Tool:
    """The executable, run in the case's own folder."""

    def __init__(self, sluice, folder):
        self.sluice, self.folder = sluice, folder

    def run(self, *arguments, merged=False):
        outside = {key: value for key, value in os.environ.items() if key != "CI" and not key.startswith("GITHUB_")}
        environment = outside | {"NO_COLOR": "1", "TERM": "dumb", "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        result = subprocess.run([self.sluice, *map(str, arguments)], cwd=self.folder, env=environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS,
                                stderr=subprocess.STDOUT if merged else subprocess.PIPE)
        result.stdout = result.stdout.decode(errors="surrogateescape")
        result.stderr = (result.stderr or b"").decode(errors="surrogateescape")
        return result


def unexpected_exit(result, wanted):
    if result.returncode == wanted:
        return []
    command = " ".join(result.args)
    return [f"{command}\nexit status {result.returncode}, expected {wanted}\n{result.stdout}{result.stderr}"]


def check(case, tool):
    """The file with its messages. Errors make the exit status 1, warnings alone leave it 0."""
    file = case.lay_out(tool.folder)
    result = tool.run("check", "--format", "json", file.name, *sum(case.arguments, []))
    if result.returncode not in (0, 1):
        return {}, unexpected_exit(result, 0)
    diagnostics = messages.parse(result.stdout)
    wanted = 1 if any(one["severity"] == "error" for one in diagnostics) else 0
    return {case.path: messages.render(case.source, diagnostics, file.name)}, unexpected_exit(result, wanted)


def linted(case, tool):
    """The file with what `lint` says of it; any finding makes the exit status 1."""
    file = case.lay_out(tool.folder)
    result = tool.run("lint", "--format", "json", file.name)
    if result.returncode not in (0, 1):
        return {}, unexpected_exit(result, 0)
    findings = messages.parse(result.stdout)
    return {case.path: messages.render(case.source, findings, file.name)}, unexpected_exit(result, 1 if findings else 0)


def checked(case, tool):
    """`check` without the case's arguments, which are another command's: ({path: text}, problems, has it errors?)."""
    plain, case.arguments = case.arguments, []
    actual, problems = check(case, tool)
    case.arguments = plain
    return actual, problems, any(messages.MARK.match(line) and " error[" in line
                                 for text in actual.values() for line in text.splitlines())


def formatted(case, tool):
    """The file as `sluice fmt` leaves it; a second time changes nothing."""
    file = case.lay_out(tool.folder)
    problems = unexpected_exit(tool.run("fmt", *sum(case.arguments, []), file.name), 0)
    once = read(file)
    problems += unexpected_exit(tool.run("fmt", "--check", file.name), 0)
    problems += unexpected_exit(tool.run("fmt", file.name), 0)
    if read(file) != once:
        problems.append(difference("not idempotent: " + case.name, once, read(file)))
    return {case.path: case.text, case.path.with_suffix(".expected.pipe"): once}, problems


LOST_ON_GITHUB = re.compile(r"\[S050[4-8]\]")


def emitted(case, tool):
    """The workflow, or <topic>.out/ where there are several; nothing when the file has errors."""
    actual, problems, refused = checked(case, tool)
    result = tool.run("emit", case.path.name, "-o", "out", *sum(case.arguments, []))
    files = sorted((tool.folder / "out").rglob("*.yml"))
    # What GitHub keeps otherwise of gates, locks and rollbacks, or not at all: `check` takes it, `emit` says so.
    if not refused and LOST_ON_GITHUB.search(result.stderr):
        actual[case.path.with_suffix(".txt")] = re.sub(r"^wrote .*\n", "", result.stderr, flags=re.M)
    if not refused and result.returncode == 1 and "[S0504]" in result.stderr:
        return actual, ["it was emitted all the same"] if files else []
    problems += unexpected_exit(result, 1 if refused else 0)
    if refused and files:
        problems.append("a file with errors was emitted all the same")
    if not refused and not files:
        problems.append("nothing was emitted")
    for file in files:
        target = case.path.with_suffix(".yml") if len(files) == 1 else case.path.with_suffix(".out") / file.name
        actual[target] = read(file)
    return actual, problems


def set_up(case, tool):
    """What must be set up on GitHub."""
    actual, problems, _ = checked(case, tool)
    result = tool.run("settings", case.path.name)
    return actual | {case.path.with_suffix(".json"): result.stdout}, problems + unexpected_exit(result, 0)


def drawn(case, tool):
    """The graph, once for each `// args:` line: JSON when there is none."""
    actual, problems, _ = checked(case, tool)
    for arguments in case.arguments or [["--format", "json"]]:
        result = tool.run("graph", case.path.name, *arguments)
        problems += unexpected_exit(result, 0)
        ending = GRAPH_ENDINGS[arguments[arguments.index("--format") + 1]]
        actual[case.path.with_suffix("." + ending)] = result.stdout
    return actual, problems


def executed(case, tool):
    """All that a run prints, with its exit status, in a git work tree that holds the case; one stage at a time."""
    actual, problems, _ = checked(case, tool)
    git = ["git", "-c", "user.name=golden", "-c", "user.email=golden@localhost", "-C", str(tool.folder)]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "case"]):
        subprocess.run(git + command, check=True, capture_output=True, text=True)
    result = tool.run("run", case.path.name, *(sum(case.arguments, []) or ["--jobs", "1"]), merged=True)
    text = normalised(result.stdout, str(tool.folder)) + f"exit status {result.returncode}\n"
    actual[case.path.with_suffix(".out")] = text
    return actual, problems


def told(*command):
    """What a command prints of a case, once for each `// args:` line, with its exit status."""
    def run(case, tool):
        actual, problems, _ = checked(case, tool)
        text = ""
        for arguments in case.arguments or [[]]:
            result = tool.run(*command, case.path.name, *arguments)
            text += f"$ sluice {' '.join([*command, case.path.name, *arguments])}\n{result.stdout}{result.stderr}"
            text += f"exit status {result.returncode}\n"
        actual[case.path.with_suffix(".out")] = text
        return actual, problems
    return run


VARYING = [
    (re.compile(r'"milliseconds":\d+'), '"milliseconds":<t>'),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"\b\d{8}T?-?\d{6}Z?(-[0-9a-z]+)*\b"), "<run>"),
    (re.compile(r"\b[0-9a-f]{40}\b"), "<commit>"),
    (re.compile(r"(127\.0\.0\.1|localhost):\d+"), r"\1:<port>"),
    (re.compile(r"(?<![\w.-])(\d+h *)?(\d+m *)?\d+(\.\d+)? ?(ms|µs|s)\b"), "<t>"),
    (re.compile(r"(?<![\w.-])\d+m(?= *\d+s|\b)"), "<t>"),
]


def normalised(text, folder):
    text = text.replace(folder, "<folder>")
    for pattern, name in VARYING:
        text = pattern.sub(name, text)
    return text if text.endswith("\n") or not text else text + "\n"


PASSES = {"parse": check, "check": check, "lint": linted, "fmt": formatted, "emit": emitted, "graph": drawn, "run": executed,
          "settings": set_up, "simulate": told("simulate"), "plan": told("plan"), "test": told("test"), "diff": told("diff", "old.pipe")}
TOLD = ("simulate", "plan", "test", "diff")


def outputs_of(path):
    """What stands beside a case already, so that an output which no longer comes is noticed."""
    endings = {"fmt": [".expected.pipe"], "emit": [".yml", ".txt"], "settings": [".json"], "run": [".out"],
               "graph": ["." + ending for ending in GRAPH_ENDINGS.values()]}.get(path.parent.name, [])
    endings = [".out"] if path.parent.name in TOLD else endings
    found = [path.with_suffix(ending) for ending in endings if path.with_suffix(ending).is_file()]
    if path.parent.name == "emit":
        found += sorted(path.with_suffix(".out").glob("*.yml"))
    return found


def difference(name, wanted, actual):
    """A unified diff; None is a file that is not there."""
    lines = difflib.unified_diff(
        (wanted or "").split("\n"), (actual or "").split("\n"),
        f"{name} (expected{', missing' if wanted is None else ''})",
        f"{name} (actual{', not made' if actual is None else ''})", lineterm="")
    return "\n".join(lines) or f"{name}: one is empty, the other missing"

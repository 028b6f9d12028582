#!/usr/bin/env python3
"""lint.py --sluice PATH [--update]: the house of the lint rules, and `sluice lint` from outside. Each rule has its file with
what, why, example, instead; a golden in which it speaks; a section in docs/lint.md, which --update writes from the files."""
import argparse
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SLUICE = str(ROOT / "build/release/sluice")
PAGE = ROOT / "docs/lint.md"
RULE = re.compile(r'^LINT_RULE\((\w+), (\w+), "(.*)"\)$', re.M)
GOOD = 'pipeline ci {\n  on push\n  stage test { run "make test" }\n}\n'
UNUSED = '/// nobody\'s\nlet a = 1\nlet b = a  // only this\n' + GOOD


def rules():
    """(Name, its name for people, function, title) of each rule."""
    table = (ROOT / "compiler/diagnostics/rules.def").read_text()
    return [(name, re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower(), function, title)
            for name, function, title in RULE.findall(table)]


def opening(function):
    """The comment that a rule's file opens with, as text."""
    text = (ROOT / f"compiler/lint/rules/{function}.cpp").read_text()
    return "".join(line[2:].removeprefix(" ").rstrip() + "\n" for line in
                   re.match(r"(//[^\n]*\n)+", text)[0].splitlines())


def parts(text):
    """{label: text} of What, Why, Example and Instead."""
    pieces = re.split(r"^(What|Why|Example|Instead):", text, flags=re.M)
    return {label: body.strip("\n") for label, body in zip(pieces[1::2], pieces[2::2])}


def one_line(text):
    return " ".join(text.split())


def fenced(text):
    return "```pipe\n" + "\n".join(line.removeprefix("    ") for line in text.splitlines()) + "\n```\n"


def whole(text):
    """An example as a file: some are a whole file, some stand in a pipeline, the others in a stage."""
    text = "\n".join(line.removeprefix("    ") for line in text.splitlines()) + "\n"
    words = {line.split()[0] for line in text.splitlines() if line and not line.startswith((" ", "//"))}
    if "pipeline" in words or re.match(r"step [\w-]+\(", text):
        return text
    if words & {"stage", "on"}:
        more = ("" if "on" in words else "on push\n") + ("" if "stage" in words else 'stage test { run "make" }\n')
    else:
        text, more = "stage test {\n" + text + 'run "last"\n}\n', "on push\n"
    declared = "".join(f"secret {name}\n" for name in sorted(set(re.findall(r"secrets\.(\w+)", text))))
    declared += "environment production\n" if "in production" in text else ""
    return declared + "pipeline ci {\n" + more + text + "}\n"


def page(head):
    rows = "".join(f"| [`{name}`](#{name}) | {title} |\n" for _, name, _, title in rules())
    out = head + "| rule | speaks of a |\n|---|---|\n" + rows
    for _, name, function, _ in rules():
        text = parts(opening(function))
        out += f"\n### {name}\n\n{one_line(text['What'])} {one_line(text['Why'])}\n\n{fenced(text['Example'])}\nInstead:\n\n{fenced(text['Instead'])}"
    return out


class House(unittest.TestCase):
    def test_same_name_all_the_way(self):
        files = {path.stem for path in (ROOT / "compiler/lint/rules").glob("*.cpp")}
        self.assertEqual(files, {function for _, _, function, _ in rules()})
        for name, spelled, function, _ in rules():
            self.assertEqual(spelled.replace("-", "_"), function)
            self.assertIn(f"DIAGNOSTIC({name},", (ROOT / f"compiler/lint/rules/{function}.cpp").read_text())

    def test_at_least_twenty_rules(self):
        self.assertGreaterEqual(len(rules()), 20)

    def test_every_rule_says_what_why_example_instead(self):
        for _, name, function, _ in rules():
            self.assertEqual(list(parts(opening(function))), ["What", "Why", "Example", "Instead"], name)

    def test_every_rule_has_a_golden_in_which_it_speaks(self):
        for _, name, function, _ in rules():
            golden = (ROOT / f"tests/golden/lint/{function}.pipe").read_text()
            self.assertIn(f" warning[{name}]: ", golden)
            self.assertNotIn(" error[", golden)

    def test_page(self):
        text = PAGE.read_text()
        self.assertEqual(text, page(text.split("| rule | speaks of a |")[0]), "run tests/docs/lint.py --update")


class Lint(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        (self.folder / ".git").mkdir()

    def sluice(self, *arguments, status, stdin=""):
        result = subprocess.run([SLUICE, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, timeout=60,
                                input=stdin, env=os.environ | {"NO_COLOR": "1"})
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def test_examples_and_library_are_clean(self):
        files = [path for path in sorted((ROOT / "examples").rglob("*.pipe")) + sorted((ROOT / "stdlib").glob("*.pipe"))
                 if not path.read_text().startswith("// sketch:")]
        self.assertGreater(len(files), 5)
        self.assertIn("nothing to say", self.sluice("lint", *files, status=0))

    def test_every_file_of_the_repository(self):
        self.write("a.pipe", GOOD)
        self.write("deep/b.pipe", UNUSED)
        self.assertIn("deep/b.pipe:3:5", self.sluice("lint", status=1))

    def test_errors_come_first(self):
        self.write("a.pipe", "let unused = 1\n" + GOOD.replace("run", "rnu"))
        told = self.sluice("lint", "a.pipe", status=1)
        self.assertIn("S0201", told)
        self.assertNotIn("unused-let", told)

    def test_standard_input(self):
        self.assertIn("<stdin>:3:5", self.sluice("lint", "-", status=1, stdin=UNUSED))
        self.assertIn("cannot be mended", self.sluice("lint", "--fix", "-", status=2, stdin=UNUSED))

    def test_missing_file(self):
        self.assertIn("No such file", self.sluice("lint", "missing.pipe", status=2))

    def test_formats(self):
        self.write("a.pipe", UNUSED)
        log = json.loads(self.sluice("lint", "--format", "sarif", status=1))
        result, = log["runs"][0]["results"]
        self.assertEqual((result["ruleId"], result["level"]), ("unused-let", "warning"))
        rule, = log["runs"][0]["tool"]["driver"]["rules"]
        self.assertEqual(rule["fullDescription"]["text"], "A `let` is read nowhere in its file.")
        self.assertTrue(self.sluice("lint", "--format", "github", status=1).startswith(
            "::warning file=a.pipe,line=3,endLine=3,col=5,endColumn=6,title=unused-let `let` that nobody reads::"))
        self.assertEqual(json.loads(self.sluice("lint", "--format", "json", status=1))["code"], "unused-let")

    def test_explain_prints_the_opening_comment(self):
        for _, name, function, title in rules():
            self.assertEqual(self.sluice("explain", name, status=0), f"{name}: {title} (warning)\n\n{opening(function)}")
        self.assertIn("did you mean `unused-let`?", self.sluice("explain", "Unused-Lett", status=2))

    def test_every_example_fires_and_what_stands_instead_does_not(self):
        for _, name, function, _ in rules():
            for label, text in parts(opening(function)).items():
                if label in ("What", "Why"):
                    continue
                told = subprocess.run([SLUICE, "lint", "--format", "json", "-"], capture_output=True, text=True, timeout=60,
                                      input=whole(text)).stdout
                found = [json.loads(line) for line in told.splitlines()]
                self.assertEqual([one["message"] for one in found if one["severity"] == "error"], [], f"{name} {label}")
                self.assertEqual(name in {one["code"] for one in found}, label == "Example", f"{name} {label}")

    # ---- --fix

    def test_fix_goes_on_until_nothing_is_left(self):
        path = self.write("a.pipe", UNUSED)
        self.assertIn("mended 2 findings in a.pipe", self.sluice("lint", "--fix", status=0))
        self.assertEqual(path.read_text(), GOOD)

    def test_fix_keeps_the_mode_and_a_link(self):
        path = self.write("a.pipe", UNUSED)
        path.chmod(0o750)
        (self.folder / "link.pipe").symlink_to("a.pipe")
        self.sluice("lint", "--fix", "link.pipe", status=0)
        self.assertTrue((self.folder / "link.pipe").is_symlink())
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o750)
        self.assertEqual(path.read_text(), GOOD)
        self.assertEqual(sorted(one.name for one in self.folder.iterdir()), [".git", "a.pipe", "link.pipe"])

    def test_fix_mends_many_files_and_tells_the_rest(self):
        paths = [self.write(f"{index}.pipe", UNUSED) for index in range(3)]
        self.write("rest.pipe", GOOD.replace("run", 'when true { run "x" }; run'))
        self.assertIn("constant-condition", self.sluice("lint", "--fix", status=1))
        self.assertEqual({path.read_text() for path in paths}, {GOOD})

    def test_fix_leaves_a_file_with_errors_alone(self):
        text = UNUSED.replace("run", "rnu")
        path = self.write("a.pipe", text)
        self.sluice("lint", "--fix", status=1)
        self.assertEqual(path.read_text(), text)

    def test_a_file_that_changed_meanwhile_is_left_alone(self):
        path = self.folder / "a.pipe"
        os.mkfifo(path)

        def feed():
            for text in (UNUSED, GOOD):
                with open(path, "w") as file:
                    file.write(text)
                # Its reader must be gone before the next text comes.
                time.sleep(0.5)

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        self.assertIn("`a.pipe` changed meanwhile and is left alone", self.sluice("lint", "--fix", "a.pipe", status=2))
        self.assertTrue(stat.S_ISFIFO(path.stat().st_mode))
        feeder.join(10)

    def test_nothing_to_mend_touches_nothing(self):
        path = self.write("a.pipe", GOOD)
        before = path.stat()
        self.sluice("lint", "--fix", status=0)
        self.assertEqual((path.stat().st_ino, path.stat().st_mtime_ns), (before.st_ino, before.st_mtime_ns))

    def test_every_fix_of_the_goldens(self):
        sys.path.insert(0, str(ROOT / "tests/golden"))
        import messages
        mended = 0
        for golden in sorted((ROOT / "tests/golden/lint").glob("*.pipe")):
            path = self.write(golden.name, messages.strip(golden.read_text()))
            before = [json.loads(line) for line in self.sluice("lint", "--format", "json", path.name, status=1).splitlines()]
            if not any(one["fixes"] for one in before):
                continue
            mended += 1
            result = subprocess.run([SLUICE, "lint", "--fix", "--format", "json", path.name], cwd=self.folder,
                                    capture_output=True, text=True, timeout=60)
            after = [json.loads(line) for line in result.stdout.splitlines()]
            self.assertFalse([one for one in after if one["fixes"]], golden.name)
            self.assertLess(len(after), len(before), golden.name)
            self.assertNotIn("error", {one["severity"] for one in after}, golden.name)
        self.assertGreaterEqual(mended, 5)

    # ---- // allow

    def test_allowed_on_its_line_or_the_one_before(self):
        script = '    run """\n      make\n      curl https://example.com/a -o a\n      """{}\n'
        for text in ("    // allow(unchecked-download) a mirror\n" + script.format(""),
                     "    // allow(unchecked-download) a mirror\n\n    // more of it\n" + script.format(""),
                     script.format("  // allow(unchecked-download) a mirror")):
            self.write("a.pipe", "pipeline ci {\n  on push\n  stage test {\n" + text + "  }\n}\n")
            self.sluice("lint", "a.pipe", status=0)

    def test_allowed_is_one_rule_in_one_place(self):
        self.write("a.pipe", "// allow(unused-let) kept for later\nlet a = 1\nlet b = 2\n" + GOOD)
        told = self.sluice("lint", "a.pipe", status=1)
        self.assertIn("nothing reads `b`", told)
        self.assertNotIn("nothing reads `a`", told)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", default=SLUICE)
    parser.add_argument("--update", action="store_true")
    options, rest = parser.parse_known_args()
    SLUICE = os.path.abspath(options.sluice)
    if options.update:
        PAGE.write_text(page(PAGE.read_text().split("| rule | speaks of a |")[0]))
    unittest.main(argv=[sys.argv[0], *rest])

#!/usr/bin/env python3
"""misuse.py --sluice PATH: bad input and a bad world. The exit status is 1 for findings and 2 for misuse or the outside
failing; the message says what is wrong; nothing crashes."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SLUICE = str(ROOT / "build/release/sluice")
GOOD = 'pipeline ci {\n  on push\n  stage test { run "true" }\n}\n'


class Misuse(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        (self.folder / "ci.pipe").write_text(GOOD)

    def sluice(self, *arguments, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, **options):
        result = subprocess.run([SLUICE, *arguments], cwd=self.folder, stdout=stdout, stderr=subprocess.PIPE, stdin=stdin,
                                timeout=60, text=True, errors="replace", env=os.environ | {"NO_COLOR": "1"}, **options)
        self.assertIn(result.returncode, (0, 1, 2), result.stderr[-2000:])
        self.assertNotIn("internal error", result.stderr)
        return result

    def tells(self, status, *parts, arguments, **options):
        result = self.sluice(*arguments, **options)
        said = (result.stdout or "") + result.stderr
        self.assertEqual(result.returncode, status, said[-2000:])
        for part in parts:
            self.assertIn(part, said[-4000:])
        return said

    def test_a_revision_is_compared_with_its_own_modules(self):
        """Of another revision the module beside the file is the one of then; the repository stays as it is."""
        self.write('use "./parts.pipe"\npipeline ci {\n  on push\n  stage test { parts.work() }\n}\n', "ci.pipe")
        self.write('step work() { run "make" }\n', "parts.pipe")
        git = ["git", "-C", self.folder, "-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "one"]):
            subprocess.run([*git, *command], check=True)
        self.write('step work() { run "make all" { allow-failure } }\n', "parts.pipe")
        self.tells(1, "failure-allowed", arguments=["diff", "HEAD:ci.pipe", "ci.pipe"])
        self.tells(0, "both mean the same", arguments=["diff", "HEAD:ci.pipe", "HEAD:ci.pipe"])
        self.tells(2, "git has no revision `nowhere`", arguments=["diff", "nowhere:ci.pipe", "ci.pipe"])
        self.tells(2, "cannot read", arguments=["diff", "HEAD:gone.pipe", "ci.pipe"])
        status = subprocess.run([*git, "status", "--porcelain"], check=True, capture_output=True, text=True).stdout
        self.assertEqual(status, " M parts.pipe\n")

    def write(self, text, name="bad.pipe"):
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    def test_no_command(self):
        self.tells(2, arguments=[])

    def test_unknown_command(self):
        self.tells(2, "did you mean `check`?", arguments=["chek", "ci.pipe"])

    def test_unknown_option(self):
        self.tells(2, "--formt", arguments=["check", "--formt", "json", "ci.pipe"])

    def test_unknown_format(self):
        self.tells(2, "yaml", arguments=["graph", "--format", "yaml", "ci.pipe"])

    def test_option_without_value(self):
        self.tells(2, "--format", arguments=["check", "--format"])

    def test_missing_file(self):
        for command in (["check"], ["emit"], ["graph"], ["run"], ["fmt"]):
            self.tells(2, "missing.pipe", "No such file", arguments=[*command, "missing.pipe"])

    def test_folder_as_file(self):
        (self.folder / "folder").mkdir()
        for command in (["check"], ["emit"], ["graph"], ["run"], ["fmt"]):
            self.tells(2, "folder", "s a directory", arguments=[*command, "folder"])

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_unreadable_file(self):
        (self.folder / "ci.pipe").chmod(0)
        self.tells(2, "Permission denied", arguments=["check", "ci.pipe"])

    def test_empty_file(self):
        self.sluice("check", self.write(""))
        self.tells(2, "S0004", arguments=["run", "bad.pipe"])

    def test_no_files_at_all(self):
        (self.folder / "ci.pipe").unlink()
        self.tells(2, "no `.pipe` file", arguments=["check"])

    def test_nul_bytes(self):
        self.tells(1, "NUL", "S0002", arguments=["check", self.write(GOOD.replace("true", "tr\0e"))])

    def test_invalid_utf8(self):
        self.tells(1, "UTF-8", "S0002", arguments=["check", self.write(b"pipeline \xff\xfe {\n}\n")])

    def test_random_bytes(self):
        self.tells(1, arguments=["check", self.write(bytes(range(256)) * 100)])

    def test_windows_line_endings_and_byte_order_mark(self):
        self.tells(0, arguments=["check", self.write(GOOD.replace("\n", "\r\n"))])
        self.assertIn(self.sluice("check", self.write("\ufeff" + GOOD)).returncode, (0, 1))

    def test_large_file(self):
        stages = "".join(f'  stage s{i} {{ run "echo {"x" * 900}" }}\n' for i in range(11000))
        self.tells(0, arguments=["check", self.write("pipeline ci {\n  on push\n" + stages + "}\n")])

    def test_ten_megabytes_of_one_string(self):
        self.sluice("check", self.write('let x = "' + "x" * 10_000_000 + '"\n' + GOOD))

    def test_ten_thousand_mistakes(self):
        self.tells(1, "S0201", arguments=["check", self.write("pipeline ci {\n" + '  rnu "x"\n' * 10000 + "}\n")])

    def test_deep_nesting(self):
        for opening, closing in ("()", "[]", ("{\n", "}\n"), ("!", ""), ("if true {\n", "}\n"), ("f(", ")"), ("a.", "")):
            text = "let x = " + opening * 10000 + "1" + closing * 10000 + "\n" + GOOD
            self.tells(1, arguments=["check", self.write(text)])
            self.sluice("fmt", "--check", "bad.pipe")

    def test_deep_blocks(self):
        text = "pipeline ci {\non push\nstage a {\n" + 'if true {\n' * 10000 + 'run "x"\n' + "}\n" * 10002
        self.tells(1, "S0105", arguments=["check", self.write(text)])

    def test_a_shell_that_is_not_there(self):
        name = self.write(GOOD.replace('run "true"', 'run "true" { shell zsh-none }'))
        self.tells(1, "zsh-none", arguments=["run", name])

    def test_a_full_disk(self):
        with open("/dev/full", "w") as full:
            for arguments in (["graph", "ci.pipe"], ["graph", "--format", "svg", "ci.pipe"], ["fmt", "-"]):
                with open(self.folder / "ci.pipe") as text:
                    self.tells(2, "No space left", arguments=arguments, stdout=full, stdin=text)

    def test_a_closed_output(self):
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "w") as closed:
            result = subprocess.run([SLUICE, "graph", "ci.pipe"], cwd=self.folder, stdout=closed, stderr=subprocess.PIPE,
                                    text=True, timeout=60)
        self.assertIn(result.returncode, (2, -13), result.stderr)

    def test_a_folder_that_cannot_be_written(self):
        self.write("not a folder", "out")
        self.tells(2, "cannot write", arguments=["emit", "ci.pipe", "-o", "out"])
        self.tells(2, "cannot write", arguments=["emit", "ci.pipe", "-o", "/proc/nowhere"])

    def test_two_pipelines_for_one_workflow(self):
        self.write(GOOD, "other.pipe")
        self.tells(2, "two pipelines", arguments=["emit", "ci.pipe", "other.pipe", "-o", "out"])
        self.assertFalse((self.folder / "out").exists())

    def test_an_unknown_pipeline(self):
        self.tells(2, "nightly", arguments=["graph", "ci.pipe", "nightly"])
        self.tells(2, "nightly", arguments=["run", "ci.pipe", "nightly"])

    def test_inputs_that_are_none(self):
        self.tells(2, "nmae", arguments=["run", "ci.pipe", "--input", "nmae=x"])
        self.tells(2, arguments=["run", "ci.pipe", "--input", "x"])
        self.tells(2, arguments=["run", "ci.pipe", "--jobs", "0"])
        self.tells(2, arguments=["run", "ci.pipe", "--jobs", "many"])

    def test_an_event_that_does_not_start_it(self):
        self.tells(2, "nothing", arguments=["run", "ci.pipe", "--event", "nothing"])
        self.tells(2, "missing.json", arguments=["run", "ci.pipe", "--event-file", "missing.json"])
        self.write("{", "event.json")
        self.tells(2, "event.json", arguments=["run", "ci.pipe", "--event-file", "event.json"])

    def test_an_unknown_stage(self):
        self.tells(2, "tets", arguments=["run", "ci.pipe", "--only", "tets"])

    def test_actions_that_are_nowhere(self):
        self.tells(2, "`--actions nowhere` is no folder", arguments=["run", "ci.pipe", "--actions", "nowhere"])

    def test_an_action_without_a_container_engine(self):
        programs = self.folder / "programs"
        programs.mkdir()
        (self.folder / "action.yml").write_text("runs: { using: docker, image: Dockerfile }\n")
        name = self.write('pipeline ci {\n  on push\n  stage a {\n    run "touch started"\n    checkout()\n    uses "./"\n  }\n}\n')
        before, os.environ["PATH"] = os.environ["PATH"], str(programs)
        try:
            self.tells(2, "S0601", "no container engine answers here", arguments=["run", name])
        finally:
            os.environ["PATH"] = before
        self.assertFalse((self.folder / ".sluice").exists())

    def test_standard_input(self):
        with open(self.folder / "ci.pipe") as text:
            self.tells(0, arguments=["check", "-"], stdin=text)
        self.sluice("check", "-")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sluice", default=SLUICE)
    options, rest = parser.parse_known_args()
    SLUICE = os.path.abspath(options.sluice)
    unittest.main(argv=[sys.argv[0], *rest])

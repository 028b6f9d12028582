#!/usr/bin/env python3
"""The test of run.py, against a stand-in for the compiler: what it says and makes is compared, and can be rewritten."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
# Reports the word `wrong` as an error and `odd` as a warning; emits its own input.
STAND_IN = """#!%s
import json, pathlib, sys
path = next(a for a in sys.argv if a.endswith(".pipe"))
text = pathlib.Path(path).read_text()
found = []
for number, line in enumerate(text.split("\\n"), 1):
    for word, severity in (("wrong", "error"), ("odd", "warning")):
        column = line.encode().find(word.encode()) + 1
        if column:
            place = dict(file=path, line=number, column=column, end_line=number, end_column=column + len(word))
            found.append(dict(place, code="S0001", severity=severity, message="seen `%%s`" %% word, help="mend it",
                              notes=[dict(place, line=1, column=1, end_line=1, end_column=9, message="from here")],
                              fixes=[dict(place, replacement="right")]))
errors = any(one["severity"] == "error" for one in found)
if sys.argv[1] == "check":
    print("".join(json.dumps(one) + "\\n" for one in found), end="")
elif sys.argv[1] == "emit" and not errors:
    out = pathlib.Path(sys.argv[sys.argv.index("-o") + 1], "ci.yml")
    out.parent.mkdir()
    out.write_text(text)
elif sys.argv[1] == "run":
    print("stage test failed after 1.25 s in", pathlib.Path.cwd())
    sys.exit(1)
sys.exit(1 if errors else 0)
""" % sys.executable
PLAIN = 'pipeline ci {\n  stage é wrong {\nodd\n   odd\n}\n'
MARKED = """pipeline ci {
//@1-9 note: from here
//@1-9 note: from here
//@1-9 note: from here
  stage é wrong {
//        ^^^^^ error[S0001]: seen `wrong`
//  = help: mend it
//  = fix: `right`
odd
//@1-4 warning[S0001]: seen `odd`
//  = help: mend it
//  = fix: `right`
   odd
// ^^^ warning[S0001]: seen `odd`
//  = help: mend it
//  = fix: `right`
}
"""


class Runner(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for module in ("run.py", "messages.py", "passes.py"):
            shutil.copy(HERE / module, self.folder)
        self.sluice = self.folder / "sluice"
        self.sluice.write_text(STAND_IN)
        self.sluice.chmod(0o755)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def golden(self, *arguments):
        result = subprocess.run([sys.executable, self.folder / "run.py", "--sluice", self.sluice, *arguments],
                                capture_output=True, text=True)
        self.assertEqual(result.stderr, "")
        return result.returncode, result.stdout

    def test_messages_are_written_compared_and_stripped(self):
        case = self.write("check/a.pipe", PLAIN)
        self.assertEqual(self.golden("check")[0], 1)
        self.assertEqual(self.golden("--update", "check/a")[0], 0)
        self.assertEqual(case.read_text(), MARKED)
        self.assertEqual(self.golden("check")[0], 0)

    def test_a_message_too_many_or_too_few_fails(self):
        for text in (MARKED.replace("//@1-4 warning[S0001]: seen `odd`\n", ""), MARKED.replace("   odd\n", "   even\n"),
                     MARKED.replace("//        ^^^^^ ", "//       ^^^^^^ ")):
            self.write("check/a.pipe", text)
            status, output = self.golden()
            self.assertEqual(status, 1, text)
            self.assertIn("0 passed, 1 failed", output)

    def test_outputs_missing_different_or_no_longer_made_fail(self):
        self.write("emit/a.pipe", "pipeline ci {}\n")
        self.assertEqual(self.golden("emit")[0], 1)
        self.assertEqual(self.golden("emit", "--update")[0], 0)
        self.assertEqual((self.folder / "emit/a.yml").read_text(), "pipeline ci {}\n")
        self.assertEqual(self.golden("emit")[0], 0)
        self.write("emit/a.yml", "other\n")
        self.assertEqual(self.golden("emit")[0], 1)
        self.write("emit/a.pipe", "wrong\n")
        self.golden("emit", "--update")
        self.assertFalse((self.folder / "emit/a.yml").exists())
        self.assertEqual(self.golden("emit")[0], 0)

    def test_a_run_is_compared_without_durations_and_folders(self):
        self.write("run/a.pipe", "pipeline ci {}\n")
        self.golden("run", "--update")
        self.assertEqual((self.folder / "run/a.out").read_text(),
                         "stage test failed after <t> in <folder>\nexit status 1\n")
        self.assertEqual(self.golden("run")[0], 0)

    def test_a_crash_fails_and_is_never_recorded(self):
        self.sluice.write_text("#!/bin/sh\nkill -SEGV $$\n")
        self.write("check/a.pipe", "pipeline ci {}\n")
        status, output = self.golden("--update")
        self.assertEqual(status, 1)
        self.assertIn("exit status -11", output)

    def test_no_case_is_a_failure(self):
        result = subprocess.run([sys.executable, self.folder / "run.py", "nothing"], capture_output=True)
        self.assertEqual(result.returncode, 1)


if __name__ == "__main__":
    unittest.main()

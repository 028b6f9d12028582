#!/usr/bin/env python3
"""The test of validate.py: a sound workflow passes, and each validator finds what is planted for it alone."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SOUND = (HERE / "sound.yml").read_text()


class Validate(unittest.TestCase):
    def findings(self, text):
        """The names of the validators that found something, and what all of them printed."""
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "ci.yml").write_text(text)
            result = subprocess.run([sys.executable, HERE / "validate.py", folder], capture_output=True, text=True)
        names = {name for name in ("GitHub's parser", "actionlint", "zizmor") if f"{name}: no finding" not in result.stdout}
        self.assertEqual(result.returncode, 1 if names else 0, result.stdout + result.stderr)
        return names, result.stdout + result.stderr

    def check(self, old, new, names):
        self.assertIn(old, SOUND)
        found, output = self.findings(SOUND.replace(old, new))
        self.assertEqual(found, names, output)

    def test_sound(self):
        self.check("name: CI", "name: CI", set())

    def test_each_validator_counts(self):
        self.check("name: CI\n", "name: CI\nunknown: 1\n", {"GitHub's parser", "actionlint"})
        self.check('echo "$REF"', "echo $REF", {"actionlint"})
        self.check("permissions: {}\n", "", {"zizmor"})

    def test_a_warning_of_githubs_parser_counts(self):
        found, output = self.findings(SOUND.replace("${{ github.ref }}", "${{ github.nonsense }}"))
        self.assertIn("GitHub's parser", found)
        self.assertIn("warning: Context access might be invalid", output)

    def test_no_workflow_is_a_failure(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(subprocess.run([sys.executable, HERE / "validate.py", folder], capture_output=True).returncode, 1)


if __name__ == "__main__":
    unittest.main()

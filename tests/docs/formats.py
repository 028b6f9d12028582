#!/usr/bin/env python3
"""formats.py --sluice PATH: what `check --format sarif|github` and `explain` print. SARIF is held to the rules of version
2.1.0 that a reader relies on, for every failing example of docs/diagnostics.md."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

import diagnostics

ROOT = pathlib.Path(__file__).resolve().parents[2]
SLUICE = str(ROOT / "build/release/sluice")
BROKEN = 'pipeline ci {{\n  on push\n  stage lint {{ run "x" }}\n{}  stage test after lnt {{ run "y" }}\n}}\n'


def failing_examples():
    """(code, text) of each example that is one file."""
    guide = (ROOT / "docs/diagnostics.md").read_text()
    for code, _, text in diagnostics.sections(guide):
        examples = diagnostics.EXAMPLE.findall(text)
        if any(kind.startswith("file") for kind, _, _ in examples):
            continue
        for kind, _, example in examples:
            if kind == "fail" and not code.startswith("S05"):
                yield code, example


class Formats(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        (self.folder / ".git").mkdir()

    def sluice(self, *arguments, folder=None, status=None):
        result = subprocess.run([SLUICE, *arguments], cwd=folder or self.folder, capture_output=True, text=True,
                                timeout=60, stdin=subprocess.DEVNULL, env=os.environ | {"NO_COLOR": "1"})
        if status is not None:
            self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result.stdout if status != 2 else result.stdout + result.stderr

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return name

    def sarif(self, *files, status=1, **options):
        log = json.loads(self.sluice("check", "--format", "sarif", *files, status=status, **options))
        self.is_sarif(log)
        return log["runs"][0]

    # ---- the structure

    def is_sarif(self, log):
        self.assertEqual(log["version"], "2.1.0")
        self.assertTrue(log["$schema"].endswith("sarif-2.1.0.json"))
        run, = log["runs"]
        self.assertEqual(run["columnKind"], "utf16CodeUnits")
        driver = run["tool"]["driver"]
        self.assertEqual(driver["name"], "sluice")
        ids = [rule["id"] for rule in driver["rules"]]
        self.assertEqual(len(ids), len(set(ids)))
        for rule in driver["rules"]:
            for part in ("shortDescription", "fullDescription", "help"):
                self.assertTrue(rule[part]["text"].strip(), rule)
            self.assertIn(rule["defaultConfiguration"]["level"], ("error", "warning", "note"))
        fingerprints = []
        for result in run["results"]:
            self.assertEqual(ids[result["ruleIndex"]], result["ruleId"])
            self.assertIn(result["level"], ("error", "warning", "note"))
            self.assertTrue(result["message"]["text"])
            for location in result.get("locations", []) + result.get("relatedLocations", []):
                self.is_location(location)
            for fix in result.get("fixes", []):
                self.is_fix(fix)
            fingerprints.append((json.dumps(result.get("locations", [{}])[0].get("physicalLocation", {}).get("artifactLocation")),
                                 result["partialFingerprints"]["primaryLocationLineHash"]))
        self.assertEqual(len(fingerprints), len(set(fingerprints)), "a fingerprint stands for two findings")

    def is_location(self, location):
        if "physicalLocation" in location:
            self.is_artifact(location["physicalLocation"]["artifactLocation"])
            self.is_region(location["physicalLocation"]["region"])
        else:
            self.assertTrue(location.get("logicalLocations") or location.get("message"), location)

    def is_artifact(self, artifact):
        self.assertEqual(artifact["uriBaseId"], "%SRCROOT%")
        self.assertRegex(artifact["uri"], r"^(?!/)([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$")

    def is_region(self, region):
        begin, end = (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])
        self.assertGreaterEqual(min(begin + end), 1)
        self.assertLessEqual(begin, end)

    def is_fix(self, fix):
        self.assertTrue(fix["description"]["text"])
        for change in fix["artifactChanges"]:
            self.is_artifact(change["artifactLocation"])
            self.assertTrue(change["replacements"])
            for replacement in change["replacements"]:
                self.is_region(replacement["deletedRegion"])
                self.assertIsInstance(replacement["insertedContent"]["text"], str)

    def test_every_failing_example(self):
        names = {}
        # What shellcheck says is asked for with `--scripts` alone, S06xx is what a run says, S0701 and S0702 are what
        # simulations say.
        told = [one for one in failing_examples()
                if one[0] not in ("S0450", "S0453", "S0454", "S0701", "S0702") and not one[0].startswith("S06")]
        for index, (code, text) in enumerate(told):
            names[self.write(f"example-{index:03}.pipe", text)] = code
        run = self.sarif(*names)
        found = {}
        for result in run["results"]:
            for location in result["locations"]:
                found.setdefault(location["physicalLocation"]["artifactLocation"]["uri"], set()).add(result["ruleId"])
        self.assertEqual(found, {name: {code} for name, code in names.items()})

    # ---- places

    def test_paths_are_relative_to_the_project(self):
        self.write("deep/er/a b.pipe", BROKEN.format(""))
        for where, name in ((self.folder, "deep/er/a b.pipe"), (self.folder / "deep", "er/a b.pipe"),
                            (self.folder / "deep", str(self.folder / "deep/er/a b.pipe"))):
            result, = self.sarif(name, folder=where)["results"]
            uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            self.assertEqual(urllib.parse.unquote(uri), "deep/er/a b.pipe")
            self.assertIn("%20", uri)

    def test_columns_are_utf16(self):
        self.write("a.pipe", BROKEN.format("").replace("stage test", 'stage test "é𝄞"'))
        result, = self.sarif("a.pipe")["results"]
        region = result["locations"][0]["physicalLocation"]["region"]
        line = (self.folder / "a.pipe").read_text().splitlines()[region["startLine"] - 1]
        units = line.encode("utf-16-le")
        self.assertEqual(units[2 * region["startColumn"] - 2:2 * region["endColumn"] - 2].decode("utf-16-le"), "lnt")

    def test_fix_mends_the_text(self):
        self.write("a.pipe", BROKEN.format(""))
        result, = self.sarif("a.pipe")["results"]
        replacement, = result["fixes"][0]["artifactChanges"][0]["replacements"]
        self.assertEqual(replacement["insertedContent"]["text"], "lint")
        self.assertEqual(replacement["deletedRegion"], result["locations"][0]["physicalLocation"]["region"])

    def test_cause_is_a_related_location(self):
        self.write("a.pipe", 'pipeline ci {\n  on push\n  stage a { run "x" }\n  stage a { run "y" }\n}\n')
        result, = self.sarif("a.pipe")["results"]
        related, = result["relatedLocations"]
        self.assertEqual(related["physicalLocation"]["region"]["startLine"], 3)

    def test_no_file_has_no_location(self):
        result, = self.sarif("missing.pipe", status=2)["results"]
        self.assertEqual(result["ruleId"], "S0001")
        self.assertNotIn("locations", result)

    def test_nothing_found_is_a_log_too(self):
        self.write("a.pipe", 'pipeline ci {\n  on push\n  stage a { run "x" }\n}\n')
        self.assertEqual(self.sarif("a.pipe", status=0)["results"], [])

    # ---- fingerprints

    def prints(self, text):
        self.write("a.pipe", text)
        return [one["partialFingerprints"]["primaryLocationLineHash"] for one in self.sarif("a.pipe")["results"]]

    def test_fingerprint_stays_when_lines_move(self):
        before = self.prints(BROKEN.format(""))
        self.assertEqual(before, self.prints(BROKEN.format("\n  // new\n  stage more { run \"z\" }\n")))
        self.assertNotEqual(before, self.prints(BROKEN.format("").replace("lnt", "lnnt")))

    def test_equal_lines_are_told_apart(self):
        prints = self.prints(BROKEN.format("  stage a {\n    chekout()\n    chekout()\n  }\n"))
        self.assertEqual(len(set(prints)), 3, prints)
        self.assertEqual([one.split(":")[1] for one in prints], ["1", "2", "1"])

    # ---- GitHub's commands

    def test_github_command(self):
        self.write("a,b/c:d.pipe", BROKEN.format(""))
        text = self.sluice("check", "--format", "github", status=1)
        self.assertEqual(text, "::error file=a%2Cb/c%3Ad.pipe,line=4,endLine=4,col=20,endColumn=23,title=S0213 unknown stage::"
                               "there is no stage `lnt`%0Ahelp: did you mean `lint`?\n")

    def test_github_command_is_one_line_each(self):
        for index, (_, text) in enumerate(failing_examples()):
            name = self.write(f"{index}.pipe", text)
            for line in self.sluice("check", "--format", "github", name, status=None).splitlines():
                match = re.fullmatch(r"::(error|warning|notice) ([^:\n]*)::(.*)", line)
                self.assertTrue(match, line)
                keys = [pair.split("=")[0] for pair in match[2].split(",")]
                self.assertEqual(keys[0], "file")
                self.assertEqual(keys[-1], "title")

    # ---- explain

    def test_explain_every_code(self):
        listed = self.sluice("explain", status=0)
        for code, title, text in diagnostics.sections((ROOT / "docs/diagnostics.md").read_text()):
            self.assertRegex(listed, rf"(?m)^{code} +{re.escape(title)}$")
            told = self.sluice("explain", code, status=0)
            self.assertTrue(told.startswith(f"{code}: {title} ("), told)
            for _, _, example in diagnostics.EXAMPLE.findall(text):
                indented = "".join(f"    {line}\n" if line else "\n" for line in example.splitlines())
                self.assertIn(indented, told)

    def test_explain_without_case(self):
        self.assertEqual(self.sluice("explain", "s0213", status=0), self.sluice("explain", "S0213", status=0))

    def test_explain_unknown(self):
        self.assertIn("did you mean `S0213`?", self.sluice("explain", "S02133", status=2))
        self.assertIn("`sluice explain` lists them", self.sluice("explain", "nonsense-of-mine", status=2))

    def test_unknown_format(self):
        self.assertIn("xml", self.sluice("check", "--format", "xml", status=2))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sluice", default=SLUICE)
    options, rest = parser.parse_known_args()
    SLUICE = os.path.abspath(options.sluice)
    unittest.main(argv=[sys.argv[0], *rest])

#!/usr/bin/env python3
"""The test of check.py: a small sound tree passes, and each rule fires on one planted breach, and only that rule."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).with_name("check.py")
SOUND = {
    "CMakeLists.txt": "sluice_room(source compiler/source USES sluice_fmt)\n"
                      "sluice_room(syntax compiler/syntax USES source PRIVATELY taocpp::pegtl)\n"
                      "sluice_room(graph compiler/graph USES source)\n"
                      "sluice_room(runtime runtime USES sluice_fmt)\n",
    "compiler/source/span.h": "struct Span {};\n",
    "compiler/syntax/ast.h": '#include "source/span.h"\n',
    "compiler/syntax/parse.cpp": '#include <tao/pegtl.hpp>\n#include "grammar/productions.h"\n#include "syntax/ast.h"\n'
                                 'DIAGNOSTIC(UnknownWord, "{");\n',
    "compiler/graph/graph.h": '#include "source/span.h"\n',
    "compiler/diagnostics/kinds.def": 'DIAGNOSTIC_KIND(UnknownWord, 201, error, "unknown word")\n',
    "docs/diagnostics.md": "## S0201\n",
    "grammar/productions.h": "struct production {};\n" * 200,
    "runtime/plan.h": "struct Plan {};\n",
}


def function(lines):
    return "namespace a {\nclass B {\n  B(int x) : a_{x}, b_(f({x})) {\n" + '    g("}", \'{\');\n' * (lines - 2) + "  }\n};\n}\n"


class Check(unittest.TestCase):
    def run_check(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (SOUND | changes).items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            result = subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True)
        self.assertEqual(result.stderr, "")
        return result.returncode, result.stdout

    def fires(self, rule, changes):
        status, output = self.run_check(changes)
        rules = {line.split(": ")[1] for line in output.splitlines()[1:] if ": " in line}
        self.assertEqual((status, rules), (1, {rule}), output)

    def test_a_sound_tree_passes(self):
        status, output = self.run_check({"runtime/long.cpp": function(80), "runtime/wide.cpp": "x" * 120 + "\n"})
        self.assertEqual(status, 0, output)
        self.assertIn("1 functions over 40", output)

    def test_a_room_uses_only_what_it_names(self):
        self.fires("include", {"compiler/graph/graph.h": '#include "syntax/ast.h"\n'})
        self.fires("include", {"runtime/plan.h": '#include "source/span.h"\n'})
        self.fires("include", {"runtime/plan.h": '#include "../compiler/source/span.h"\n'})

    def test_a_room_stands_below_what_it_uses(self):
        early = "sluice_room(early compiler/early USES late)\n"
        self.fires("order", {"CMakeLists.txt": early + SOUND["CMakeLists.txt"]})

    def test_sizes(self):
        self.fires("file-size", {"runtime/plan.h": "\n" * 151})
        self.fires("file-size", {"runtime/plan.cpp": "\n" * 501})
        self.fires("file-size", {"grammar/productions.h": "\n" * 301})
        self.fires("line-length", {"runtime/plan.cpp": "x" * 121})
        self.fires("function-size", {"runtime/plan.cpp": function(81)})

    def test_one_file_includes_the_grammar(self):
        self.fires("pegtl", {"compiler/graph/other.cpp": '#include "grammar/productions.h"\n'})
        self.fires("pegtl", {"compiler/syntax/parse.cpp": 'DIAGNOSTIC(UnknownWord, "x");\n',
                             "compiler/syntax/ast.h": "#include <tao/pegtl.hpp>\n"})

    def test_diagnostics_are_used_and_described(self):
        self.fires("diagnostic", {"docs/diagnostics.md": ""})
        self.fires("diagnostic", {"compiler/syntax/parse.cpp": ""})


if __name__ == "__main__":
    unittest.main()

// The canonical form: what stays, what changes, and that nothing is lost.
#include "format/format.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>

#include "../syntax/tree.h"

using sluice::tests::dump;
using sluice::tests::Parsed;

namespace {

std::string formatted(const std::string& text) {
  Parsed parsed(text);
  INFO(text);
  REQUIRE(parsed.diagnostics().empty());
  std::string result = sluice::format::format(*parsed.file);
  INFO(result);
  Parsed again(result);
  REQUIRE(again.diagnostics().empty());
  CHECK(dump(*again.file) == dump(*parsed.file));
  CHECK(again.file->comments.size() == parsed.file->comments.size());
  CHECK(sluice::format::format(*again.file) == result);
  return result;
}

// Text of a stage's body, in a stage that is left out again.
std::string in_stage(const std::string& body) {
  std::string result = formatted("pipeline p {\n  stage s {\n" + body + "\n  }\n}\n");
  std::string open = "pipeline p {\n  stage s {\n";
  REQUIRE(result.substr(0, open.size()) == open);
  std::string inner = result.substr(open.size(), result.size() - open.size() - std::string("  }\n}\n").size());
  std::string text;
  for (std::size_t from = 0, to = 0; from < inner.size(); from = to + 1) {
    to = inner.find('\n', from);
    text += inner.substr(std::min(from + 4, to), to - std::min(from + 4, to)) + "\n";
  }
  return text;
}

void stays(const std::string& text) { CHECK(formatted(text) == text); }

}  // namespace

TEST_CASE("blanks, separators and quotes take one form", "[format]") {
  CHECK(formatted("let   a=\"x\" ;let b = 'y'\n\n\n\nlet c=[ 1,2, ]") ==
        "let a = \"x\"\nlet b = \"y\"\n\nlet c = [1, 2]\n");
  CHECK(in_stage("env{A:1;B: 2,}") == "env { A: 1, B: 2 }\n");
  CHECK(in_stage("run  \"x\"   {allow-failure;timeout 5m}") == "run \"x\" { allow-failure; timeout 5m }\n");
  CHECK(formatted("let a = ( 1  +  2 ) *  3\n") == "let a = (1 + 2) * 3\n");
  CHECK(formatted("let a = (  b&&c )||!  d\n") == "let a = (b && c) || !d\n");
}

TEST_CASE("quotes that would need escapes stay single", "[format]") {
  stays("let a = 'say \"x\"'\nlet b = 'a\\b'\nlet c = 'a ${{ b }}'\n");
  CHECK(formatted("let a = 'it''s'\n") == "let a = \"it's\"\n");
  CHECK(formatted("let a = \"${{f('x')}}\"\n") == "let a = \"${{ f('x') }}\"\n");
  CHECK(in_stage("env { 'a b': 1 }") == "env { \"a b\": 1 }\n");
}

TEST_CASE("blocks keep the author's lines where they fit", "[format]") {
  stays("step s { run \"x\" }\n\nstep t {\n  run \"x\"\n}\n\nstep u { }\n");
  CHECK(formatted("step s {\n\n\n  run \"x\"\n\n\n\n  run \"y\"\n\n}\nstep t {\n}\n") ==
        "step s {\n  run \"x\"\n\n  run \"y\"\n}\n\nstep t { }\n");
  std::string word(40, 'x');
  CHECK(formatted("step s { run \"" + word + "\"; run \"" + word + "\" }\n") ==
        "step s {\n  run \"" + word + "\"\n  run \"" + word + "\"\n}\n");
}

TEST_CASE("headers have their clauses in order and break before them", "[format]") {
  CHECK(formatted("pipeline p {\n  stage s when always() after a,b in e { run \"x\" }\n}\n") ==
        "pipeline p {\n  stage s after a, b in e when always() { run \"x\" }\n}\n");
  CHECK(formatted("pipeline p {\n  stage s\n after a // why\n\n  when always() { run \"x\" }\n}\n") ==
        "pipeline p {\n  stage s\n      after a  // why\n      when always() { run \"x\" }\n}\n");
  std::string title(80, 't');
  stays("pipeline p {\n  stage s \"" + title +
        "\"\n      after a, b\n      when x == \"y\" {\n    run \"z\"\n  }\n}\n");
  CHECK(formatted("pipeline p {\n notify when a on failure { run \"x\" }\n}\n") ==
        "pipeline p {\n  notify on failure when a { run \"x\" }\n}\n");
}

TEST_CASE("a header may break right behind its word", "[format]") {
  std::string name(90, 'n');
  stays("pipeline p {\n  notify\n      in e\n      when " + name + " {\n    run \"x\"\n  }\n}\n");
}

TEST_CASE("a line that would become a clause is kept apart", "[format]") {
  stays("step s {\n  step t -> string;\n  when a { run \"x\" }\n  notify.slack(\"a\")\n  when b { run \"x\" }\n}\n");
}

TEST_CASE("long lists break one by one, and lists on several lines stay so", "[format]") {
  std::string word(45, 'w');
  CHECK(formatted("let a = [\"" + word + "\", \"" + word + "\"]\n") ==
        "let a = [\n  \"" + word + "\",\n  \"" + word + "\",\n]\n");
  stays("let a = [\n  1,\n\n  2,\n]\nlet b = f(x, [\n  1,\n  2,\n])\nlet c = f(\n  a: 1,\n  b: { x: 1, y: [] },\n)\n");
  CHECK(in_stage("matrix { include: [{\n os: 1; b: 2\n}] }") ==
        "matrix {\n  include: [{\n    os: 1\n    b: 2\n  }]\n}\n");
  CHECK(formatted("step f(\n  a: string,\n  b: list<string> = []) { run \"x\" }\n") ==
        "step f(\n  a: string,\n  b: list<string> = [],\n) { run \"x\" }\n");
  stays("step f(b: enum(), a: enum(\n  \"x\",\n  \"y\",\n)) { }\n");
  CHECK(in_stage("output x: { a: number\n b: secret string? }") ==
        "output x: {\n  a: number\n  b: secret string?\n}\n");
}

TEST_CASE("long conditions break behind operators of one kind", "[format]") {
  std::string name(40, 'n');
  CHECK(in_stage("when " + name + " && a || " + name + " && !b { run \"x\" }") ==
        "when " + name + " && a ||\n    " + name + " && !b { run \"x\" }\n");
}

TEST_CASE("comments stay where they belong", "[format]") {
  stays("// first\n\n// second\nlet a = 1  // trailing\n\n// end\n");
  stays("step s {  // open\n  // own\n  run \"x\"   // one\n  run \"yy\"  // two\n  // last\n}  // close\n// end\n");
  stays("let a = [\n  // before\n  1,  // one\n  2,  // two\n  // after\n]\n");
  CHECK(formatted("; // c\nlet a = 1; // d\n , // e\n") == "// c\nlet a = 1  // d\n// e\n");
  stays("let a = f(  // open\n  b,\n  // last\n)\n");
  stays("step s {\n  if a {\n    run \"x\"\n  }\n  // otherwise\n  else {\n    run \"y\"\n  }\n}\n");
  CHECK(in_stage("if a { run \"x\" }\nelse { run \"y\" }") == "if a { run \"x\" } else { run \"y\" }\n");
  CHECK(formatted("let a = b && // why\n  c\n") == "let a = b &&  // why\n    c\n");
  CHECK(formatted("step s { }\n// about t\nstep t {\n}\nstep u {\n  run \"x\" }") ==
        "step s { }\n// about t\nstep t { }\n\nstep u {\n  run \"x\"\n}\n");
  CHECK(in_stage("matrix {\n os: [1] // c\n // d\n}") == "matrix {\n  os: [1]  // c\n  // d\n}\n");
}

TEST_CASE("comments in odd places move to the end of their line", "[format]") {
  CHECK(formatted("let a = f(x: // c\n 1)\n") == "let a = f(x: 1)  // c\n");
  CHECK(formatted("let a = \"${{ b // c\n }}\"\n") == "let a = \"${{ b }}\"  // c\n");
}

TEST_CASE("raw strings move with their statement and keep their text", "[format]") {
  CHECK(in_stage("run \"\"\"\n  one\n    two\n\n  three\n  \"\"\"") ==
        "run \"\"\"\n  one\n    two\n\n  three\n  \"\"\"\n");
  CHECK(in_stage("run \"\"\"\n   one\n   two\"\"\" {timeout 1m}") == "run \"\"\"\n  one\n  two\"\"\" { timeout 1m }\n");
  CHECK(in_stage("run \"\"\"one\ntwo ${{x}}\"\"\"") == "run \"\"\"\n  one\n  two ${{ x }}\"\"\"\n");
  CHECK(in_stage("run \"\"\"\"\n a \"\"\" b\n \"\"\"\" { allow-failure }") ==
        "run \"\"\"\"\n  a \"\"\" b\n  \"\"\"\" { allow-failure }\n");
  CHECK(in_stage("run \"\"\"one line\"\"\"") == "run \"\"\"one line\"\"\"\n");
  stays("step s {\n  run \"\"\"\n a ${{ f(\n 1) }}\n \"\"\"\n}\n");
}

TEST_CASE("line ends and the byte order mark are normalised", "[format]") {
  CHECK(formatted("\xEF\xBB\xBFlet a = 1 // c\r\n\r\n\r\nlet b = 2\r\n") == "let a = 1  // c\n\nlet b = 2\n");
  CHECK(formatted("") == "");
  CHECK(formatted("\n\n// c\n\n") == "// c\n");
}

TEST_CASE("what the repository holds is formatted without loss", "[format]") {
  std::vector<std::string> files;
  for (const char* folder : {"examples", "stdlib"})
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::string(SLUICE_SOURCE_FOLDER "/") + folder))
      if (entry.path().extension() == ".pipe") files.push_back(entry.path());
  for (const std::string& file : files) {
    INFO(file);
    formatted(sluice::tests::read_file(file));
  }
}

TEST_CASE("the examples of the language's documents are formatted without loss", "[format]") {
  // The design stands beside the repository on the machines where it is made; docs/ holds what users read.
  for (const char* file : {"/../shared/design/language.md", "/docs/language.md"}) {
    std::string text = sluice::tests::read_file(SLUICE_SOURCE_FOLDER + std::string(file));
    const std::string fence = "```pipe\n";
    for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at + 1)) {
      std::size_t begin = at + fence.size();
      formatted(text.substr(begin, text.find("```", begin) - begin));
    }
  }
}

TEST_CASE("ten thousand lines are formatted at once", "[format]") {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += "step s" + std::to_string(i) +
            "(a: string, b: list<string> = []) {\n  run \"x ${{ a }}\"  // why\n  run \"\"\"\n    one\n"
            "    two\n    \"\"\"\n  if a == \"x\" && b != [] {\n    call(a: a, b: [1, 2, 3])\n  }\n}\n";
  }
  Parsed parsed(text);
  auto begin = std::chrono::steady_clock::now();
  std::string result = sluice::format::format(*parsed.file);
  CHECK(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() < 1);
  CHECK(result.size() > text.size());
}

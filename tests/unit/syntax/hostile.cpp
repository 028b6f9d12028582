// Inputs that nobody writes on purpose: reading ends, soon, and says something sensible.
#include <catch2/catch.hpp>
#include <chrono>

#include "tree.h"

using sluice::tests::dump;
using sluice::tests::Parsed;

namespace {

std::string repeat(const std::string& text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

// The messages without their places.
std::size_t count_of(const Parsed& parsed, const std::string& code) {
  std::size_t count = 0;
  for (const auto* one : parsed.sink.sorted()) count += sluice::diagnostics::code(one->kind) == code;
  return count;
}

double seconds_to_read(const std::string& text) {
  auto begin = std::chrono::steady_clock::now();
  Parsed parsed(text);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

TEST_CASE("a file without statements is an empty file", "[syntax]") {
  for (const char* text : {"", "\n", "  \n\t\n", "// only\n/// comments", "\xEF\xBB\xBF", "\r\n\r\n"}) {
    Parsed parsed(text);
    CHECK(parsed.diagnostics().empty());
    CHECK(parsed.file->items.empty());
  }
  CHECK(Parsed("// only\n/// comments").file->comments.size() == 2);
}

TEST_CASE("line ends and a byte order mark change nothing", "[syntax]") {
  std::string text = "// why\nlet a = \"x\"\nstep s {\n  run \"\"\"\n    one\n      two\n    \"\"\"\n}\n";
  std::string windows;
  for (char c : text) windows += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(dump(*Parsed(windows).file) == dump(*Parsed(text).file));
  CHECK(dump(*Parsed("\xEF\xBB\xBF" + text).file) == dump(*Parsed(text).file));
  CHECK_FALSE(Parsed("\xEF\xBB\xBF" + text).file->comments.front().trailing);
}

TEST_CASE("ten thousand brackets are one mistake", "[syntax]") {
  for (const char* bracket : {"(", "[", "!", "f(", "a["}) {
    INFO(bracket);
    Parsed parsed("step s {\n  run [" + repeat(bracket, 10000) + "\n}\n\nlet b = 5x\n");
    CHECK(count_of(parsed, "S0105") == 1);
    CHECK(count_of(parsed, "S0106") == 1);
    CHECK(parsed.sink.error_count() == 2);
  }
}

TEST_CASE("ten thousand maps are one mistake", "[syntax]") {
  Parsed parsed("step s {\n  run [" + repeat("{ a: ", 10000) + "\n}\n");
  CHECK(count_of(parsed, "S0105") == 1);
  CHECK(parsed.sink.error_count() == 1);
}

TEST_CASE("ten thousand blocks are one mistake", "[syntax]") {
  Parsed closed(repeat("step s {\n", 10000) + repeat("}\n", 10000) + "let b = 5x\n");
  CHECK(count_of(closed, "S0105") == 1);
  CHECK(count_of(closed, "S0106") == 1);
  CHECK(closed.sink.error_count() == 2);
  Parsed open(repeat("step s { ", 10000));
  CHECK(count_of(open, "S0105") == 1);
}

TEST_CASE("a chain without an end is told, not followed", "[syntax]") {
  CHECK(Parsed("let a = b" + repeat(".b", 5000) + "\nlet c = 5x\n").diagnostics() ==
        "1:410 S0101 expected at most 200 names, calls and indexes in a row, found `.`\n2:9 S0106 `5x` is not a "
        "number\n");
  CHECK(Parsed("let a = b" + repeat(" + b", 5000) + "\n").diagnostics() ==
        "1:4011 S0101 expected at most 1,000 operators in one expression, found `+`\n");
  CHECK(Parsed("let a = b" + repeat(" + b", 1000) + "\n").diagnostics().empty());
}

TEST_CASE("bytes that are no text are stray characters", "[syntax]") {
  using namespace std::string_literals;
  CHECK(Parsed("let a = 1 \0\nlet b = 2\n"s).diagnostics() ==
        "1:11 S0101 expected the end of the statement, found a NUL byte\n");
  CHECK(Parsed("\xFF\xFE\nlet b = 5x\n").sink.error_count() == 2);
  CHECK(Parsed("let a = \"\xC3\x28\"\n").diagnostics().empty());
}

TEST_CASE("comments and strings without an end end with the file", "[syntax]") {
  CHECK(Parsed("let a = \"").diagnostics() == "1:9 S0102 this string has no end\n");
  CHECK(Parsed("let a = '").diagnostics() == "1:9 S0102 this string has no end\n");
  CHECK(Parsed("let a = \"\"\"").diagnostics() == "1:9 S0102 this string has no end\n");
  CHECK(Parsed("let a = \"${{").sink.error_count() == 1);
  CHECK(Parsed("let a = 1 // no newline").diagnostics().empty());
}

TEST_CASE("ten megabytes are read in linear time", "[syntax]") {
  const std::string line = "  stage a { run \"echo ${{ inputs.x }}\"; env { A: [1, 2], B: \"b\" } } // c\n";
  for (const std::string& one :
       {line, std::string("run \"no end\n"), std::string("step s {\n"), std::string("} ( [ \"\"\"x\"\"\" \n"),
        std::string("a \"\"\"\n"), std::string("a {}; "), std::string("a { {}; "), std::string("// c\n"),
        std::string("\"\"\"\"${{ "), std::string("/// d\nlet a = 1 /// e\n")}) {
    INFO(one);
    double small = seconds_to_read(repeat(one, 1'000'000 / one.size()));
    double large = seconds_to_read(repeat(one, 10'000'000 / one.size()));
    CHECK(large < 40 * small + 1);
  }
}

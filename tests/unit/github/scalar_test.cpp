#include "backends/github/scalar.h"

#include <yaml-cpp/yaml.h>

#include <catch2/catch.hpp>

#include "backends/github/yaml.h"

using namespace sluice::github;

namespace {

std::string scalar(std::string_view text) {
  std::string out;
  yaml::append_scalar(text, out);
  return out;
}

/// The text as a YAML reader gives it back, written as a step of a job would be, with another entry behind it.
std::string read_back(std::string_view text, bool script) {
  std::string out;
  yaml::Writer writer(out);
  writer.open("steps");
  writer.begin_item();
  script ? writer.script("run", text) : writer.text("run", text);
  writer.text("name", "next");
  writer.end_item();
  writer.close();
  INFO(out);
  YAML::Node step = YAML::Load(out)["steps"][0];
  CHECK(step["name"].as<std::string>() == "next");
  CHECK(step["run"].IsScalar());
  return step["run"].as<std::string>();
}

const std::vector<std::string> texts = {"",
                                        " ",
                                        "a",
                                        "a b",
                                        " a",
                                        "a ",
                                        "~",
                                        "null",
                                        "Null",
                                        "true",
                                        "True",
                                        "yes",
                                        "No",
                                        "on",
                                        "OFF",
                                        "y",
                                        "N",
                                        "0",
                                        "1",
                                        "-1",
                                        "+1",
                                        "1.10",
                                        "3.11",
                                        "1e3",
                                        ".5",
                                        ".inf",
                                        "-.INF",
                                        ".NaN",
                                        "0x10",
                                        "0o17",
                                        "017",
                                        "0b1",
                                        "1_000",
                                        "1:30:00",
                                        "2001-12-14",
                                        "2001-12-14t21:59:43.10-05:00",
                                        "=",
                                        "<<",
                                        "-",
                                        "- a",
                                        "-a",
                                        "?",
                                        "? a",
                                        ":",
                                        ": a",
                                        "a: b",
                                        "a:",
                                        "a:b",
                                        "#a",
                                        "a #b",
                                        "a# b",
                                        "&a",
                                        "*a",
                                        "!a",
                                        "|",
                                        ">",
                                        "'a'",
                                        "\"a\"",
                                        "it's",
                                        "say \"x\"",
                                        "it's \"x\"",
                                        "%a",
                                        "@a",
                                        "`a`",
                                        "{a}",
                                        "[a]",
                                        "a, b",
                                        "a]",
                                        "${{ github.ref }}",
                                        "a ${{ b }}: c",
                                        "C:\\x",
                                        "\\n",
                                        "---",
                                        "...",
                                        "--- a",
                                        "a\tb",
                                        "\ta",
                                        "a\n",
                                        "a\nb",
                                        "a\nb\n",
                                        "a\n\n",
                                        "\na\n",
                                        "\n",
                                        "\n\n",
                                        "  a\n b\n",
                                        "  a\nb",
                                        "a\n  b\n",
                                        "a \nb \n",
                                        "a\n \nb\n",
                                        "a\n  ",
                                        "a\n  \n",
                                        "   \na\n",
                                        "\ta\n\tb\n",
                                        "#!/bin/bash\n#\n",
                                        "a\n---\n...\nb\n",
                                        "a\r\nb\r\n",
                                        "a\rb",
                                        "\xC3\xA9t\xC3\xA9",
                                        "\xE2\x9C\x93 done",
                                        "\xF0\x9F\x9A\x80",
                                        "a\xC2\x85"
                                        "b",
                                        "a\xE2\x80\xA8"
                                        "b",
                                        "\xEF\xBB\xBF"
                                        "a",
                                        "a\x01"
                                        "b",
                                        "a\x7F",
                                        "a\xC2\xA0"
                                        "b",
                                        "- name: x\n  run: |\n    y\n",
                                        "key: value\n",
                                        "a: |\n",
                                        "tail \\\n",
                                        "\\",
                                        "a\n#b\n",
                                        "- \n",
                                        "a\n\n\nb\n"};

}  // namespace

TEST_CASE("github yaml: every text is read back as it was", "[github]") {
  for (const std::string& text : texts) {
    CAPTURE(text);
    CHECK(read_back(text, false) == text);
    CHECK(read_back(text, true) == text);
  }
}

TEST_CASE("github yaml: every pair of awkward lines is read back as it was", "[github]") {
  const std::vector<std::string> lines = {"", " ", "a", "  a", "\t", "a ", "#", ": ", "- a", "\ta"};
  for (const std::string& first : lines)
    for (const std::string& second : lines)
      for (const std::string& third : lines)
        for (const char* end : {"", "\n", "\n\n"}) {
          std::string text = first + "\n" + second + "\n" + third + end;
          CAPTURE(text);
          CHECK(read_back(text, true) == text);
        }
}

TEST_CASE("github yaml: quotes only where they are needed", "[github]") {
  CHECK(scalar("pytest tests/unit -m 'not slow'") == "pytest tests/unit -m 'not slow'");
  CHECK(scalar("${{ github.ref }}") == "${{ github.ref }}");
  CHECK(scalar("v1.2.3") == "v1.2.3");
  CHECK(scalar("3.11") == "\"3.11\"");
  CHECK(scalar("no") == "\"no\"");
  CHECK(scalar("a: b") == "\"a: b\"");
  CHECK(scalar("\"a\"") == "'\"a\"'");
  CHECK(scalar("a\nb") == "\"a\\nb\"");
  CHECK(scalar("a\x01") == "\"a\\x01\"");
  CHECK(scalar("\xFF") == "\"\\ufffd\"");
}

TEST_CASE("github yaml: lists fit the line or stand one below the other", "[github]") {
  std::string out;
  yaml::Writer writer(out);
  std::vector<yaml::Scalar> few = {{"a", false}, {"1", false}, {"2", true}};
  std::vector<yaml::Scalar> awkward = {{"a,b", false}, {"[c]", false}};
  writer.list("few", few);
  writer.list("awkward", awkward);
  writer.list("none", {});
  CHECK(out == "few: [a, \"1\", 2]\nawkward:\n  - a,b\n  - \"[c]\"\nnone: []\n");
}

TEST_CASE("github yaml: a comment never leaves its line", "[github]") {
  std::string out;
  yaml::Writer writer(out);
  writer.comment("one\n\ntwo\rthree");
  writer.text("key", "value", "why\nnot");
  CHECK(out == "# one\n#\n# two?three\nkey: value # why not\n");
}

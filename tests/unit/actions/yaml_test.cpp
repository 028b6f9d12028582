#include "runtime/actions/yaml.h"

#include <catch2/catch.hpp>

using namespace sluice::runtime;

namespace {

std::string read(const std::string& text) {
  auto value = read_yaml(text);
  return value ? to_json_line(*value) : "error: " + value.error();
}

std::string many(const std::string& piece, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += piece;
  return text;
}

}  // namespace

// actions/runner, YamlObjectReader.cs: the core schema of YAML 1.2.
TEST_CASE("scalars are what YAML 1.2 says", "[yaml]") {
  CHECK(read("{a: on, b: yes, c: True, d: ~, e: , f: 0x1F, g: 0o17, h: .5, i: 1e3, j: 1.10, k: '1.10', l: 08}") ==
        R"({"a":"on","b":"yes","c":true,"d":null,"e":null,"f":31,"g":15,"h":0.5,"i":1000,"j":1.1,"k":"1.10","l":8})");
  CHECK(read("a: 1_000\nb: 2020-01-01\nc: '~'\nd: |\n  x\n  y\ne: .\nf:\n-\ng: !!str 12\n") ==
        R"({"a":"1_000","b":"2020-01-01","c":"~","d":"x\ny\n","e":".","f":[null],"g":"12"})");
  CHECK(read("") == "null");
  CHECK(read("# nothing\n") == "null");
}

TEST_CASE("what GitHub does not read is told with its line", "[yaml]") {
  CHECK(read("a: 1\nA: 2\n") == "error: line 2: `A` is already defined");
  CHECK(read("a: &x {b: 1}\nc:\n  <<: *x\n") == "error: line 3: merge keys (`<<`) are not supported");
  CHECK(read("a: !ruby/object {}\n") == "error: line 1: the tag `!ruby/object` is not supported");
  CHECK(read("? [a, b]\n: c\n") == "error: line 1: a key has to be a text");
  CHECK(read("a: 1\n---\nb: 2\n") == "error: there is more than one document");
  CHECK(read("a: [1, 2\n").starts_with("error: line "));
  CHECK(read("a: *nobody\n").starts_with("error: line 1: "));
  CHECK(read("a: &x [*x]\n") == "error: line 1: this alias stands inside of what it names");
}

TEST_CASE("aliases are copied", "[yaml]") {
  CHECK(read("a: &x {b: [1, &y z]}\nc: *x\nd: *y\n") == R"({"a":{"b":[1,"z"]},"c":{"b":[1,"z"]},"d":"z"})");
}

TEST_CASE("hostile files end in a message", "[yaml]") {
  CHECK(read(many("[", 100'000)).starts_with("error: line 1: "));
  CHECK(read(many("{a: ", 100'000)).starts_with("error: line 1: "));
  CHECK(read(many("[", 51) + many("]", 51)) == "error: line 1: more than 50 levels");
  CHECK(read(many("{a: ", 51) + many("}", 51)) == "error: line 1: more than 50 levels");
  CHECK(read(many("- ", 100'000)) == "error: line 1: more than 50 levels");
  CHECK(read("a: [" + many("x,", 60'000) + "]") == "error: line 1: more than 50000 values");
  std::string laughs = "a0: &a0 [x]\n";
  for (int i = 1; i < 40; ++i) {
    std::string alias = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias + ", " + alias + "]\n";
  }
  CHECK(read(laughs).ends_with("more than 50000 values"));
  CHECK(read("a: &a " + many("x", 100'000) + "\nb: [" + many("*a,", 1'000) + "]") ==
        "error: line 2: more than 10 MiB once aliases are copied");
  CHECK(read(many("x", (1 << 20) + 1)) == "error: the file is larger than 1 MiB");
  std::string keys;
  for (int i = 0; i < 20'000; ++i) keys += "k" + std::to_string(i) + ": " + std::to_string(i) + "\n";
  CHECK(read_yaml(keys)->size() == 20'000);
  for (std::string text :
       {std::string("a: \0b", 5),
        std::string("\xff\xfe"
                    "a"),
        std::string("%YAML 9.9\n---\na"), std::string("&"), std::string("*"), std::string("!"), std::string("? ? ? ?"),
        std::string("- - :\n-"), std::string("\t- a"), std::string("'"), std::string("\"\\x"),
        std::string("|9999999999\n a"), std::string("a: b: c"), std::string("]")})
    (void)read_yaml(text);
}

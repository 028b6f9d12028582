#include <catch2/catch.hpp>

#include "chunks.h"
#include "runtime/engine/command_files.h"
#include "runtime/expressions/glob.h"
#include "runtime/system/sha256.h"

using namespace sluice::runtime;
using sluice::runtime::test::read_in_chunks;

TEST_CASE("a secret is hidden wherever chunks begin and end") {
  Secrets secrets;
  secrets.add("s3cret-value");
  secrets.add("first line\nsecond line");
  std::string text = "a s3cret-value b\n::x s3cret-values3cret-value\nfirst line and second line\nthe end s3cret-valu";
  std::string hidden = "a *** b\n::x ******\n*** and ***\nthe end s3cret-valu\n";
  for (std::size_t size = 1; size <= text.size(); ++size) CHECK(read_in_chunks(secrets, text, size) == hidden);
}

TEST_CASE("a very long line is handed on in parts, without a newline more") {
  Secrets secrets;
  secrets.add("s3cret-value");
  std::string text, hidden;
  for (int i = 0; i < 40'000; ++i) {
    text += "xy s3cret-value ";
    hidden += "xy *** ";
  }
  for (std::size_t size : {1000u, 4099u, 262'144u}) CHECK(read_in_chunks(secrets, text, size) == hidden + "\n");
}

TEST_CASE("base64 of a secret is hidden at any offset") {
  Secrets secrets;
  secrets.add("correct horse");
  CHECK(secrets.masked("Y29ycmVjdCBob3JzZQ==") == "***==");
  CHECK(secrets.masked("YWJjY29ycmVjdCBob3JzZWRlZg==").find("Y29ycmVjdCBob3Jz") == std::string::npos);
  CHECK(secrets.masked("YWNvcnJlY3QgaG9yc2U=").find("vcnJlY3QgaG9yc2") == std::string::npos);
}

TEST_CASE("a short secret and none") {
  Secrets secrets;
  CHECK(secrets.masked("a") == "a");
  secrets.add("");
  secrets.add(" \n");
  CHECK(secrets.masked("a b") == "a b");
  secrets.add("b");
  CHECK(secrets.masked("a b") == "a ***");
}

TEST_CASE("assignments in a command file") {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(parse_assignments("a=1\nb=x=<<y\n\nc<<END\nline 1\n\nline=2\nEND\nd<<E\nE\n").value() ==
        Pairs{{"a", "1"}, {"b", "x=<<y"}, {"c", "line 1\n\nline=2"}, {"d", ""}});
  CHECK(parse_assignments("a<<E=1\nv\nE=1\n").value() == Pairs{{"a", "v"}});
  CHECK_FALSE(parse_assignments("a<<E\nv\nE\r\n"));
  CHECK_FALSE(parse_assignments("a<<END\nEND2\n"));
  CHECK_FALSE(parse_assignments("nothing\n"));
  CHECK_FALSE(parse_assignments("=x\n"));
}

TEST_CASE("workflow commands") {
  auto command = parse_workflow_command("::error file=a%2Cb,line=3::bad%0Aworse %25");
  REQUIRE(command);
  CHECK(command->name == "error");
  CHECK(command->property("file") == "a,b");
  CHECK(command->text == "bad\nworse %");
  CHECK(parse_workflow_command("##[group]x")->name == "group");
  CHECK_FALSE(parse_workflow_command("a ::error::b"));
  CHECK_FALSE(parse_workflow_command("::nothing"));
}

TEST_CASE("globs") {
  CHECK(matches_glob("**/*.txt", "a.txt"));
  CHECK(matches_glob("**/*.txt", "a/b/c.txt"));
  CHECK(matches_glob("a/**", "a/b/c"));
  CHECK(matches_glob("a/?.[ab]", "a/x.b"));
  CHECK_FALSE(matches_glob("*.txt", "a/b.txt"));
  CHECK_FALSE(matches_glob("a/**/b", "a/b/c"));
  CHECK(glob_root("dist/x/**/*.js") == "dist/x");
  CHECK(pattern_lines(" a \n\n# c\n!b") == std::vector<std::string>{"a", "!b"});
}

TEST_CASE("SHA-256") {
  Sha256 hash;
  hash.add("a");
  hash.add("bc");
  CHECK(hexadecimal(hash.finish()) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

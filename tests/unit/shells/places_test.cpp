#include <catch2/catch.hpp>

#include "shells/shell.h"

using namespace sluice::shells;
using Kind = Place::Kind;

namespace {

/// `@` is a hole.
std::vector<Place> places(llvm::StringRef shell, llvm::StringRef text) {
  Script script;
  for (char c : text) {
    if (c == '@')
      script.add_hole();
    else
      script.text += c;
  }
  return language_of(shell).places(script);
}

Kind kind(llvm::StringRef shell, llvm::StringRef text) { return places(shell, text).at(0).kind; }

}  // namespace

TEST_CASE("a script that does not end is read to its end, and each hole has a place") {
  for (llvm::StringRef shell : {"bash", "sh", "pwsh", "python", "cmd", "perl {0}"}) {
    for (llvm::StringRef open :
         {"",    "'",     "\"", "$(",  "${",     "$((", "`",  "\\",    "$", "cat <<E\n", "a[", "a=(", "case x in ",
          "[[ ", "@\"\n", "<#", "f'{", "\"\"\"", "((",  "$'", "${x:-", "#", "x() {",     "|",  "<("}) {
      CHECK(places(shell, open.str() + "@").size() == (open.contains('@') ? 2U : 1U));
      CHECK(places(shell, "@" + open.str()).size() == (open.contains('@') ? 2U : 1U));
    }
  }
}

TEST_CASE("what is nested deeper than anybody nests is closed") {
  for (const char* open : {"$(", "${x:-", "$((", "\"$(", "a=("}) {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += open;
    CHECK(kind("bash", text + "@") == Kind::closed);
  }
  CHECK(kind("python", std::string(100000, '(') + "@") == Kind::closed);
  CHECK(kind("pwsh", std::string(100000, '(') + "@") == Kind::closed);
}

TEST_CASE("a parenthesis of a case pattern does not end a command substitution") {
  CHECK(kind("bash", "echo \"$(case a in a) echo '@' ;; esac)\"") == Kind::single_quotes);
  CHECK(kind("bash", "echo \"$(case a in a) b ;; esac)@\"") == Kind::double_quotes);
}

TEST_CASE("a here-document begins on the next line, whatever follows on its own") {
  auto found = places("bash", "cat <<A <<'B' @\n@\nA\n@\nB\n@");
  REQUIRE(found.size() == 4);
  CHECK(found[0].kind == Kind::word);
  CHECK(found[1].kind == Kind::document);
  CHECK(found[2].kind == Kind::quoted_document);
  CHECK(found[3].kind == Kind::word);
}

TEST_CASE("what looks like code for another program but is no argument of it is data") {
  CHECK(places("bash", "echo bash -c @").at(0).reader.empty());
  CHECK(places("bash", "bash script.sh @").at(0).reader.empty());
  CHECK(places("bash", "apt-get install jq @").at(0).reader.empty());
  CHECK(places("bash", "ssh me@host").at(0).reader.empty());
  CHECK(places("bash", "sudo -u root jq @ file").at(0).refused);
}

TEST_CASE("what is read once more, but mostly as it is, is told and not refused") {
  CHECK(places("bash", "@ --version").at(0).reader == "the shell, as a command's name");
  CHECK(places("bash", "make VERSION=@").at(0).reader == "make");
  CHECK(places("bash", "echo \"a=@\" >> \"$GITHUB_ENV\"").at(0).reader == "GITHUB_ENV");
  CHECK(places("bash", "echo a=@ | tee -a $GITHUB_OUTPUT").at(0).reader == "GITHUB_OUTPUT");
  CHECK_FALSE(places("bash", "make VERSION=@").at(0).refused);
}

TEST_CASE("a string of Python that cannot be closed before the hole says so") {
  CHECK(places("python", "w('a @')").at(0).bare);
  CHECK_FALSE(places("python", "w('a @''b')").at(0).bare);
  CHECK_FALSE(places("python", "w(\"\"\"a \"@\"\"\")").at(0).bare);
}

TEST_CASE("a shell is known by its program, whatever its options") {
  CHECK(kind("bash -l {0}", "@") == Kind::word);
  CHECK(kind("/usr/bin/env zsh {0}", "@") == Kind::word);
  CHECK(kind("python3.12 {0}", "@") == Kind::code);
  CHECK(kind("powershell", "@") == Kind::word);
  CHECK(kind("sudo bash {0}", "@") == Kind::closed);
}

TEST_CASE("a value's variable is never one that a program obeys") {
  CHECK(variable_name("inputs.version") == "INPUTS_VERSION");
  CHECK(variable_name("path") == "PATH_VALUE");
  CHECK(variable_name("ld_preload") == "LD_PRELOAD_VALUE");
  CHECK(variable_name("pythonpath") == "PYTHONPATH_VALUE");
  CHECK(variable_name("python_version") == "PYTHON_VERSION");
  CHECK(variable_name("3 + 4") == "VALUE_3_4");
}

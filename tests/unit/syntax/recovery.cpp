// What is said about files with mistakes: each once, at its place, and nothing that follows from another.
#include <catch2/catch.hpp>

#include "tree.h"

using sluice::tests::Parsed;

namespace {
std::string told(const char* text) { return "\n" + Parsed(text).diagnostics(); }
}  // namespace

TEST_CASE("everyday mistakes are told once each", "[syntax]") {
  CHECK(told(R"pipe(use std.python
let x =
pipeline ci "CI" {
  on pus {
    branchs "main"
  }
  stage lint {
    run "ruff check .
    run 'black
    timeout
    python.setup("3.11"
    checkout(
    expect 2 m
  }
  stage test afte lint {
    run "a" { allow-failure
  }
  # a comment
  stage three after lint, { run "x" }
  budget 15x
}
)pipe") == R"(
2:1 S0204 `let` lacks a value behind `=`
5:5 S0201 unknown word `branchs` in a trigger
8:9 S0102 this string has no end
9:9 S0102 this string has no end
10:5 S0204 `timeout` lacks a value
11:17 S0103 `(` is never closed
13:14 S0205 `expect` takes no further value
15:14 S0203 unknown clause `afte`
16:13 S0103 `{` is never closed
18:3 S0108 a comment begins with `//`, not with `#`
19:27 S0104 expected a value, found `{`
20:10 S0106 `15x` is not a number
)");
}

TEST_CASE("braces that do not match are told where the indentation says", "[syntax]") {
  CHECK(told(R"pipe(pipeline p {
  stage a {
    run "one"

  stage b after a {
    run "two"
  }
}
}

pipeline q {
  stage c { run "three" }
}}
)pipe") == R"(
2:11 S0103 `{` is never closed
9:1 S0109 this `}` closes nothing
13:2 S0109 this `}` closes nothing
)");
}

TEST_CASE("a raw string without an end does not hide the mistakes behind it", "[syntax]") {
  CHECK(told(R"pipe(pipeline p {
  stage a {
    run """
      echo one
      echo two
    expect 2m
  }
  stage b {
    run "${{ github. }}"
    run "${{ a b }}"
    run "${{ }}"
    run "${{ inputs.x "
    env { A: , B: [1, 2, C: "x" }
    when a == { run "x" }
    when && b { run "y" }
    matrix { os: ["a" "b"] }
  }
}
)pipe") == R"(
3:9 S0102 this string has no end
9:22 S0104 expected a name or `*`, found `}}`
10:16 S0101 expected `}}`, found `b`
11:14 S0104 expected a value, found `}}`
12:23 S0101 expected `}}`, found a string
13:14 S0104 expected a value, found `,`
14:15 S0104 expected a value, found `{`
15:5 S0101 expected a statement, found a value
16:23 S0101 expected `,` or `]`, found a string
)");
}

TEST_CASE("a comma right behind a word is one mistake", "[syntax]") {
  CHECK(told("step s {\n  run, \"x\"\n  env { A: 1 }\n}\n") == "\n2:6 S0101 expected a value, found `,`\n");
}

TEST_CASE("stray characters cost one message each", "[syntax]") {
  CHECK(told(R"pipe(@decorated
pipeline p {
  stage a % {
    run "x" $
    ~
    output y = (1 + 2
    output z = [1, 2
    output w = "a\q"
    input v: list<
    let n = 3..4
  }
  stge b { run "x" }
  stage { run "x" }
}
)pipe") == R"(
1:1 S0101 expected a statement, found `@`
3:11 S0101 expected the end of the statement, found `%`
4:13 S0101 expected the end of the statement, found `$`
5:5 S0101 expected a statement, found `~`
6:16 S0103 `(` is never closed
7:16 S0103 `[` is never closed
8:18 S0107 `\q` is not an escape
9:19 S0104 expected a type, found the end of the line
10:15 S0104 expected a name or `*`, found `.`
12:3 S0201 unknown word `stge` in a pipeline
13:3 S0204 `stage` lacks a name
)");
}

TEST_CASE("words in wrong places do not disturb what follows", "[syntax]") {
  CHECK(told(R"pipe(pipeline p {
  on push {
    branches "main",
  }
  stage a after {
    run
    name: "x"
    env { run "x" }
    env: { A: 1 }
    for x [1, 2] { run "x" }
    if { run "y" }
    uses foo(bar { with { a: 1 } }
    step s "T" -> { run "x" }
    run "a" "b"
    checkout() 3
    when x
  }
}
)pipe") == R"(
5:3 S0204 `stage` lacks the name of a stage behind `after`
6:5 S0204 `run` lacks a value
7:5 S0208 `name:` stands where a statement is expected
8:11 S0202 `run` cannot stand in a list of `key: value`
9:5 S0208 `env:` stands where a statement is expected
10:11 S0205 `for` takes no further value
11:5 S0204 `if` lacks a value
12:18 S0101 expected `,` or `)`, found `{`
13:21 S0101 expected `key: value` or `}`, found `run`
14:13 S0205 `run` takes no further value
15:16 S0101 expected the end of the statement, found a value
16:5 S0207 `when` lacks its block
)");
}

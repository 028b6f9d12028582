#include "check/action_reference.h"

#include <catch2/catch.hpp>

using namespace sluice::check;

TEST_CASE("the major version of a reference is its first number") {
  CHECK(major_of("v5") == 5U);
  CHECK(major_of("v5.1.0") == 5U);
  CHECK(major_of("5.1") == 5U);
  CHECK(major_of("release/v1") == 1U);
  CHECK(major_of("2026.08.14.1") == 2026U);
}

TEST_CASE("a branch or a commit has no major version") {
  CHECK_FALSE(major_of("main"));
  CHECK_FALSE(major_of("stable"));
  CHECK_FALSE(major_of("v2-beta"));
  CHECK_FALSE(major_of("v4-node20"));
  CHECK_FALSE(major_of(""));
  CHECK_FALSE(major_of("1234567890123456789012345678901234567890"));
  CHECK_FALSE(major_of("v99999999999999999999"));
}

TEST_CASE("a reference names an owner, a repository and a version") {
  for (const char* right : {"actions/checkout@v7", "actions/cache/restore@v6", "a/b@main", "a/b@release/v1",
                            "a.b/c_d@1.0", "./a", "./", "./.github/actions/x", "docker://alpine:3"})
    CHECK_FALSE(mistake_in(right));
  for (const char* wrong :
       {"", "checkout", "checkout@v7", "actions/checkout", "actions/checkout@", "actions/@v1", "/checkout@v1",
        "a//b@v1", "a/b/@v1", "a b/c@v1", "a/b@v 1", "a/b@v1:2", "docker://", "./a@v1", "./a/../../b", "../a", "$/a",
        "./.github/workflows/c.yml", "a/b/.github/workflows/c.yml@v1"})
    CHECK(mistake_in(wrong));
}

TEST_CASE("only where the rest is right can the library complete a reference") {
  CHECK(mistake_in("actions/checkout")->lacks_version);
  CHECK(mistake_in("checkout@v7")->lacks_owner);
  CHECK_FALSE(mistake_in("a b/c")->lacks_version);
}

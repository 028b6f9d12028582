#include "lower/pins.h"

#include <catch2/catch.hpp>

using namespace sluice::lower;

namespace {
const Pins pins(
    "# head\n"
    "a/b\tv2.1.0\t1111\tcontents: read\n"
    "a/b\tv2.0.9\t2222\n"
    "a/b\tv1.9.0\t3333\n"
    "a/plain\t2.35.5\t4444\n");

std::string commit_of(const char* action, const char* ref) {
  const Pin* pin = pins.find(action, ref);
  return pin ? pin->commit.str() : "";
}
}  // namespace

TEST_CASE("a version is the newest that it begins") {
  CHECK(commit_of("a/b", "v2") == "1111");
  CHECK(commit_of("a/b", "v2.0") == "2222");
  CHECK(commit_of("a/b", "v1.9.0") == "3333");
  CHECK(commit_of("a/b", "3333") == "3333");
  CHECK(commit_of("a/b", "v20") == "");
  CHECK(commit_of("a/b", "2") == "");
  CHECK(commit_of("a/c", "v2") == "");
}

TEST_CASE("a full version without v belongs to the tag with it") {
  CHECK(commit_of("a/plain", "v2") == "4444");
  CHECK(commit_of("a/plain", "2.35") == "4444");
  CHECK(commit_of("a/plain", "v") == "");
  CHECK(commit_of("a/plain", "v3") == "");
}

#include <fcntl.h>

#include <catch2/catch.hpp>

#include "run_helpers.h"
#include "runtime/system/files.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;

namespace {

/// What a status writes while a small run fails.
std::string written_by(std::unique_ptr<Status> (*make)(Screen)) {
  Run run;
  run.plan.stages = {stage("lint", {}, {script("echo hello; exit 2", "check")}), stage("test", {0}, {})};
  std::filesystem::path file = run.scratch.path / "screen";
  Descriptor screen(open(file.c_str(), O_WRONLY | O_CREAT, 0600));
  auto status = make({screen.get(), false});
  REQUIRE(sluice::runtime::run(run.plan, run.options, *status));
  status.reset();
  return run.file("screen");
}

}  // namespace

TEST_CASE("the plain status says where each line comes from, and ends with a table") {
  std::string text = written_by(plain_status);
  CHECK_THAT(text, Catch::Contains("lint │ ▸ check\nlint │ hello\nlint │ ✗ check: failure: exit code 2\n"));
  CHECK_THAT(text, Catch::Contains("✗ lint  failure") && Catch::Contains("· test  blocked"));
  CHECK_THAT(text, Catch::Contains("✗ failed: lint › check\n    hello\n  exit code 2\n  log: "));
}

TEST_CASE("the JSON status is one object a line") {
  std::stringstream text(written_by(json_status));
  std::string line, last;
  while (std::getline(text, line)) {
    REQUIRE(parse_json(line).is_object());
    last = line;
  }
  CHECK(parse_json(last)["outcome"] == "failed");
}

TEST_CASE("the live status leaves the summary") {
  CHECK_THAT(written_by(live_status), Catch::Contains("✗ lint ") && Catch::Contains("run 1 failed"));
}

TEST_CASE("durations") {
  CHECK(duration_text(Duration(340)) == "0.3s");
  CHECK(duration_text(Duration(12'345)) == "12s");
  CHECK(duration_text(Duration(125'000)) == "2m05s");
  CHECK(duration_text(Duration(3'720'000)) == "1h02m");
}

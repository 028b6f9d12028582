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

TEST_CASE("the JSON status is valid UTF-8, one object an event, whatever a step prints") {
  Scratch scratch;
  Descriptor screen(open((scratch.path / "screen").c_str(), O_WRONLY | O_CREAT, 0600));
  auto status = json_status({screen.get(), false});
  status->run_started("1", "T", {"a", "b"});
  status->leg_started("a");
  status->lines("a", "s", "plain\na \"quote\" \\ \xff \x1b[31m\tx\n\npart");
  status->step_annotated("a", "s", "error", "bad");
  std::stringstream text(read_file(scratch.path / "screen").value());
  std::vector<Json> events;
  for (std::string line; std::getline(text, line);) events.push_back(Json::parse(line));
  REQUIRE(events.size() == 7);
  for (Json& event : events) {
    CHECK_THAT(event["at"].get<std::string>(), Catch::Matches(R"(20[-0-9]+T[:0-9]+\.\d\d\dZ)"));
    event.erase("at");
  }
  CHECK(events[0] == Json::parse(R"({"event":"run-started","version":1,"run":"1","title":"T","stages":["a","b"]})"));
  CHECK(events[1] == Json::parse(R"({"event":"leg-started","leg":"a"})"));
  CHECK(events[2] == Json::parse(R"({"event":"line","leg":"a","step":"s","text":"plain"})"));
  CHECK(events[3]["text"] == "a \"quote\" \\ \xef\xbf\xbd \x1b[31m\tx");
  CHECK(events[4]["text"] == "");
  CHECK(events[5] == Json::parse(R"({"event":"line","leg":"a","step":"s","text":"part","continues":true})"));
  CHECK(events[6] == Json::parse(R"({"event":"annotation","leg":"a","step":"s","level":"error","text":"bad"})"));
}

TEST_CASE("the live status shows a group's title for its lines, and nothing that moves the cursor") {
  Scratch scratch;
  Descriptor screen(open((scratch.path / "screen").c_str(), O_WRONLY | O_CREAT, 0600));
  auto status = live_status({screen.get(), true});
  auto drawn = [&] {
    status->refresh();
    std::string text = read_file(scratch.path / "screen").value();
    return text.substr(text.rfind("▸ a "));
  };
  status->run_started("1", "T", {"a"});
  status->leg_started("a");
  status->step_started("a", "s");
  status->lines("a", "s", "one\n\x1b[32mtwo\x1b[2J\n");
  CHECK_THAT(drawn(), Catch::Contains("s │ \x1b[32mtwo\x1b[0m"));
  status->group_started("a", "s", "G\x1b[2J");
  status->lines("a", "s", "three\n");
  CHECK_THAT(drawn(), Catch::Contains("s ▸ G\n"));
  status->group_ended("a", "s");
  status->lines("a", "s", "four\n");
  CHECK_THAT(drawn(), Catch::Contains("s │ four\n"));
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

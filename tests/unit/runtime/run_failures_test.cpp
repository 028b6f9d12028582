#include <signal.h>

#include <catch2/catch.hpp>

#include "run_helpers.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;

namespace {

/// Whether a process that wrote its number into a file is alive.
bool is_alive(const std::string& number) { return !number.empty() && kill(std::stoi(number), 0) == 0; }

/// A grandchild that leaves the session, loses its parent and its environment.
std::string escape(const Run& run) {
  return "env -i PATH=\"$PATH\" setsid -f bash -c 'echo $$ > " + (run.scratch.path / "pid").string() +
         "; exec sleep 50'\n";
}

Expression leg_list(const std::string& text) { return {Expression::Kind::literal, text, {}}; }

}  // namespace

TEST_CASE("a skipped stage satisfies order, and its condition is its own") {
  Run run;
  Stage skipped = stage("skipped", {}, {script("echo never")});
  skipped.condition = literal(false);
  run.plan.stages = {skipped, stage("next", {0}, {script("echo next")})};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::skipped);
  CHECK(run.result(1) == Result::success);
}

TEST_CASE("a stage that is allowed to fail counts as a success") {
  Run run;
  Stage first = stage("first", {}, {script("exit 1")});
  first.allow_failure = literal(true);
  Stage second = stage("second", {0}, {script("echo $R")});
  second.steps[0].env = {{"R", name("needs.first.result")}};
  run.plan.stages = {first, second};
  REQUIRE(run.go());
  CHECK(run.report->outcome == RunOutcome::succeeded);
  CHECK(run.report->stages[0].allowed);
  CHECK(run.recorder.output == "second: success\n");
  CHECK_THAT(summary_text(*run.report, false), Catch::Contains("failed (allowed)"));
}

TEST_CASE("a step that is allowed to fail has an outcome and a conclusion") {
  Run run;
  Step bad = script("exit 1", "bad");
  bad.allow_failure = literal(true);
  Step next = script("echo $O $C");
  next.env = {{"O", name("steps.bad.outcome")}, {"C", name("steps.bad.conclusion")}};
  run.plan.stages = {stage("s", {}, {bad, next})};
  REQUIRE(run.go());
  CHECK(run.recorder.output.ends_with("failure success\n"));
  CHECK(run.report->outcome == RunOutcome::succeeded);
}

TEST_CASE("a step's timeout kills its whole tree, however it was started") {
  Run run;
  Step slow = script(escape(run) + "sleep 50", "slow");
  slow.timeout = 1;
  Step after = script("echo after");
  after.condition = call("always");
  run.plan.stages = {stage("s", {}, {slow, after})};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::failure);
  CHECK(run.report->stages[0].legs[0].steps[0].message == "timed out after 1.0s");
  CHECK_FALSE(is_alive(run.file("pid")));
  CHECK_THAT(run.recorder.output, Catch::Contains("after"));
}

TEST_CASE("what a stage leaves running ends with it") {
  Run run;
  run.plan.stages = {stage("s", {}, {script(escape(run) + "sleep 40 & sleep 0.1")})};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::success);
  CHECK_FALSE(run.file("pid").empty());
  CHECK_FALSE(is_alive(run.file("pid")));
}

TEST_CASE("a stage's timeout is a failure that says so") {
  Run run;
  Stage slow = stage("slow", {}, {script("sleep 50")});
  slow.timeout = 1;
  run.plan.stages = {slow};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::failure);
  CHECK(run.report->stages[0].reason == "timed out after 1.0s");
}

TEST_CASE("a step is tried again until it succeeds") {
  Run run;
  Step flaky = script("echo x >> ../n; test $(wc -l < ../n) = 3; echo ok");
  flaky.retry = {3, 0};
  run.plan.stages = {stage("s", {}, {flaky})};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::success);
  CHECK_THAT(run.recorder.output, Catch::Contains("attempt 2 of 3: exit code 1"));
}

TEST_CASE("a stage is tried again in a fresh workspace") {
  Run run;
  std::string count = (run.scratch.path / "n").string();
  Stage flaky = stage(
      "s", {}, {script("test ! -e mark; touch mark; echo x >> " + count + "; test $(wc -l < " + count + ") = 2")});
  flaky.retry = {2, 0};
  run.plan.stages = {flaky};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::success);
  CHECK(run.file("n") == "x\nx\n");
}

TEST_CASE("a matrix has a leg a record, and the outputs of all") {
  Run run;
  Stage tests = stage("test", {}, {script("echo \"$K=$I/$T\" >> \"$GITHUB_OUTPUT\"", "s")});
  tests.matrix = Matrix{leg_list(R"([{"k":"a"},{"k":"b"}])"), literal(true), 1};
  tests.steps[0].env = {{"K", name("matrix.k")}, {"I", name("strategy.job-index")}, {"T", name("strategy.job-total")}};
  tests.outputs = {{"a", name("steps.s.outputs.a")}, {"b", name("steps.s.outputs.b")}};
  Stage next = stage("next", {0}, {script("echo $A $B")});
  next.steps[0].env = {{"A", name("needs.test.outputs.a")}, {"B", name("needs.test.outputs.b")}};
  run.plan.stages = {tests, next};
  REQUIRE(run.go());
  CHECK(run.recorder.output == "next: 0/2 1/2\n");
  CHECK(run.report->stages[0].legs[1].name == "test (b)");
}

TEST_CASE("with fail-fast a failed leg cancels the others") {
  Run run;
  Stage tests = stage("test", {}, {script("test $K = 1 && exit 1; sleep 50")});
  tests.matrix = Matrix{leg_list(R"([{"k":1},{"k":2},{"k":3}])"), literal(true), std::nullopt};
  tests.steps[0].env = {{"K", name("matrix.k")}};
  run.plan.stages = {tests};
  REQUIRE(run.go());
  const auto& legs = run.report->stages[0].legs;
  CHECK(run.result(0) == Result::failure);
  CHECK(legs[0].result == Result::failure);
  CHECK(legs[1].result == Result::cancelled);
  CHECK(legs[2].result == Result::cancelled);
}

TEST_CASE("the first interrupt cancels in order") {
  Run run;
  Step cleaning = script("echo cleaned");
  cleaning.condition = call("cancelled");
  Stage last = stage("last", {0}, {script("echo last")});
  last.condition = call("always");
  run.plan.stages = {stage("first", {}, {script("kill -INT $PPID; sleep 50"), cleaning}),
                     stage("second", {0}, {script("echo never")}), last};
  REQUIRE(run.go());
  CHECK(run.report->outcome == RunOutcome::cancelled);
  CHECK(run.result(0) == Result::cancelled);
  CHECK(run.result(1) == Result::blocked);
  CHECK(run.result(2) == Result::success);
  CHECK_THAT(run.recorder.output, Catch::Contains("cleaned") && Catch::Contains("last") && !Catch::Contains("never"));
}

TEST_CASE("the second interrupt kills at once") {
  Run run;
  run.options.interrupt_for = std::chrono::seconds(100);
  Step cleaning = script("echo never");
  cleaning.condition = call("always");
  run.plan.stages = {stage(
      "first", {}, {script("trap '' INT TERM\nkill -INT $PPID\nsleep 0.3\nkill -INT $PPID\nsleep 50"), cleaning})};
  REQUIRE(run.go());
  CHECK(run.report->outcome == RunOutcome::cancelled);
  CHECK(run.result(0) == Result::cancelled);
  CHECK(run.recorder.output.find("never") == std::string::npos);
}

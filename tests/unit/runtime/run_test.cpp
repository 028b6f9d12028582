#include <catch2/catch.hpp>

#include "run_helpers.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;

TEST_CASE("a stage runs its steps, and one after it sees its outputs") {
  Run run;
  Stage first = stage("first", {}, {script("echo \"v=hello\" >> \"$GITHUB_OUTPUT\"", "make")});
  first.outputs = {{"v", name("steps.make.outputs.v")}};
  Stage second = stage("second", {0}, {script("echo got $V from $GITHUB_JOB")});
  second.steps[0].env = {{"V", name("needs.first.outputs.v")}};
  run.plan.stages = {first, second};
  REQUIRE(run.go());
  CHECK(run.report->outcome == RunOutcome::succeeded);
  CHECK(run.recorder.output == "second: got hello from second\n");
}

TEST_CASE("a failure blocks what depends on it, always() and failure() run") {
  Run run;
  Stage always = stage("always", {1}, {script("echo always")});
  always.condition = call("always");
  Stage failure = stage("failure", {1}, {script("echo failure")});
  failure.condition = call("failure");
  run.plan.stages = {stage("bad", {}, {script("exit 3")}), stage("next", {0}, {script("echo never")}), always, failure};
  REQUIRE(run.go());
  CHECK(run.report->outcome == RunOutcome::failed);
  CHECK(run.result(0) == Result::failure);
  CHECK(run.result(1) == Result::blocked);
  CHECK(run.result(2) == Result::success);
  CHECK(run.result(3) == Result::success);
  CHECK(run.report->stages[0].legs[0].steps[0].message == "exit code 3");
}

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "run_helpers.h"
#include "runtime/store/artifacts.h"
#include "runtime/store/garbage.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;
namespace fs = std::filesystem;

namespace {

Step action(decltype(Step::action) what) {
  Step step = script("");
  step.title = literal("action");
  step.action = std::move(what);
  return step;
}

std::string message(const Run& run, std::size_t stage, std::size_t step) {
  return run.report->stages.at(stage).legs.at(0).steps.at(step).message;
}

}  // namespace

TEST_CASE("a run keeps an artifact for its time, within the limit") {
  Run run;
  Upload kept{literal("kept"), literal("f")}, forever{literal("forever"), literal("f")};
  kept.keep = literal("3600");
  run.plan.stages = {stage("s", {}, {script("echo 12345 > f"), action(kept), action(forever)})};
  REQUIRE(run.go());
  REQUIRE(run.result(0) == Result::success);
  Artifacts artifacts(run.options.state_folder, run.report->run_id);
  Manifest manifest = *artifacts.manifest("kept");
  CHECK(manifest.keep_until == manifest.created + 3600);
  CHECK(manifest.owner == "s");
  CHECK_FALSE(artifacts.manifest("forever")->keep_until);

  run.options.artifact_limit = 5;
  REQUIRE(run.go());
  CHECK(message(run, 0, 1) == "the artifact `kept` has 6 B in 1 file; 5 B is the most");
}

TEST_CASE("a step that is tried again uploads again, another step does not take its name") {
  Run run;
  Step upload = action(Upload{literal("x"), literal("f")});
  run.plan.stages = {stage("s", {}, {script("echo 1 > f"), upload, upload}),
                     stage("legs", {},
                           {script("test -e ../../tried || { touch ../../tried; exit 1; }; echo 1 > f"),
                            action(Upload{literal("y"), literal("f")})})};
  run.plan.stages[1].retry = {2, 0};
  REQUIRE(run.go());
  CHECK_THAT(message(run, 0, 2), Catch::Contains("there is an artifact `x` already, from `s`"));
  CHECK(run.result(1) == Result::success);
}

TEST_CASE("an upload that waits for the store ends with its step's time") {
  Run run;
  fs::create_directories(run.options.state_folder);
  Contents contents(run.options.state_folder);
  auto lock = contents.lock(Contents::Share::alone);
  REQUIRE(lock);
  REQUIRE(*lock);
  Step upload = action(Upload{literal("x"), literal("f")});
  upload.timeout = 1;
  run.plan.stages = {stage("s", {}, {script("echo 1 > f"), upload})};
  REQUIRE(run.go());
  CHECK(message(run, 0, 1) == "timed out after 1.0s");
  CHECK(Artifacts(run.options.state_folder, run.report->run_id).names().empty());
}

TEST_CASE("a damaged cache is told, thrown away and made anew") {
  Run run;
  Step cache = action(Cache{literal("k"), literal("deps")});
  cache.id = "deps";
  Stage first = stage("s", {}, {cache, script("test -d deps || { mkdir deps; echo right > deps/f; }")});
  first.outputs = {{"hit", name("steps.deps.outputs.cache-hit")}};
  run.plan.stages = {first};
  REQUIRE(run.go());
  Contents contents(run.options.state_folder);
  std::ofstream(contents.file(sha256("right\n"))) << "wrong\n";
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::success);
  CHECK_THAT(run.recorder.annotations, Catch::Contains("is damaged in the store"));
  CHECK_THAT(run.recorder.output, Catch::EndsWith("s: cache `k` is saved: 1 file, 6 B\n"));
  run.recorder.output.clear();
  REQUIRE(run.go());
  CHECK_THAT(run.recorder.output, Catch::Contains("s: cache `k`: 1 file, 6 B\n"));
}

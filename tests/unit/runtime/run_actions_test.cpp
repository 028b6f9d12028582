#include <catch2/catch.hpp>
#include <csignal>

#include "run_helpers.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;

// Actions that run; what the compiler and the command line have to do with them is in tests/golden/run/actions_*.
namespace {

struct ActionsRun : Run {
  void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((scratch.path / path).parent_path());
    std::ofstream(scratch.path / path) << text;
  }

  /// A JavaScript action in a folder of its own.
  void script(const std::string& name, const std::string& runs, const std::string& main, const std::string& post) {
    write(name + "/action.yml", "runs: {using: node20, main: main.js, post: post.js" + runs + "}");
    write(name + "/main.js", main);
    write(name + "/post.js", post);
  }

  Step use(const std::string& name, Bindings with = {}) {
    Step step = test::script("");
    step.title = literal(name);
    step.action = UseAction{"acme/" + name + "@v1", (scratch.path / name).string(), std::move(with)};
    return step;
  }

  bool said(const std::string& line) const { return recorder.output.find(": " + line + "\n") != std::string::npos; }
};

constexpr const char* saves =
    "require('fs').appendFileSync(process.env.GITHUB_STATE, 'n=' + (1 + +(process.env.STATE_n || 0)) + '\\n');";

}  // namespace

TEST_CASE("a post runs once behind a main that was tried again", "[run][actions]") {
  ActionsRun run;
  run.script("a", "",
             "const fs = require('fs'); const tried = fs.existsSync('tried'); fs.writeFileSync('tried', '');"
             "fs.appendFileSync(process.env.GITHUB_STATE, `tried=${tried}\\n`); process.exitCode = tried ? 0 : 1;",
             "console.log('post after ' + process.env.STATE_tried)");
  Step step = run.use("a");
  step.retry = {3, 0};
  run.plan.stages = {stage("s", {}, {step})};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::success);
  CHECK(run.said("post after true"));
  REQUIRE(run.report->stages[0].legs[0].steps.size() == 2);
  CHECK(run.report->stages[0].legs[0].steps[1].title == "Post a");
}

TEST_CASE("behind an action that ran out of time its post still runs", "[run][actions]") {
  ActionsRun run;
  run.script("slow", "", std::string(saves) + "setTimeout(() => {}, 60000);",
             "console.log('post ' + process.env.STATE_n)");
  run.script("sound", ", post-if: success()", "", "console.log('never')");
  Step slow = run.use("slow");
  slow.timeout = 1;
  run.plan.stages = {stage("s", {}, {run.use("sound"), slow})};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::failure);
  CHECK(run.report->stages[0].legs[0].steps[1].message == "timed out after 1.0s");
  CHECK(run.said("post 1"));
  CHECK_FALSE(run.said("never"));
}

TEST_CASE("a cancelled run ends its composite and runs what cleans up", "[run][actions]") {
  ActionsRun run;
  run.script("actions/acme/inner", "",
             "console.log('main'); process.kill(+process.env.RUN_PID, 'SIGINT'); setTimeout(() => {}, 60000);",
             "console.log('post of inner')");
  run.write("outer/action.yml", R"(
runs:
  using: composite
  steps:
    - uses: acme/inner@v1
    - {run: echo not reached, shell: bash}
    - {run: echo nor this, shell: bash, if: always()}
)");
  run.options.actions = run.scratch.path / "actions";
  Step outer = run.use("outer");
  outer.env = {{"RUN_PID", literal(std::to_string(getpid()))}};
  run.plan.stages = {stage("s", {}, {outer, test::script("echo never")})};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::cancelled);
  CHECK(run.said("main"));
  CHECK(run.said("post of inner"));
  for (const char* line : {"not reached", "nor this", "never"}) CHECK_FALSE(run.said(line));
}

// docs.github.com, "Metadata syntax": a nested step's `if` asks for the state of its own action.
TEST_CASE("cancelled, a composite that wants to run goes on with what wants to run", "[run][actions]") {
  ActionsRun run;
  run.write("outer/action.yml", R"(
runs:
  using: composite
  steps:
    - {run: "kill -INT $RUN_PID; sleep 60", shell: bash}
    - {run: echo not reached, shell: bash}
    - {run: echo cleaned up, shell: bash, if: always()}
)");
  Step outer = run.use("outer");
  outer.condition = call("always");
  outer.env = {{"RUN_PID", literal(std::to_string(getpid()))}};
  run.plan.stages = {stage("s", {}, {outer})};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::cancelled);
  CHECK(run.said("cleaned up"));
  CHECK_FALSE(run.said("not reached"));
}

// actions/runner, ContainerActionHandler.cs and DockerCommandManager.cs.
TEST_CASE("a Docker action is built and run with GitHub's folders and variables", "[run][actions]") {
  ActionsRun run;
  run.write("image/action.yml",
            "inputs: {word: {default: given}}\n"
            "runs: {using: docker, image: Dockerfile, args: ['${{ inputs.word }}', two words], env: {OWN: 'is ${{ "
            "inputs.word }}'},"
            " post-entrypoint: /post.sh}");
  run.write("image/Dockerfile", "FROM scratch\n");
  run.write("bin/docker", R"(#!/bin/bash
echo "engine: $1"
[ "$1" = run ] || exit 0
printf 'word %s\n' "${@:2}"
echo "variables: $INPUT_WORD, $INPUT_KEY, $OWN, $GITHUB_WORKSPACE, $GITHUB_OUTPUT"
echo "text=from $INPUT_WORD" >> "$(ls -d "$PLACES"/*/ | head -1)output"
)");
  std::filesystem::permissions(run.scratch.path / "bin/docker", std::filesystem::perms::owner_all);
  std::string& path = run.options.environment["PATH"];
  path = (run.scratch.path / "bin").string() + ":" + path;
  run.options.environment["PLACES"] = (run.scratch.path / ".sluice/runs/1/places").string();
  Step step = run.use("image", {{"word", literal("hello")}, {"key", literal("not-for-the-command-line")}});
  step.id = "made";
  Step reader = test::script("echo \"$TEXT\"");
  reader.env = {{"TEXT", name("steps.made.outputs.text")}};
  run.plan.stages = {stage("s", {}, {step, reader})};
  REQUIRE(run.go());
  INFO(run.recorder.output);
  CHECK(run.result(0) == Result::success);
  CHECK(run.said("engine: build"));
  CHECK(run.said("word two words"));
  CHECK(run.said("word INPUT_KEY"));
  CHECK_FALSE(run.said("word not-for-the-command-line"));
  CHECK_FALSE(run.said("word PATH"));
  CHECK(run.said(
      "variables: hello, not-for-the-command-line, is hello, /github/workspace, /github/file_commands/output"));
  CHECK(run.recorder.output.find("/workspaces/s:/github/workspace") != std::string::npos);
  CHECK(run.said("from hello"));
  CHECK(run.said("word /post.sh"));
}

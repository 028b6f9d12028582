#include <signal.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "run_helpers.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;

namespace {

Step action(decltype(Step::action) what) {
  Step step = script("");
  step.title = literal("action");
  step.action = std::move(what);
  return step;
}

void make_repository(const Run& run) {
  std::string folder = (run.scratch.path / "repository").string();
  std::string text = "mkdir -p " + folder + "/sub && cd " + folder +
                     " && git init -q -b main && echo 1 > a && echo 2 > sub/b && chmod +x a && ln -s a link"
                     " && echo ignored > .gitignore && git add . && git -c user.name=t -c user.email=t@t commit -qm c"
                     " && echo x > ignored && echo new > untracked && echo changed > sub/b";
  REQUIRE(std::system(text.c_str()) == 0);
}

}  // namespace

TEST_CASE("checkout brings the work tree as it is, with a git folder of its own") {
  Run run;
  make_repository(run);
  run.plan.stages = {
      stage("s", {},
            {action(Checkout{}), script("ls; cat sub/b; test -x a; readlink link; git rev-parse "
                                        "--abbrev-ref HEAD; git status --porcelain; git log --format=%s")})};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::success);
  CHECK_THAT(run.recorder.output, Catch::EndsWith("s: a\ns: link\ns: sub\ns: untracked\ns: changed\ns: a\ns: main\n"
                                                  "s:  M sub/b\ns: ?? untracked\ns: c\n"));
}

TEST_CASE("checkout of a folder below the top takes that folder") {
  Run run;
  make_repository(run);
  run.options.repository_root = run.scratch.path / "repository/sub";
  run.plan.stages = {stage("s", {}, {action(Checkout{}), script("ls; git log --format=%s; git diff --name-only")})};
  REQUIRE(run.go());
  CHECK_THAT(run.recorder.output, Catch::EndsWith("s: b\ns: c\ns: b\n"));
}

TEST_CASE("checkout outside of a repository is a failure that says so") {
  Run run;
  std::filesystem::create_directories(run.options.repository_root);
  run.plan.stages = {stage("s", {}, {action(Checkout{})})};
  REQUIRE(run.go());
  CHECK_THAT(run.report->stages[0].legs[0].steps[0].message, Catch::Contains("is no git work tree"));
}

TEST_CASE("artifacts go from one stage to another") {
  Run run;
  run.plan.stages = {
      stage("make", {},
            {script("mkdir -p out/x; echo 1 > out/a.txt; echo 2 > out/x/b.txt; echo 3 > out/c.log"),
             action(Upload{literal("files"), literal("out/**/*.txt")})}),
      stage("use", {0}, {action(Download{literal("files"), literal("in")}), script("cd in; find . -type f | sort")}),
      stage("none", {}, {action(Upload{literal("n"), literal("missing/*")})})};
  REQUIRE(run.go());
  CHECK_THAT(run.recorder.output, Catch::Contains("use: ./a.txt\nuse: ./x/b.txt\n"));
  CHECK_THAT(run.report->stages[2].legs[0].steps[0].message, Catch::Contains("no files were found"));
}

TEST_CASE("secrets are hidden in output, logs and outputs of stages") {
  Run run;
  run.options.secrets = {{"TOKEN", "hunter22"}};
  run.plan.secrets = {"TOKEN"};
  Stage first = stage("s", {},
                      {script("echo a $T b; echo -n $T | base64; echo ::add-mask::later; echo later; "
                              "echo \"v=$T\" >> $GITHUB_OUTPUT",
                              "s")});
  first.steps[0].env = {{"T", name("secrets.TOKEN")}};
  first.outputs = {{"v", name("steps.s.outputs.v")}};
  run.plan.stages = {first};
  REQUIRE(run.go());
  CHECK(run.recorder.output == "s: a *** b\ns: ***=\ns: ***\n");
  CHECK_THAT(run.recorder.annotations, Catch::Contains("holds a secret"));
  CHECK(run.file(".sluice/runs/1/logs/s/01-s.log").find("hunter22") == std::string::npos);
}

TEST_CASE("a run without a secret that it needs does not start") {
  Run run;
  run.plan.secrets = {"TOKEN"};
  CHECK_FALSE(run.go());
  CHECK_THAT(run.report.error(), Catch::Contains("`TOKEN`"));
}

TEST_CASE("GITHUB_ENV, GITHUB_PATH and the summary reach the steps behind") {
  Run run;
  run.plan.env = {{"LEVEL", literal("pipeline")}};
  Stage only = stage("s", {},
                     {script("echo LEVEL=file >> $GITHUB_ENV; mkdir bin; printf '#!/bin/sh\\necho tool\\n' > bin/tool; "
                             "chmod +x bin/tool; echo $PWD/bin >> $GITHUB_PATH; echo '# Sum' >> $GITHUB_STEP_SUMMARY"),
                      script("tool; echo $LEVEL"), script("echo $LEVEL")});
  only.env = {{"LEVEL", literal("stage")}};
  only.steps[2].env = {{"LEVEL", literal("step")}};
  run.plan.stages = {only};
  REQUIRE(run.go());
  CHECK(run.recorder.output == "s: tool\ns: file\ns: step\n");
  CHECK(run.file(".sluice/runs/1/summary.md") == "# Sum\n");
}

TEST_CASE("a delimiter that is missing in GITHUB_OUTPUT fails the step") {
  Run run;
  run.plan.stages = {stage("s", {}, {script("echo 'x<<END' >> $GITHUB_OUTPUT")})};
  REQUIRE(run.go());
  CHECK_THAT(run.report->stages[0].legs[0].steps[0].message, Catch::Contains("`END` has no matching end"));
}

TEST_CASE("a missing shell is a failure that names it") {
  Run run;
  Step step = script("x");
  step.action = Script{"no-such-shell {0}", "x", {}};
  run.plan.stages = {stage("s", {}, {step})};
  REQUIRE(run.go());
  CHECK_THAT(run.report->stages[0].legs[0].steps[0].message, Catch::Contains("no program `no-such-shell`"));
}

TEST_CASE("a service lives as long as its stage") {
  Run run;
  Stage only = stage("s", {}, {script("cat $DIR/up; echo port $PORT")});
  Service service;
  service.id = std::string("db");
  service.ports = {"5432"};
  service.start = "echo $$ > " + (run.scratch.path / "pid").string() + "\necho $SLUICE_SERVICE_DIR > " +
                  (run.scratch.path / "dir").string() + "\nsetsid sleep 40 &\necho $SLUICE_SERVICE_PORT > up; sleep 40";
  service.ready = "test -s up";
  only.services = {service};
  only.steps[0].env = {{"PORT", {Expression::Kind::index, "", {name("job.services.db.ports"), literal("5432")}}}};
  only.steps[0].action = Script{"bash", "test $PORT -gt 1000 && echo port", {}};
  run.plan.stages = {only};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::success);
  CHECK(run.recorder.services == "db: started\ndb: ready\ndb: stopped\n");
  CHECK(kill(std::stoi(run.file("pid")), 0) != 0);
  std::string folder = run.file("dir");
  CHECK_FALSE(std::filesystem::exists(folder.substr(0, folder.size() - 1)));
}

TEST_CASE("a service that dies fails its stage and shows its last lines") {
  Run run;
  Stage only = stage("s", {}, {script("sleep 30")});
  Service service;
  service.id = std::string("db");
  service.start = "touch up; echo out of memory; sleep 0.3; exit 7";
  service.ready = "test -e up";
  only.services = {service};
  run.plan.stages = {only};
  REQUIRE(run.go());
  CHECK(run.result(0) == Result::failure);
  CHECK(run.report->stages[0].reason == "service db died");
  CHECK(run.report->stages[0].legs[0].steps[0].last_lines == std::vector<std::string>{"out of memory"});
}

TEST_CASE("only some stages, and what they need") {
  Run run;
  run.plan.stages = {stage("a", {}, {script("echo a")}), stage("b", {}, {script("echo b")}),
                     stage("c", {0}, {script("echo c")})};
  run.options.only = {"c"};
  REQUIRE(run.go());
  CHECK(run.recorder.output == "a: a\nc: c\n");
}

TEST_CASE("a run folder that cannot be made is an error") {
  Run run;
  run.options.state_folder = "/proc/nothing/.sluice";
  run.plan.stages = {stage("a", {}, {script("echo a")})};
  CHECK_FALSE(run.go());
  CHECK_THAT(run.report.error(), Catch::Contains("cannot make the folder"));
}

TEST_CASE("a stage's end leaves the processes of others alone") {
  Run run;
  run.plan.stages = {stage("short", {}, {script("setsid -f sleep 20; sleep 0.1")}),
                     stage("long", {}, {script("setsid -f bash -c 'sleep 0.4; echo still here'; sleep 0.6")})};
  REQUIRE(run.go());
  CHECK(run.recorder.output == "long: still here\n");
}

TEST_CASE("steps find the variables that they know from GitHub") {
  Run run;
  run.options.github = {{"ref", "refs/heads/main"}, {"event", {{"number", 7}}}};
  Step step = script(
      "test -d $RUNNER_TEMP; test $CI = true; test $PWD = $GITHUB_WORKSPACE; cat $GITHUB_EVENT_PATH;"
      "echo $GITHUB_REF $RUNNER_OS $W");
  step.env = {{"W", {Expression::Kind::equal, "", {name("github.workspace"), literal("x")}}}};
  run.plan.stages = {stage("s", {}, {step})};
  REQUIRE(run.go());
  CHECK(run.recorder.output == "s: {\ns:   \"number\": 7\ns: }refs/heads/main Linux false\n");
}

TEST_CASE("an expression that fails is a failure of its step") {
  Run run;
  Step step = script("echo never");
  step.env = {{"X", {Expression::Kind::call, "fromJSON", {literal("{")}}}};
  run.plan.stages = {stage("s", {}, {step})};
  REQUIRE(run.go());
  CHECK_THAT(run.report->stages[0].legs[0].steps[0].message, Catch::Contains("`X`: fromJSON"));
}

TEST_CASE("two runs in one folder have two numbers, and git ignores both") {
  Run run;
  run.plan.stages = {stage("s", {}, {script("true")})};
  REQUIRE(run.go());
  REQUIRE(run.go());
  CHECK(run.report->run_id == "2");
  CHECK(run.file(".sluice/.gitignore") == "*\n");
  CHECK_FALSE(std::filesystem::exists(run.scratch.path / ".sluice/runs/2/workspaces/s"));
}

TEST_CASE("a hundred stages run exactly once, side by side") {
  Run run;
  run.options.jobs = 4;
  std::string count = (run.scratch.path / "n").string();
  for (std::size_t i = 0; i < 100; ++i) {
    std::vector<std::size_t> after;
    if (i >= 10) after = {i - 10, i - 7};
    run.plan.stages.push_back(stage(std::to_string(i), after, {script("echo -n x >> " + count)}));
  }
  REQUIRE(run.go());
  CHECK(run.report->outcome == RunOutcome::succeeded);
  CHECK(run.file("n") == std::string(100, 'x'));
}

#include "runtime/output/screen_writer.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "run_helpers.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;

namespace {

std::string read_to_end(int descriptor) {
  std::string text;
  char buffer[65'536];
  for (ssize_t count; (count = read(descriptor, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  return text;
}

}  // namespace

TEST_CASE("a screen that nobody reads does not stop the run's clock, and gets every line in the end") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  Run run;
  run.plan.stages = {stage("talk", {}, {script("seq 1 2000000", "much")}),
                     stage("other", {}, {script("sleep 0.1; echo other", "quick")})};
  run.plan.stages[0].timeout = 1;  // while the pipe is full the loop has to wake up for that
  // Not a thread, which could take the run's signals.
  pid_t reader = fork();
  REQUIRE(reader >= 0);
  if (reader == 0) {
    close(ends[1]);
    usleep(1'500'000);
    (void)write_file(run.scratch.path / "screen", read_to_end(ends[0]));
    _exit(0);
  }
  auto status = plain_status({ends[1], false});
  auto report = sluice::runtime::run(run.plan, run.options, *status);
  status.reset();
  close(ends[1]);
  waitpid(reader, nullptr, 0);
  close(ends[0]);
  std::string text = run.file("screen");
  REQUIRE(report);
  CHECK(report->stages[0].reason == "timed out after 1.0s");
  CHECK(report->stages[1].result == Result::success);
  CHECK_THAT(text, Catch::Contains("talk  │ 1\ntalk  │ 2\n") && Catch::Contains("other │ other\n"));
  CHECK_THAT(text, Catch::EndsWith("s\n") && Catch::Contains("run 1 failed in "));
}

TEST_CASE("a screen whose reader has gone does not stop a run") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  close(ends[0]);
  Run run;
  run.plan.stages = {stage("talk", {}, {script("seq 1 100000", "much")})};
  auto status = plain_status({ends[1], false});
  auto report = sluice::runtime::run(run.plan, run.options, *status);
  status.reset();
  close(ends[1]);
  REQUIRE(report);
  CHECK(report->outcome == RunOutcome::succeeded);
  CHECK_THAT(run.file(".sluice/runs/1/logs/talk/01-much.log"), Catch::Contains("Z 100000\n"));
}

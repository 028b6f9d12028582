#include <fmt/format.h>

#include <algorithm>

#include "driver/commands.h"
#include "driver/files.h"
#include "driver/report.h"
#include "driver/session.h"
#include "simulate/claim.h"
#include "simulate/scenarios.h"
#include "simulate/table.h"
#include "simulate/tests.h"

namespace sluice::driver {
namespace {

DIAGNOSTIC(TestFailed, "test `{}`: {}");

using compilation::Compilation;

constexpr std::size_t most_courses = 256;  // of one test, by what nobody knows

struct Tally {
  std::size_t tests = 0, failed = 0;
};

std::string where(const simulate::Outcome& outcome) {
  return outcome.choices.empty() ? "" : fmt::format(", where `{}`", simulate::choices_text(outcome.choices));
}

/// What the test says that happens, and that has no occasion however the rest falls: the test is about nothing then.
void tell_missed(const simulate::Test& test, const std::vector<bool>& struck, diagnostics::Sink& sink) {
  for (std::size_t i = 0; i < struck.size(); ++i) {
    const ast::Statement* cause = test.causes[i];
    if (struck[i] || cause == nullptr) continue;
    sink.report<TestFailed>(cause->header, test.title, "this never comes to pass")
        .help("something before it keeps it from running: a gate that nobody approves, a condition, another failure");
  }
}

/// A demand holds where it holds however that falls which nobody knows; the first course that breaks it is told.
void run_test(const simulate::Model& model, const simulate::Test& test, diagnostics::Sink& sink) {
  std::vector<bool> told(test.musts.size(), false), struck(test.scenario.events.size(), false);
  auto take = [&](const simulate::Scenario&, const simulate::Outcome& outcome) {
    for (std::size_t i = 0; i < struck.size(); ++i) struck[i] = struck[i] || outcome.struck[i];
    for (std::size_t i = 0; i < test.musts.size(); ++i) {
      simulate::Verdict verdict = simulate::judge(model, *test.musts[i], outcome);
      if (verdict.holds || told[i]) continue;
      told[i] = true;
      sink.report<TestFailed>(test.musts[i]->header, test.title, verdict.seen + where(outcome))
          .help("mend the pipeline, or say in the test what it should do; `sluice simulate` shows more courses");
    }
  };
  simulate::each_course(model, test.scenario, most_courses, take);
  tell_missed(test, struck, sink);
}

int test_file(Session& session, const std::string& file, Tally& tally) {
  auto opened = session.open(file);
  if (!opened) return opened.error();
  Compilation& compilation = **opened;
  const std::vector<graph::Graph>& graphs = compilation.compile();
  bool errors = session.reporter().add(compilation.sink(), compilation.sources());
  if (errors) return 1;
  diagnostics::Sink known, found;
  for (const simulate::Test& test : simulate::read_tests(*compilation.program().main().file, graphs, known)) {
    std::size_t before = found.error_count();
    run_test(simulate::make_model(graphs[test.pipeline]), test, found);
    ++tally.tests;
    if (found.error_count() > before) ++tally.failed;
  }
  return session.reporter().add(found, compilation.sources()) ? 1 : 0;
}

}  // namespace

int test(Session& session, const TestOptions& options) {
  std::vector<std::string> files = options.files.empty() ? pipe_files(".") : options.files;
  if (files.empty()) return complain("there is no `.pipe` file in this repository");
  Tally tally;
  int status = 0;
  for (const std::string& file : files) status = std::max(status, test_file(session, file, tally));
  if (session.reporter().for_people() && (tally.tests > 0 || status == 0))
    status =
        std::max(status, print(fmt::format("{} test{}: {} passed, {} failed\n", tally.tests,
                                           tally.tests == 1 ? "" : "s", tally.tests - tally.failed, tally.failed)));
  return std::max(status, session.reporter().finish());
}

}  // namespace sluice::driver

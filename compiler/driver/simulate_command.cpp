#include <fmt/format.h>

#include <algorithm>

#include "driver/commands.h"
#include "driver/report.h"
#include "driver/select.h"
#include "driver/session.h"
#include "graph/text.h"
#include "simulate/claim.h"
#include "simulate/outcome_json.h"
#include "simulate/properties.h"
#include "simulate/scenarios.h"
#include "simulate/simulate.h"
#include "simulate/table.h"
#include "simulate/tests.h"

namespace sluice::driver {
namespace {

DIAGNOSTIC(BrokenPromise, "in {} of {} courses this does not hold");

using simulate::Event;
using simulate::Model;
using simulate::Outcome;
using simulate::Scenario;

constexpr std::size_t most_courses = 64;  // of one scenario, by what nobody knows

/// A `must` of the pipeline, and what became of it.
struct Promise {
  const ast::Statement* statement = nullptr;
  std::string text;
  std::size_t broken = 0;
  std::string seen = {};  ///< in the first course that breaks it
};

struct Report {
  const Model& model;
  Scenario known;  ///< of the event
  bool json = false;
  simulate::Table table;
  std::vector<Promise> promises = {};
  std::vector<std::string> traces = {};
  std::size_t scenarios = 0, broken = 0;
  bool cut = false;
};

/// What should have held: a course is shown for each of the pipeline's own promises once.
std::vector<std::string> broken_by(Report& report, const Scenario& scenario, const Outcome& outcome) {
  std::vector<std::string> broken = simulate::broken_promises(report.model, outcome);
  for (const std::string& promise : broken)
    report.traces.push_back(simulate::trace(report.model, scenario, outcome, promise));
  for (Promise& promise : report.promises) {
    simulate::Verdict verdict = simulate::judge(report.model, *promise.statement, outcome);
    if (verdict.holds) continue;
    broken.push_back(promise.text);
    if (promise.broken++ > 0) continue;
    promise.seen = verdict.seen;
    report.traces.push_back(simulate::trace(report.model, scenario, outcome, promise.text));
  }
  return broken;
}

/// A course in which some event had no occasion is that of the others.
void take(Report& report, const Scenario& scenario, const Outcome& outcome, bool shown) {
  if (std::ranges::find(outcome.struck, false) != outcome.struck.end()) return;
  std::vector<std::string> broken = broken_by(report, scenario, outcome);
  ++report.scenarios;
  if (!broken.empty()) ++report.broken;
  if (report.json) {
    print(simulate::json_line(report.model, scenario, outcome, broken));
    return;
  }
  if (shown || !broken.empty()) report.table.add(scenario, outcome);
}

void add(Report& report, std::vector<Event> events, bool shown = true) {
  Scenario all = report.known;
  all.events = std::move(events);
  auto take_course = [&](const Scenario& scenario, const Outcome& outcome) { take(report, scenario, outcome, shown); };
  bool whole = simulate::each_course(report.model, std::move(all), most_courses, take_course);
  report.cut = report.cut || !whole;
}

/// Every two of them; shown are those that end otherwise than either alone.
void add_pairs(Report& report, const std::vector<Event>& singles) {
  std::vector<Event> all = singles;
  std::vector<Event> further = simulate::further_events(report.model);
  all.insert(all.end(), further.begin(), further.end());
  auto end_of = [&](std::vector<Event> events) {
    Scenario scenario = report.known;
    scenario.events = std::move(events);
    return simulate::end_text(report.model, simulate::simulate(report.model, scenario));
  };
  std::vector<std::string> alone;
  for (const Event& event : all) alone.push_back(end_of({event}));
  for (std::size_t i = 0; i < singles.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      // Who cancels twice kills: nothing is promised then.
      if (all[i].kind == Event::Kind::cancel && all[j].kind == Event::Kind::cancel) continue;
      std::string both = report.json ? "" : end_of({all[i], all[j]});
      add(report, {all[i], all[j]}, both != alone[i] && both != alone[j]);
    }
  }
}

/// With their places, on the error stream.
void tell_broken(const Report& report, const compilation::Compilation& compilation) {
  diagnostics::Sink sink;
  for (const Promise& promise : report.promises) {
    if (promise.broken == 0) continue;
    sink.report<BrokenPromise>(promise.statement->header, promise.broken, report.scenarios)
        .help("in the first of them {}; the course is shown step by step", promise.seen);
  }
  driver::report(sink, compilation.sources());
}

int finish(Report& report, const compilation::Compilation& compilation) {
  if (report.json && report.cut)
    std::fprintf(stderr, "sluice: some conditions fall in more than %zu ways, of which the first were taken\n",
                 most_courses);
  if (report.json) return report.broken > 0 ? 1 : 0;
  std::string text = report.table.text();
  for (const std::string& trace : report.traces) text += "\n" + trace;
  text += fmt::format(
      "\n{} scenario{}, {}{}\n", report.scenarios, report.scenarios == 1 ? "" : "s",
      report.broken == 0 ? "every promise kept" : fmt::format("{} with a broken promise", report.broken),
      report.cut
          ? fmt::format("; some conditions fall in more than {} ways, of which the first were taken", most_courses)
          : "");
  int printed = print(text);
  tell_broken(report, compilation);
  return printed != 0 ? printed : report.broken > 0 ? 1 : 0;
}

}  // namespace

int simulate(Session& session, const SimulateOptions& options) {
  auto selected = select(session, options.file, options.pipeline);
  if (!selected) return selected.error();
  const auto& [compilation, graph] = *selected;
  Model model =
      simulate::make_model(graph, options.backend == "github" ? graph::Backend::github : graph::Backend::local);
  Report report{model, {}, options.format == "json", simulate::Table(model)};
  if (options.start.any()) {
    auto start = read_known_start(graph, options.file, options.start);
    if (!start) return complain(start.error());
    report.known = std::move(start->scenario);
  }
  diagnostics::Sink sink;  // what is wrong with a `must` was told by now
  for (const ast::Statement* must : simulate::read_promises(*compilation.program().main().file, model, sink))
    report.promises.push_back({must, std::string(compilation.sources().text(must->header))});
  add(report, {});
  std::vector<Event> singles = simulate::single_events(model);
  for (const Event& event : singles) add(report, {event});
  if (options.pairs) add_pairs(report, singles);
  return finish(report, compilation);
}

}  // namespace sluice::driver

#include <fmt/format.h>

#include <algorithm>

#include "driver/commands.h"
#include "driver/report.h"
#include "driver/select.h"
#include "driver/session.h"
#include "graph/text.h"
#include "simulate/outcome_json.h"
#include "simulate/properties.h"
#include "simulate/scenarios.h"
#include "simulate/simulate.h"
#include "simulate/table.h"

namespace sluice::driver {
namespace {

using simulate::Event;
using simulate::Model;
using simulate::Outcome;
using simulate::Scenario;

constexpr std::size_t most_courses = 64;  // of one scenario, by what nobody knows

struct Report {
  const Model& model;
  bool json = false;
  simulate::Table table;
  std::vector<std::string> traces = {};
  std::size_t scenarios = 0, broken = 0;
  bool cut = false;
};

void take(Report& report, const Scenario& scenario, const Outcome& outcome, bool shown) {
  std::vector<std::string> broken = simulate::broken_promises(report.model, outcome);
  ++report.scenarios;
  if (!broken.empty()) ++report.broken;
  if (report.json) {
    print(simulate::json_line(report.model, scenario, outcome, broken));
    return;
  }
  if (shown || !broken.empty()) report.table.add(scenario, outcome);
  for (const std::string& promise : broken)
    report.traces.push_back(simulate::trace(report.model, scenario, outcome, promise));
}

void add(Report& report, std::vector<Event> events, bool shown = true) {
  bool whole = simulate::each_course(
      report.model, {std::move(events)}, most_courses,
      [&](const Scenario& scenario, const Outcome& outcome) { take(report, scenario, outcome, shown); });
  report.cut = report.cut || !whole;
}

/// Every two of them; shown are those that end otherwise than either alone.
void add_pairs(Report& report, const std::vector<Event>& singles) {
  std::vector<Event> all = singles;
  std::vector<Event> further = simulate::further_events(report.model);
  all.insert(all.end(), further.begin(), further.end());
  auto end_of = [&](std::vector<Event> events) {
    return simulate::end_text(report.model, simulate::simulate(report.model, {std::move(events)}));
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

int finish(Report& report) {
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
  return printed != 0 ? printed : report.broken > 0 ? 1 : 0;
}

}  // namespace

int simulate(Session& session, const SimulateOptions& options) {
  auto opened = session.open(options.file);
  if (!opened) return opened.error();
  compilation::Compilation& compilation = **opened;
  const std::vector<graph::Graph>& graphs = compilation.compile();
  if (report(compilation.sink(), compilation.sources())) return 1;
  const graph::Graph* graph = select(graphs, options.pipeline, options.file);
  if (!graph) return 2;
  Model model =
      simulate::make_model(*graph, options.backend == "github" ? graph::Backend::github : graph::Backend::local);
  Report report{model, options.format == "json", simulate::Table(model)};
  add(report, {});
  std::vector<Event> singles = simulate::single_events(model);
  for (const Event& event : singles) add(report, {event});
  if (options.pairs) add_pairs(report, singles);
  return finish(report);
}

}  // namespace sluice::driver

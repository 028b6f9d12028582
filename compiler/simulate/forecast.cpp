#include "simulate/forecast.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "graph/text.h"
#include "simulate/scenarios.h"
#include "simulate/simulate.h"
#include "simulate/table.h"

namespace sluice::simulate {
namespace {

constexpr std::size_t most_courses = 64;

/// How a stage comes out in all courses without a failure.
void add_course(std::vector<StageForecast>& stages, const Outcome& outcome, bool first) {
  using Runs = StageForecast::Runs;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    StageForecast& stage = stages[i];
    const StageEnd& end = outcome.stages[i];
    Runs runs = end.started ? Runs::yes : Runs::no;
    if (first) {
      stage.runs = runs;
      stage.because = end.because;
    } else if (stage.runs != runs && stage.runs != Runs::perhaps) {
      stage.runs = Runs::perhaps;
      stage.because.clear();
    }
  }
}

/// Where a stage runs that does not always.
void tell_where(std::vector<StageForecast>& stages, const Outcome& outcome) {
  for (std::size_t i = 0; i < stages.size(); ++i) {
    StageForecast& stage = stages[i];
    if (stage.runs == StageForecast::Runs::perhaps && stage.because.empty() && outcome.stages[i].started)
      stage.because = fmt::format("`{}`", choices_text(outcome.choices));
  }
}

void find_undoing(const Model& model, const Scenario& scenario, Forecast& forecast) {
  std::vector<std::set<std::size_t>> by(model.plan.stages.size());
  for (std::size_t i = 0; i < model.plan.stages.size(); ++i) {
    const runtime::Stage& stage = model.plan.stages[i];
    for (std::size_t step = 0; step < stage.steps.size(); ++step) {
      if (!can_fail(stage.steps[step])) continue;
      Scenario failing = scenario;
      failing.events = {{Event::Kind::fail, {i, {}, step}}};
      for (const RollbackRan& one : simulate(model, failing).rollbacks)
        if (one.state == RollbackRan::State::done) by[one.stage].insert(i);
    }
    if (!stage.gate || stage.gate->approvals.empty()) continue;
    Scenario rejected = scenario;
    rejected.events = {{Event::Kind::reject, {i}}};
    for (const RollbackRan& one : simulate(model, rejected).rollbacks)
      if (one.state == RollbackRan::State::done) by[one.stage].insert(i);
  }
  for (std::size_t i = 0; i < by.size(); ++i) forecast.stages[i].undone_by.assign(by[i].begin(), by[i].end());
}

std::string approval_text(const runtime::Approval& approval) {
  std::string text = fmt::format("approve {} of {}", approval.count, fmt::join(approval.who, ", "));
  if (approval.not_author) text += ", not-author";
  if (approval.not_starter) text += ", not-starter";
  return text;
}

std::vector<std::string> asks_of(const Model& model, std::size_t index) {
  const runtime::Stage& stage = model.plan.stages[index];
  const runtime::Conditions& gate = *stage.gate;
  std::vector<std::string> asks;
  for (const runtime::Approval& one : gate.approvals) asks.push_back(approval_text(one));
  for (const std::string& text : gate.confirm) asks.push_back(fmt::format("confirm \"{}\"", text));
  if (gate.expires) asks.push_back("expires " + graph::describe_seconds(*gate.expires));
  if (gate.wait) asks.push_back("wait " + graph::describe_seconds(*gate.wait));
  for (const runtime::Window& one : gate.windows)
    asks.push_back(fmt::format("window \"{}\" zone \"{}\"", one.times, one.zone));
  for (const runtime::Freeze& one : gate.freezes)
    asks.push_back(
        fmt::format("freeze \"{}\" to \"{}\" zone \"{}\" because \"{}\"", one.from, one.to, one.zone, one.because));
  for (std::size_t step = 0; step < stage.steps.size(); ++step)
    if (can_fail(stage.steps[step])) asks.push_back("check " + label_of(model, {index, {}, step}));
  for (const runtime::Environment& one : model.plan.environments)
    if (one.entry == index && one.lock) asks.push_back(fmt::format("lock \"{}\"", one.lock->name));
  return asks;
}

void find_questions(const Model& model, Forecast& forecast) {
  for (std::size_t i = 0; i < model.plan.stages.size(); ++i) {
    if (!model.plan.stages[i].gate || forecast.stages[i].runs == StageForecast::Runs::no) continue;
    Question question{i, "", asks_of(model, i)};
    for (const runtime::Environment& one : model.plan.environments)
      if (one.entry == i) question.environment = one.name;
    forecast.questions.push_back(std::move(question));
  }
}

}  // namespace

Forecast forecast(const Model& model, const Scenario& scenario) {
  Forecast forecast;
  forecast.stages.resize(model.plan.stages.size());
  std::vector<Outcome> outcomes;
  forecast.cut = !each_course(model, scenario, most_courses, [&](const Scenario&, const Outcome& outcome) {
    add_course(forecast.stages, outcome, outcomes.empty());
    outcomes.push_back(outcome);
  });
  for (const Outcome& outcome : outcomes) tell_where(forecast.stages, outcome);
  find_undoing(model, scenario, forecast);
  find_questions(model, forecast);
  for (const Outcome& outcome : outcomes) {
    Limit promote = longest_promotion(model, outcome), undoing = longest_rollback(model, outcome);
    if (promote.seconds > forecast.promote.seconds || outcomes.size() == 1) forecast.promote.seconds = promote.seconds;
    for (std::string& one : promote.beside)
      if (std::ranges::find(forecast.promote.beside, one) == forecast.promote.beside.end())
        forecast.promote.beside.push_back(std::move(one));
    forecast.roll_back.seconds = std::max(forecast.roll_back.seconds, undoing.seconds);
  }
  return forecast;
}

}  // namespace sluice::simulate

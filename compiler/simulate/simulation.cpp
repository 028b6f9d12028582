#include "simulate/simulation.h"

#include <algorithm>

#include "simulate/views.h"

namespace sluice::simulate {
namespace {

/// The values that a context may have at all, by what starts the pipeline.
void limit_contexts(const graph::Graph& graph, Assumptions& assumptions) {
  std::vector<Json> events;
  for (const graph::Trigger& trigger : graph.triggers) {
    events.emplace_back(trigger.event);
    for (const graph::Input& input : trigger.inputs) {
      std::vector<Json> options(input.options.begin(), input.options.end());
      if (input.type == graph::Input::Type::choice) assumptions.limit("inputs." + input.name, std::move(options));
    }
  }
  if (!events.empty()) assumptions.limit("github.event_name", std::move(events));
}

}  // namespace

Simulation::Simulation(const Model& model, const Scenario& scenario)
    : model_(model), scenario_(scenario), assumptions_(scenario.given), stages_(model.plan.stages.size()) {
  limit_contexts(model.graph, assumptions_);
  outcome_.struck.resize(scenario.events.size());
  outcome_.stages.resize(stages_.size());
  outcome_.environments.resize(model.graph.environments.size());
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    stages_[i].unfinished = model.plan.stages[i].after.size();
    for (std::size_t before : model.plan.stages[i].after) stages_[before].dependents.push_back(i);
  }
}

void Simulation::post(Seconds at, std::function<void()> what) {
  queue_.emplace(std::pair(at, ++sequence_), std::move(what));
}

Outcome Simulation::run() {
  pipeline_env_ = evaluated(model_.plan.env, StageView(*this, 0), Json::object());
  for (std::size_t i = 0; i < scenario_.events.size(); ++i) {
    const Event& event = scenario_.events[i];
    if (!event.at_start) continue;
    outcome_.struck[i] = true;
    (event.kind == Event::Kind::cancel ? cancelled_ : stopped_) = true;
  }
  for (std::size_t i = 0; i < stages_.size(); ++i)
    if (stages_[i].unfinished == 0) post(0, [this, i] { start_stage(i); });
  while (!queue_.empty()) {
    auto first = queue_.extract(queue_.begin());
    if (first.key().first >= never) break;
    now_ = std::max(now_, first.key().first);
    first.mapped()();
  }
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    if (!stages_[i].done && stages_[i].waits) outcome_.waits.push_back(model_.plan.stages[i].id);
    for (const Armed& armed : stages_[i].armed) outcome_.rollbacks[armed.record].state = RollbackRan::State::armed;
  }
  outcome_.result = result();
  // What was planned and did not happen, as the end of a step that was stopped, takes no time.
  for (const StepRan& step : outcome_.steps) outcome_.seconds = std::max(outcome_.seconds, step.ended);
  for (const StageEnd& stage : outcome_.stages) outcome_.seconds = std::max(outcome_.seconds, stage.ended);
  outcome_.choices = assumptions_.made();
  find_environments(model_, outcome_);
  return std::move(outcome_);
}

RunOutcome Simulation::result() const {
  bool failed = false, cancelled = cancelled_ || stopped_, undone = false;
  for (const StageEnd& stage : outcome_.stages) {
    if (stage.undone == Undone::failed) return RunOutcome::rollback_failed;
    undone = undone || stage.undone == Undone::done;
    failed = failed || (stage.result == Result::failure && !stage.allowed);
    cancelled = cancelled || stage.result == Result::cancelled;
  }
  if (std::ranges::any_of(stages_, [](const StageState& stage) { return !stage.done; })) return RunOutcome::waiting;
  if (undone) return RunOutcome::rolled_back;
  if (cancelled_ || (cancelled && !failed)) return RunOutcome::cancelled;
  return failed ? RunOutcome::failed : RunOutcome::succeeded;
}

Outcome simulate(const Model& model, const Scenario& scenario) { return Simulation(model, scenario).run(); }

std::string_view to_text(RollbackRan::State state) {
  switch (state) {
    case RollbackRan::State::armed: return "armed";
    case RollbackRan::State::committed: return "committed";
    case RollbackRan::State::done: return "done";
    case RollbackRan::State::failed: return "failed";
    case RollbackRan::State::superseded: return "superseded";
  }
  return "";
}

std::string_view to_text(EnvironmentState state) {
  switch (state) {
    case EnvironmentState::untouched: return "untouched";
    case EnvironmentState::old: return "old";
    case EnvironmentState::renewed: return "new";
    case EnvironmentState::mixed: return "mixed";
    case EnvironmentState::unknown: return "unknown";
    case EnvironmentState::newer: return "newer";
  }
  return "";
}

std::string_view word_of(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::rolled_back: return "rolled-back";
    case RunOutcome::rollback_failed: return "rollback-failed";
    default: return runtime::to_text(outcome);
  }
}

}  // namespace sluice::simulate

#include <fmt/format.h>

#include <algorithm>

#include "simulate/simulation.h"
#include "simulate/views.h"

namespace sluice::simulate {
namespace {

using Kind = Event::Kind;

std::string_view seen_result(const StageEnd& end) {
  if (end.allowed) return runtime::to_text(Result::success);
  return runtime::to_text(end.result == Result::blocked ? Result::skipped : end.result);
}

bool is_bad(Result result) { return result == Result::failure || result == Result::cancelled; }

/// The part of a condition that makes it false.
const runtime::Expression& false_part(const runtime::Expression& condition, Evaluator& evaluator) {
  if (condition.kind != runtime::Expression::Kind::both) return condition;
  const runtime::Expression& left = condition.operands[0];
  return false_part(evaluator.decide(left) ? condition.operands[1] : left, evaluator);
}

}  // namespace

void Simulation::start_stage(std::size_t index) {
  StageEnd& end = outcome_.stages[index];
  end.began = now_;
  if (!decide(index)) return finish_stage(index);
  end.started = true;
  if (model_.plan.stages[index].gate)
    begin_gate(index);
  else
    begin_legs(index);
}

/// A stage that does not run is blocked where only `success()` stands in its way, else skipped.
bool Simulation::decide(std::size_t index) {
  StageEnd& end = outcome_.stages[index];
  const runtime::Stage& stage = model_.plan.stages[index];
  StageView view(*this, index);
  if (Evaluator(view, assumptions_).decide(stage.condition)) return true;
  bool bad = stages_[index].ancestor_bad;
  end.result = Result::skipped;
  if (bad || ends_early()) {
    view.as_if = runtime::StatusAnswers{true, stages_[index].ancestor_failed, ends_early()};
    if (Evaluator(view, assumptions_).decide(stage.condition)) end.result = bad ? Result::blocked : Result::cancelled;
  }
  end.because = why_not(index);
  return false;
}

std::string Simulation::why_not(std::size_t index) {
  const StageEnd& end = outcome_.stages[index];
  if (end.result == Result::cancelled) return cancelled_ ? "the run was cancelled" : "the run was stopped";
  if (end.result == Result::blocked) {
    for (std::size_t before : model_.plan.stages[index].after) {
      const StageEnd& other = outcome_.stages[before];
      bool stands_in_the_way = other.result == Result::blocked || (is_bad(other.result) && !other.allowed);
      if (stands_in_the_way)
        return fmt::format("`{}`: {}", model_.plan.stages[before].id, runtime::to_text(other.result));
    }
    return "something before it did not succeed";
  }
  StageView view(*this, index);
  Evaluator evaluator(view, assumptions_);
  return fmt::format("`{}` is false", for_people(describe(false_part(model_.plan.stages[index].condition, evaluator))));
}

void Simulation::begin_gate(std::size_t index) {
  StageState& state = stages_[index];
  state.waits = true;
  const runtime::Conditions& gate = *model_.plan.stages[index].gate;
  Result answer = Result::success;
  Seconds at = now_ + gate.wait.value_or(0);
  for (std::size_t i = 0; i < scenario_.events.size(); ++i) {
    const Event& event = scenario_.events[i];
    bool answers = event.kind == Kind::reject || event.kind == Kind::expire;
    if (!answers || event.at.stage != index || event.at.step) continue;
    outcome_.struck[i] = true;
    if (event.kind == Kind::reject) answer = Result::failure, at = now_;
    if (event.kind == Kind::expire) answer = Result::failure, at = gate.expires ? now_ + *gate.expires : never;
  }
  unsigned generation = state.generation;
  post(at, [this, index, answer, generation] {
    if (stages_[index].generation == generation) gate_answered(index, answer);
  });
  strike({index});
}

void Simulation::gate_answered(std::size_t index, Result result) {
  StageState& state = stages_[index];
  state.waits = false;
  ++state.generation;
  if (result == Result::success && !model_.plan.stages[index].steps.empty()) return begin_legs(index);
  work_ended(index, result);
}

/// The last leg has ended, or the gate was answered.
void Simulation::work_ended(std::size_t index, Result result) {
  StageEnd& end = outcome_.stages[index];
  end.result = result;
  const auto& environments = model_.plan.environments;
  auto entered = std::ranges::find(environments, std::optional(index), &runtime::Environment::entry);
  if (result == Result::success && entered != environments.end() && entered->lock)
    outcome_.environments[static_cast<std::size_t>(entered - environments.begin())].locked = now_;
  if (!is_bad(result) || stages_[index].armed.empty()) return finish_stage(index);
  undo(index, std::nullopt, [this, index](Undone undone) {
    outcome_.stages[index].undone = undone;
    finish_stage(index);
  });
}

/// Whatever became of it, nothing else is undone for it.
bool Simulation::looks_after_itself(std::size_t index) {
  const runtime::Stage& stage = model_.plan.stages[index];
  StageView view(*this, index);
  return stage.handler || Evaluator(view, assumptions_).decide(stage.allow_failure);
}

void Simulation::finish_stage(std::size_t index) {
  StageState& state = stages_[index];
  StageEnd& end = outcome_.stages[index];
  state.done = true;
  end.ended = now_;
  end.legs = state.legs.size();
  needs_[model_.plan.stages[index].id] = {{"result", seen_result(end)}, {"outputs", merged_outputs(index)}};
  bool failed = end.result == Result::failure && !end.allowed;
  bool bad = failed || end.result == Result::cancelled || end.result == Result::blocked;
  for (std::size_t dependent : state.dependents) {
    StageState& next = stages_[dependent];
    next.ancestor_failed = next.ancestor_failed || failed || state.ancestor_failed;
    next.ancestor_bad = next.ancestor_bad || bad || state.ancestor_bad;
    if (--next.unfinished == 0) post(now_, [this, dependent] { start_stage(dependent); });
  }
  if (end.started && is_bad(end.result) && !end.allowed && !looks_after_itself(index)) trigger_ancestors(index);
  trigger_late(index);
  start_due();
  release_locks();
}

void Simulation::cancel_run() {
  cancelled_ = true;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    if (!outcome_.stages[i].started || stages_[i].done) continue;
    if (stages_[i].waits) {
      gate_answered(i, Result::cancelled);
    } else if (stages_[i].legs_running > 0) {
      StageView view(*this, i);
      if (!Evaluator(view, assumptions_).decide(model_.plan.stages[i].condition)) cancel_legs(i);
    }
  }
}

/// What runs goes on, nothing else starts.
void Simulation::stop_run() {
  stopped_ = true;
  for (std::size_t i = 0; i < stages_.size(); ++i)
    if (stages_[i].waits) gate_answered(i, Result::cancelled);
}

/// The run is cancelled or stopped, if that is when the scenario has it.
void Simulation::strike(const Place& place) {
  for (std::size_t i = 0; i < scenario_.events.size(); ++i) {
    const Event& event = scenario_.events[i];
    bool here = event.at.stage == place.stage && event.at.rollback == place.rollback && event.at.step == place.step &&
                (!event.at.leg || event.at.leg == place.leg);
    bool ends = event.kind == Kind::cancel || event.kind == Kind::stop;
    if (!ends || event.at_start || !here || outcome_.struck[i]) continue;
    outcome_.struck[i] = true;
    if (event.kind == Kind::cancel)
      cancel_run();
    else
      stop_run();
  }
}

}  // namespace sluice::simulate

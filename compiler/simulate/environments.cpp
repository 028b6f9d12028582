#include <algorithm>

#include "simulate/simulation.h"

namespace sluice::simulate {
namespace {

/// What a stage leaves of its environment. A stage that says that it needs no rollback, and one that was skipped, say
/// nothing of it.
struct Trace {
  bool speaks = false;
  EnvironmentState state = EnvironmentState::untouched;
};

bool touched(const Model& model, const Outcome& outcome, std::size_t stage) {
  return std::ranges::any_of(outcome.steps, [&](const StepRan& step) {
    const Place& place = step.place;
    if (place.stage != stage || place.rollback) return false;
    const runtime::Stage& planned = model.plan.stages[stage];
    if (!has_effect(planned.steps[*place.step])) return false;
    if (planned.rollbacks.empty()) return true;
    // What stands above its rollback looks, and does not change.
    return std::ranges::any_of(outcome.rollbacks, [&](const RollbackRan& one) {
      if (one.stage != stage || one.leg != place.leg) return false;
      auto armed = std::ranges::find_if(planned.steps, [&](const runtime::Step& other) {
        const auto* arm = std::get_if<runtime::Arm>(&other.action);
        return arm != nullptr && arm->rollback == one.rollback;
      });
      return static_cast<std::size_t>(armed - planned.steps.begin()) < *place.step;
    });
  });
}

bool has_state(const Outcome& outcome, std::size_t stage, RollbackRan::State state) {
  return std::ranges::any_of(outcome.rollbacks,
                             [&](const RollbackRan& one) { return one.stage == stage && one.state == state; });
}

Trace trace_of(const Model& model, const Outcome& outcome, std::size_t stage) {
  const StageEnd& end = outcome.stages[stage];
  if (end.result == Result::skipped) return {};
  if (!touched(model, outcome, stage)) return {true, EnvironmentState::old};
  if (end.undone == Undone::superseded) return {true, EnvironmentState::newer};
  if (end.undone == Undone::failed) return {true, EnvironmentState::unknown};
  if (end.undone == Undone::done) return {true, EnvironmentState::old};
  bool stands = end.result == Result::success || end.committed;
  if (stands) return {true, EnvironmentState::renewed};
  // An attempt before the last one was undone, and the last one had not come to anything.
  if (has_state(outcome, stage, RollbackRan::State::done) && !has_state(outcome, stage, RollbackRan::State::armed))
    return {true, EnvironmentState::old};
  return {true, EnvironmentState::unknown};
}

EnvironmentState fold(const std::vector<Trace>& traces) {
  auto any = [&](EnvironmentState state) {
    return std::ranges::any_of(traces, [&](const Trace& trace) { return trace.speaks && trace.state == state; });
  };
  if (any(EnvironmentState::unknown)) return EnvironmentState::unknown;
  if (any(EnvironmentState::newer)) return EnvironmentState::newer;
  bool renewed = any(EnvironmentState::renewed), old = any(EnvironmentState::old);
  if (renewed && old) return EnvironmentState::mixed;
  if (renewed) return EnvironmentState::renewed;
  return old ? EnvironmentState::old : EnvironmentState::untouched;
}

}  // namespace

void find_environments(const Model& model, Outcome& outcome) {
  for (std::size_t i = 0; i < outcome.environments.size(); ++i) {
    std::vector<Trace> covered, uncovered;
    for (std::size_t stage = 0; stage < model.plan.stages.size(); ++stage) {
      if (model.plan.stages[stage].environment != i || model.plan.stages[stage].gate) continue;
      bool has_none = !model.graph.stages[stage].no_rollback.empty();
      (has_none ? uncovered : covered).push_back(trace_of(model, outcome, stage));
    }
    bool any = std::ranges::any_of(covered, &Trace::speaks);
    outcome.environments[i].state = fold(any ? covered : uncovered);
  }
}

}  // namespace sluice::simulate

#include "simulate/properties.h"

#include <fmt/format.h>

#include <algorithm>

#include "graph/order.h"

namespace sluice::simulate {
namespace {

bool is_bad(const StageEnd& end) {
  return end.started && !end.allowed && (end.result == Result::failure || end.result == Result::cancelled);
}

/// Worked out anew from the graph, not as the simulation did it.
bool is_asked_for(const Model& model, const Outcome& outcome, std::size_t stage) {
  const StageEnd& own = outcome.stages[stage];
  if (own.result == Result::failure || own.result == Result::cancelled) return true;
  for (graph::StageIndex other : graph::descendants(model.graph, static_cast<graph::StageIndex>(stage))) {
    const graph::Stage& after = model.graph.stages[other];
    if (is_bad(outcome.stages[other]) && !after.asks_status && !after.notification) return true;
  }
  return false;
}

void check_rollbacks(const Model& model, const Outcome& outcome, std::vector<std::string>& broken) {
  if (outcome.result == RunOutcome::waiting) return;
  bool failed = false;
  for (const RollbackRan& one : outcome.rollbacks) {
    failed = failed || one.state == RollbackRan::State::failed;
    if (one.state != RollbackRan::State::armed || !is_asked_for(model, outcome, one.stage)) continue;
    broken.push_back(fmt::format("the rollback of `{}` was armed, something it covers failed, and it did not run",
                                 model.graph.stages[one.stage].id));
  }
  if (failed && outcome.result == RunOutcome::succeeded)
    broken.emplace_back("a rollback failed, and the run is told as succeeded");
}

void check_entries(const Model& model, const Outcome& outcome, std::vector<std::string>& broken) {
  for (std::size_t i = 0; i < model.plan.stages.size(); ++i) {
    const runtime::Stage& stage = model.plan.stages[i];
    if (!stage.environment || stage.gate || !outcome.stages[i].started) continue;
    const runtime::Environment& environment = model.plan.environments[*stage.environment];
    if (!environment.entry || outcome.stages[*environment.entry].result == Result::success) continue;
    broken.push_back(fmt::format("`{}` ran in `{}` without its entry", stage.id, environment.name));
  }
}

void check_success(const Model& model, const Outcome& outcome, std::vector<std::string>& broken) {
  if (outcome.result != RunOutcome::succeeded) return;
  for (std::size_t i = 0; i < outcome.stages.size(); ++i) {
    const StageEnd& end = outcome.stages[i];
    if (end.result == Result::success || end.result == Result::skipped || end.allowed) continue;
    broken.push_back(
        fmt::format("the run succeeded, and `{}` is {}", model.graph.stages[i].id, runtime::to_text(end.result)));
  }
}

}  // namespace

std::vector<std::string> broken_promises(const Model& model, const Outcome& outcome) {
  std::vector<std::string> broken;
  check_rollbacks(model, outcome, broken);
  check_entries(model, outcome, broken);
  check_success(model, outcome, broken);
  return broken;
}

}  // namespace sluice::simulate

#include <algorithm>

#include "graph/verifier.h"

namespace sluice::graph {

void Verifier::check_environments() {
  for (const DeclaredEnvironment& environment : graph_.environments) {
    if (environment.name.empty()) broken("an environment has no name");
    if (std::ranges::find(environment.branches, "") != environment.branches.end()) broken("a branch has no name");
    if (environment.lock && environment.lock->name.empty()) broken("the lock of `{}` has no name", environment.name);
    if (!environment.entry) continue;
    bool gate = *environment.entry < graph_.stages.size() && graph_.stages[*environment.entry].gate;
    if (!gate) broken("the entry of `{}` is no gate", environment.name);
  }
}

void Verifier::check_gate(const Stage& stage) {
  if (stage.environment && stage.environment->declared) {
    std::size_t index = *stage.environment->declared;
    if (index >= graph_.environments.size()) return broken("its environment is {}, which is not there", index);
    auto entry = graph_.environments[index].entry;
    bool behind =
        !entry || stage.notification || std::ranges::find(stage.after, *entry, &Edge::stage) != stage.after.end();
    if (!behind) broken("it does not follow the entry of `{}`", graph_.environments[index].name);
  }
  if (!stage.gate) return;
  for (const Approval& approval : stage.gate->approvals)
    if (approval.count < 1 || approval.who.empty()) broken("an approval is given by nobody");
  if (!stage.gate->confirm.empty() && stage.gate->approvals.empty()) broken("nobody confirms what is to be confirmed");
  if (stage.gate->expires && *stage.gate->expires <= 0) broken("it expires at once");
  if (stage.gate->wait && *stage.gate->wait < 0) broken("it waits for less than nothing");
}

void Verifier::check_recovery(const Step& step) {
  bool script = std::holds_alternative<Run>(step.action);
  if (step.poll && !script) broken("only a script is asked again and again");
  if (step.poll && (step.poll->every < 1 || step.poll->lasting < 1)) broken("it is asked without a pause or an end");
  if (step.poll && step.retry.attempts > 1) broken("what is asked again and again is tried once");
  if (step.probe) check_script(*step.probe);
  if (step.probe && step.idempotent) broken("an idempotent step needs no probe");
}

void Verifier::check_action(const Step&, const Sleep& sleep) {
  if (sleep.duration < 1) broken("it sleeps no second");
}

void Verifier::check_action(const Step&, const Arm& arm) {
  if (rollback_) return broken("a rollback arms another one");
  if (arm.rollback >= graph_.stages[stage_].rollbacks.size())
    broken("it arms rollback {}, which is not there", arm.rollback);
}

void Verifier::check_rollbacks(const Stage& stage) {
  if (!stage.rollbacks.empty() && !stage.no_rollback.empty()) broken("it has a rollback, and a reason for having none");
  for (std::size_t index = 0; index < stage.rollbacks.size(); ++index) {
    std::vector<std::size_t> armed;
    for (std::size_t at = 0; at < stage.steps.size(); ++at)
      if (const Arm* arm = std::get_if<Arm>(&stage.steps[at].action); arm && arm->rollback == index)
        armed.push_back(at);
    if (armed.size() != 1)
      broken("rollback {} is armed {} times", index, armed.size());
    else
      check_rollback(stage, stage.rollbacks[index], armed.front());
  }
}

// Sees what stands above its place in the stage, and its own steps.
void Verifier::check_rollback(const Stage& stage, const Rollback& rollback, std::size_t armed_at) {
  Names outer = steps_;
  rollback_ = &rollback;
  readable_steps_ = armed_at;
  undoing_from_ = undoing_to_ = stage.steps.size();
  check_given(rollback.title, "the title");
  if (rollback.within && *rollback.within <= 0) broken("a rollback ends before it begins");
  for (std::size_t i = 0; i < rollback.steps.size(); ++i)
    if (const std::string& id = rollback.steps[i].id; !id.empty()) check_unique(steps_, id, undoing_from_ + i, "steps");
  for (const Step& step : rollback.steps) {
    if (std::holds_alternative<Commit>(step.action)) broken("a rollback disarms itself");
    check_step(step);
    ++undoing_to_;
  }
  steps_ = std::move(outer);
  undoing_from_ = undoing_to_ = 0;
  rollback_ = nullptr;
}

}  // namespace sluice::graph

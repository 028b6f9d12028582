#include <algorithm>

#include "simulate/simulation.h"

namespace sluice::simulate {
namespace {

constexpr Seconds rollback_within = 1800;  // where no `within` says otherwise

Undone worse(Undone left, Undone right) {
  auto weight = [](Undone undone) {
    return undone == Undone::failed ? 3 : undone == Undone::superseded ? 2 : undone == Undone::done ? 1 : 0;
  };
  return weight(left) >= weight(right) ? left : right;
}

}  // namespace

/// A newer run has deployed there since.
bool Simulation::is_superseded(std::size_t stage) {
  const auto& environment = model_.plan.stages[stage].environment;
  bool any = false;
  for (std::size_t i = 0; environment && i < scenario_.events.size(); ++i) {
    const Event& event = scenario_.events[i];
    if (event.kind == Event::Kind::newer && event.environment == *environment) outcome_.struck[i] = any = true;
  }
  return any;
}

/// Runs what is armed in a stage, the last armed first; of one leg alone where `leg` is given.
void Simulation::undo(std::size_t stage, std::optional<std::size_t> leg, Then then) {
  std::vector<Armed>& own = stages_[stage].armed;
  std::vector<Armed> todo, left;
  for (Armed& armed : own) (!leg || armed.leg == *leg ? todo : left).push_back(std::move(armed));
  own = std::move(left);
  if (todo.empty()) return then(Undone::nothing);
  if (is_superseded(stage)) {
    for (const Armed& armed : todo) outcome_.rollbacks[armed.record].state = RollbackRan::State::superseded;
    return then(Undone::superseded);
  }
  undo_next(stage, std::move(todo), Undone::nothing, std::move(then));
}

void Simulation::undo_next(std::size_t stage, std::vector<Armed> todo, Undone so_far, Then then) {
  if (todo.empty()) return then(so_far);
  Armed armed = std::move(todo.back());
  todo.pop_back();
  const runtime::Rollback& rollback = model_.plan.stages[stage].rollbacks[armed.rollback];
  Work& work = works_.emplace_back();
  work.stage = stage;
  work.leg = armed.leg;
  work.rollback = armed.rollback;
  work.todo = &rollback.steps;
  work.deadline = now_ + rollback.within.value_or(rollback_within);
  work.begun = true;
  work.matrix = stages_[stage].legs[armed.leg]->matrix;
  work.steps = std::move(armed.steps);
  work.env = std::move(armed.env);
  RollbackRan& record = outcome_.rollbacks[armed.record];
  record.order = ++undone_;
  record.began = now_;
  work.ended = [this, &work, stage, todo = std::move(todo), so_far, then = std::move(then), at = armed.record] {
    bool fine = work.status == Result::success;
    work.done = true;
    outcome_.rollbacks[at].state = fine ? RollbackRan::State::done : RollbackRan::State::failed;
    outcome_.rollbacks[at].ended = now_;
    undo_next(stage, todo, worse(so_far, fine ? Undone::done : Undone::failed), then);
  };
  post(now_, [this, &work] { advance(work); });
}

std::vector<bool> Simulation::dependents_of(std::size_t stage) const {
  std::vector<bool> depends(stages_.size(), false);
  depends[stage] = true;
  for (std::size_t i = stage + 1; i < stages_.size(); ++i) {
    const runtime::Stage& other = model_.plan.stages[i];
    depends[i] = !other.handler && std::ranges::any_of(other.after, [&](std::size_t at) { return depends[at]; });
  }
  depends[stage] = false;
  return depends;
}

bool Simulation::may_start(std::size_t stage) const {
  if (!stages_[stage].done) return false;  // what it depends on may be undone while it is still at work
  std::vector<bool> depends = dependents_of(stage);
  for (std::size_t i = stage + 1; i < stages_.size(); ++i) {
    bool undoing = stages_[i].triggered && !stages_[i].undone;
    if (depends[i] && (!stages_[i].done || undoing)) return false;
  }
  return true;
}

bool Simulation::may_follow(std::size_t stage) const {
  const StageState& own = stages_[stage];
  if (own.triggered && !own.undone) return true;
  if (own.armed.empty()) return false;
  std::vector<bool> depends = dependents_of(stage);
  for (std::size_t i = stage + 1; i < stages_.size(); ++i)
    if (depends[i] && !stages_[i].done) return true;
  return false;
}

void Simulation::trigger(std::size_t stage) {
  if (!stages_[stage].armed.empty()) stages_[stage].triggered = true;
}

/// It may have armed its rollback after what it depends on was triggered.
void Simulation::trigger_late(std::size_t stage) {
  for (std::size_t before = 0; before < stage; ++before)
    if (stages_[before].triggered && !stages_[before].undone && dependents_of(before)[stage]) trigger(stage);
}

/// All that the stage depends on and that is armed; and what depends on that goes first. What looks after failures
/// itself depends on nothing.
void Simulation::trigger_ancestors(std::size_t stage) {
  std::vector<bool> above(stage + 1, false);
  above[stage] = true;
  for (std::size_t i = stage + 1; i-- > 0;) {
    if (!above[i]) continue;
    trigger(i);
    if (i != stage && model_.plan.stages[i].handler) continue;
    for (std::size_t before : model_.plan.stages[i].after) above[before] = true;
  }
  for (std::size_t i = 0; i < stage; ++i) {
    if (!stages_[i].triggered) continue;
    std::vector<bool> depends = dependents_of(i);
    for (std::size_t other = i + 1; other < stages_.size(); ++other)
      if (depends[other]) trigger(other);
  }
}

void Simulation::start_due() {
  for (std::size_t i = stages_.size(); i-- > 0;) {
    StageState& own = stages_[i];
    if (!own.triggered || own.undoing || !may_start(i)) continue;
    own.undoing = true;
    post(now_, [this, i] {
      undo(i, std::nullopt, [this, i](Undone undone) {
        outcome_.stages[i].undone = worse(outcome_.stages[i].undone, undone);
        stages_[i].undone = true;
        start_due();
        release_locks();
      });
    });
  }
}

void Simulation::release_locks() {
  for (std::size_t i = 0; i < outcome_.environments.size(); ++i) {
    EnvironmentEnd& end = outcome_.environments[i];
    if (!end.locked || end.released) continue;
    bool open = false;
    for (std::size_t stage = 0; stage < stages_.size() && !open; ++stage) {
      if (model_.plan.stages[stage].environment != i) continue;
      open = !stages_[stage].done || may_follow(stage);
    }
    if (!open) end.released = now_;
  }
}

}  // namespace sluice::simulate

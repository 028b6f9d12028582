#include "runtime/engine/rollbacks.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "runtime/engine/leg_run.h"
#include "runtime/engine/recall.h"

namespace sluice::runtime {
namespace {

/// The worst of several.
Undone worse(Undone left, Undone right) {
  auto weight = [](Undone undone) {
    return undone == Undone::failed ? 3 : undone == Undone::superseded ? 2 : undone == Undone::done ? 1 : 0;
  };
  return weight(left) >= weight(right) ? left : right;
}

}  // namespace

std::string told(const Armed& armed, const std::map<std::string, std::string>& secrets) {
  Json data = {{"name", armed.leg.name}};
  std::pair<const char*, const Json*> parts[] = {
      {"matrix", &armed.leg.matrix}, {"strategy", &armed.leg.strategy}, {"steps", &armed.steps}, {"env", &armed.env}};
  for (auto& [name, part] : parts) {
    if (!part->empty()) data[name] = sealed(*part, secrets);
  }
  return to_json_line(data);
}

Rollbacks::Rollbacks(RunState& run) : run_(run), stages_(run.plan.stages.size()) {}

Rollbacks::~Rollbacks() = default;

void Rollbacks::arm(Armed armed) { stages_[armed.leg.stage].armed.push_back(std::move(armed)); }

void Rollbacks::restore(std::size_t stage, int leg, const LegPast& past) {
  StageReport& report = run_.stages[stage].report;
  for (const auto& [index, data] : past.armed) {
    auto before = past.rollbacks.find(index);
    if (before != past.rollbacks.end() && before->second.finished) {
      bool fine = before->second.finished->value("result", "") == "success";
      report.undone = worse(report.undone, fine ? Undone::done : Undone::failed);
      continue;
    }
    Json part = unsealed(data, run_.options.secrets);
    auto object = [&](const char* name) { return part.value(name, Json::object()); };
    Armed armed{{stage, leg, part.value("name", ""), object("matrix"), object("strategy")},
                index,
                object("steps"),
                object("env"),
                past.attempt};
    arm(std::move(armed));
  }
}

void Rollbacks::commit(std::size_t stage) { stages_[stage].armed.clear(); }

void Rollbacks::wake() {
  for (LegRun* leg : running_) leg->wake();
}

/// A newer run has deployed there since: what we would put back is not ours to touch.
bool Rollbacks::is_superseded(std::size_t stage) {
  const auto& environment = run_.plan.stages[stage].environment;
  if (!environment || run_.journal == nullptr) return false;
  auto newest = run_.journal->newest_in(run_.plan.environments[*environment].name);
  if (!newest) run_.break_off(newest.error());
  return newest && *newest && **newest != run_.number;
}

Task<Undone> Rollbacks::undo_one(const Armed& armed) {
  const LegIdentity& identity = armed.leg;
  run_.note(RecordKind::rollback_started, identity.stage, identity.index, -1, armed.rollback);
  if (!run_.settle(true)) co_return Undone::failed;
  LegRun leg(run_, identity, &armed);
  running_.push_back(&leg);
  Task<Done> work = leg.run();
  co_await work;
  std::erase(running_, &leg);
  if (leg.abandoned()) co_return Undone::failed;
  bool fine = leg.report.result == Result::success;
  run_.note(RecordKind::rollback_finished, identity.stage, identity.index, -1, armed.rollback,
            to_json_line({{"result", fine ? "success" : "failure"}}));
  run_.stages[identity.stage].report.legs.push_back(std::move(leg.report));
  co_return fine ? Undone::done : Undone::failed;
}

Task<Undone> Rollbacks::undo(std::size_t stage, int leg) {
  StageRollbacks& own = stages_[stage];
  std::vector<Armed> todo;
  for (Armed& armed : own.armed | std::views::reverse) {
    if (leg < 0 || armed.leg.index == leg) todo.push_back(std::move(armed));
  }
  std::erase_if(own.armed, [&](const Armed& armed) { return leg < 0 || armed.leg.index == leg; });
  if (todo.empty()) co_return Undone::nothing;
  if (is_superseded(stage)) co_return Undone::superseded;
  Undone undone = Undone::nothing;
  for (const Armed& armed : todo) {
    if (run_.kill_now) {
      run_.status.annotated(armed.leg.name, "error", "its rollback did not run: everything was killed");
      undone = Undone::failed;
      continue;
    }
    Task<Undone> one = undo_one(armed);
    undone = worse(undone, co_await one);
  }
  co_return undone;
}

std::vector<bool> Rollbacks::dependents_of(std::size_t stage) const {
  std::vector<bool> depends(stages_.size(), false);
  depends[stage] = true;
  for (std::size_t i = stage + 1; i < stages_.size(); ++i) {
    const Stage& other = run_.plan.stages[i];
    depends[i] = !other.handler && run_.stages[i].wanted &&
                 std::ranges::any_of(other.after, [&](std::size_t before) { return depends[before]; });
  }
  depends[stage] = false;
  return depends;
}

bool Rollbacks::may_start(std::size_t stage) const {
  // What it depends on may be undone while it is still at work, and it may still commit.
  if (run_.stages[stage].needs.is_null()) return false;
  std::vector<bool> depends = dependents_of(stage);
  for (std::size_t i = stage + 1; i < stages_.size(); ++i) {
    if (!depends[i]) continue;
    bool undoing = stages_[i].triggered && !stages_[i].ended;
    if (run_.stages[i].needs.is_null() || undoing) return false;
  }
  return true;
}

bool Rollbacks::may_follow(std::size_t stage) const {
  const StageRollbacks& own = stages_[stage];
  if (own.triggered && !own.ended) return true;
  if (own.armed.empty()) return false;
  std::vector<bool> depends = dependents_of(stage);
  for (std::size_t i = stage + 1; i < stages_.size(); ++i) {
    if (depends[i] && run_.stages[i].needs.is_null()) return true;
  }
  return false;
}

void Rollbacks::trigger(std::size_t stage) {
  if (stages_[stage].armed.empty() || stages_[stage].triggered) return;
  stages_[stage].triggered = true;
  ++open_;
}

/// All that the stage depends on and that is armed; and what depends on that goes first. What looks after failures
/// itself depends on nothing.
void Rollbacks::trigger_ancestors(std::size_t stage) {
  std::vector<bool> above(stage + 1, false);
  above[stage] = true;
  for (std::size_t i = stage + 1; i-- > 0;) {
    if (!above[i]) continue;
    trigger(i);
    if (i != stage && run_.plan.stages[i].handler) continue;
    for (std::size_t before : run_.plan.stages[i].after) above[before] = true;
  }
  for (std::size_t i = 0; i < stage; ++i) {
    if (!stages_[i].triggered) continue;
    std::vector<bool> depends = dependents_of(i);
    for (std::size_t other = i + 1; other < stages_.size(); ++other) {
      if (depends[other]) trigger(other);
    }
  }
}

void Rollbacks::stage_ended(std::size_t stage, bool triggers) {
  run_.any_ended = true;
  if (triggers) trigger_ancestors(stage);
  // It may have armed its rollback after what it depends on was triggered.
  for (std::size_t before = 0; open_ > 0 && before < stage; ++before) {
    const StageRollbacks& other = stages_[before];
    if (other.triggered && !other.ended && dependents_of(before)[stage]) trigger(stage);
  }
  if (open_ > 0) start_due();
}

Detached drive_rollback(Rollbacks& rollbacks, std::size_t stage) {
  RunState& run = rollbacks.run_;
  Task<Undone> work = rollbacks.undo(stage);
  Undone undone = co_await work;
  StageReport& report = run.stages[stage].report;
  report.undone = worse(report.undone, undone);  // an earlier life may have begun with it
  rollbacks.stages_[stage].ended = true;
  run.any_ended = true;
  --rollbacks.open_;
  --run.busy;
  run.status.stage_undone(report);
  if (!run.leaving) rollbacks.start_due();
}

void Rollbacks::start_due() {
  for (std::size_t i = stages_.size(); i-- > 0;) {
    StageRollbacks& own = stages_[i];
    if (!own.triggered || own.running || !may_start(i)) continue;
    own.running = true;
    ++run_.busy;
    run_.loop.post([this, i] { drive_rollback(*this, i); });
  }
}

}  // namespace sluice::runtime

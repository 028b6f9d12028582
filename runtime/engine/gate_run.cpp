#include "runtime/engine/gate_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/rollbacks.h"
#include "runtime/engine/waits.h"

namespace sluice::runtime {
namespace {

constexpr auto between_looks = std::chrono::seconds(2);  // for the lock of a run that forgot to say that it is done

/// The environment whose entry a stage is.
const Environment* entered_by(const RunState& run, std::size_t stage) {
  auto found = std::ranges::find(run.plan.environments, std::optional(stage), &Environment::entry);
  return found == run.plan.environments.end() ? nullptr : &*found;
}

}  // namespace

Task<GateEnd> wait_for_conditions(RunState&, std::size_t, Wakeup&) { co_return GateEnd{}; }

Task<GateEnd> take_lock(RunState& run, std::size_t stage, Wakeup& wakeup) {
  const Environment* environment = entered_by(run, stage);
  if (environment == nullptr || !environment->lock || run.journal == nullptr) co_return GateEnd{};
  const Lock& lock = *environment->lock;
  std::optional<Waiting> waiting;
  while (true) {
    auto taken = run.journal->take_lock(run.number, lock.name, lock.queue == Lock::Queue::latest, wall_clock());
    if (!taken) run.break_off(taken.error());
    if (!taken || *taken) break;
    auto turned_away = run.journal->superseded(run.number, lock.name);
    if (turned_away && *turned_away) co_return GateEnd{Result::cancelled, "a newer run has taken its place", false};
    if (run.cancelled || run.stopped) co_return GateEnd{Result::cancelled, {}, false};
    if (run.leaving) co_return GateEnd{Result::success, {}, true};
    if (!waiting) waiting.emplace(run, fmt::format("the lock `{}`, which another run holds", lock.name));
    co_await wakeup.until(Clock::now() + between_looks);
  }
  co_return GateEnd{};
}

void release_locks(RunState& run) {
  if (run.journal == nullptr) return;
  for (std::size_t i = 0; i < run.plan.environments.size(); ++i) {
    const Environment& environment = run.plan.environments[i];
    if (!environment.lock || !environment.entry || run.released.contains(i)) continue;
    bool open = run.stages[*environment.entry].needs.is_null();
    for (std::size_t stage = 0; stage < run.stages.size() && !open; ++stage) {
      if (run.plan.stages[stage].environment != i || !run.stages[stage].wanted) continue;
      open = run.stages[stage].needs.is_null() || run.rollbacks->may_follow(stage);
    }
    if (open) continue;
    run.released.insert(i);
    if (auto released = run.journal->release_locks(run.number, environment.lock->name); !released) {
      run.break_off(released.error());
    }
  }
}

}  // namespace sluice::runtime

#include "runtime/engine/gate_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/electorate.h"
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

std::expected<Verdict, std::string> verdict_now(RunState& run, const Stage& gate, std::int64_t reached) {
  std::vector<Vote> votes;
  if (run.journal != nullptr) {
    auto cast = votes_on(*run.journal, run.number, gate.id);
    if (!cast) return std::unexpected(cast.error());
    votes = std::move(*cast);
  }
  Subject subject = subject_of(run.folder, run.hash);
  auto verdict = verdict_on(*gate.gate, run.options, votes, subject, reached, wall_clock());
  if (!verdict) return verdict;
  for (const std::string& ignored : verdict->ignored) {
    if (run.said.insert(gate.id + ignored).second) run.status.annotated(gate.id, "notice", ignored);
  }
  return verdict;
}

/// A lock may have come long after the people: the gate's times count when the first stage behind it really starts.
std::optional<std::int64_t> opens_again(const RunState& run, const Stage& gate) {
  if (!gate.gate) return std::nullopt;
  auto calendar = Calendar::read(gate.gate->windows, gate.gate->freezes);
  std::int64_t now = wall_clock() / 1000;
  if (!calendar || calendar->is_open(now) || run.cancelled) return std::nullopt;
  return calendar->next_opening(now).value_or(now + 86'400) * 1000;
}

}  // namespace

Task<GateEnd> wait_for_conditions(RunState& run, std::size_t stage, Wakeup& wakeup) {
  const Stage& gate = run.plan.stages[stage];
  std::int64_t reached = wall_clock();
  if (stage < run.past.stages.size()) reached = run.past.stages[stage].started.value_or(reached);
  for (const std::string& team : unknown_teams(*gate.gate, run.options)) {
    run.status.annotated(gate.id, "warning",
                         fmt::format("nobody is in `{}`: neither {} nor this machine has it", team, teams_path));
  }
  while (true) {
    auto verdict = verdict_now(run, gate, reached);
    if (!verdict) co_return GateEnd{Result::failure, verdict.error(), false};
    if (verdict->state == Verdict::State::open) co_return GateEnd{};
    if (verdict->state != Verdict::State::waiting) co_return GateEnd{Result::failure, verdict->why, false};
    if (run.cancelled || run.stopped) co_return GateEnd{Result::cancelled, {}, false};
    if (run.leaving) co_return GateEnd{Result::success, {}, true};
    std::optional<std::int64_t> change;
    if (verdict->next_change) change = *verdict->next_change * 1000;
    Waiting waiting(run, fmt::format("gate `{}`: {}", gate.id, fmt::join(verdict->missing, "; ")), change);
    co_await wakeup.until(change ? instant_of(*change) : never);
  }
}

Task<GateEnd> take_lock(RunState& run, std::size_t stage, Wakeup& wakeup) {
  const Environment* environment = entered_by(run, stage);
  if (environment == nullptr || !environment->lock || run.journal == nullptr) co_return GateEnd{};
  const Lock& lock = *environment->lock;
  std::optional<Waiting> waiting;
  while (true) {
    auto taken = run.journal->take_lock(run.number, lock.name, lock.queue == Lock::Queue::latest, wall_clock());
    if (!taken) run.break_off(taken.error());
    if (!taken) break;
    auto later = *taken ? opens_again(run, run.plan.stages[stage]) : std::nullopt;
    if (*taken && !later) break;
    if (*taken) {
      // Nobody holds a lock through a night: the next run may have it until the window opens.
      if (auto released = run.journal->release_locks(run.number, lock.name); !released) run.break_off(released.error());
      waiting.reset();
      waiting.emplace(run, fmt::format("gate `{}`: its window has closed meanwhile", run.plan.stages[stage].id), later);
      while (wall_clock() < *later && !run.leaving && !run.cancelled) co_await wakeup.until(instant_of(*later));
      waiting.reset();
    }
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
  // What was ended because the journal cannot be written is not over: it goes on another time, behind the same lock.
  if (run.journal == nullptr || run.broken) return;
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
    // Once the lock is another run's, nothing of what it protected may happen again, not even after a power cut.
    if (Outcome committed = run.log ? run.log->commit() : Outcome(); !committed)
      return run.break_off(committed.error());
    if (auto released = run.journal->release_locks(run.number, environment.lock->name); !released) {
      run.break_off(released.error());
    }
  }
}

}  // namespace sluice::runtime

#include "runtime/engine/leg_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "runtime/engine/leg_attempt.h"
#include "runtime/engine/recall.h"
#include "runtime/engine/rollbacks.h"

namespace sluice::runtime {

LegRun::LegRun(RunState& run, LegIdentity own, const Armed* undo)
    : identity(std::move(own)), run_(run), undo_(undo), wakeup_(run.loop) {
  began_ = undo == nullptr && leg_before(run.past, identity) != nullptr;
  report.name = undo == nullptr ? identity.name : fmt::format("{} rollback", identity.name);
}

LegRun::~LegRun() = default;

void LegRun::cancel() {
  if (undo_ != nullptr) return;
  cancelled_ = true;
  if (attempt_) attempt_->halt(Result::cancelled, {});
  wakeup_.notify();
}

void LegRun::stop() {
  if (place_ == 0 && undo_ == nullptr && !began_) cancelled_ = true;
  wakeup_.notify();
}

void LegRun::wake() { wakeup_.notify(); }

void LegRun::grant_place(int place) {
  place_ = place;
  wakeup_.notify();
}

/// What undoes goes before everything that does.
double LegRun::urgency() const {
  return undo_ != nullptr ? std::numeric_limits<double>::infinity() : run_.stages[identity.stage].urgency;
}

Task<Done> LegRun::wait_for_place() {
  place_ = run_.places.take(*this, urgency());
  while (place_ == 0 && (!cancelled_ || began_) && !(undo_ != nullptr && run_.kill_now)) co_await wakeup_.until(never);
  if (place_ == 0) run_.places.give_up(*this);
  co_return Done{};
}

/// Whether an earlier life of the run has brought this leg to its end.
bool LegRun::restore() {
  if (undo_ != nullptr) return false;
  const Json* finished = finished_leg(run_.past, identity);
  if (finished == nullptr) return false;
  run_.rollbacks->restore(identity.stage, identity.index, *leg_before(run_.past, identity));
  recall(*finished, report);
  outputs = finished->value("outputs", Json::object());
  finished_as = run_.next_leg++;
  return true;
}

Task<Done> LegRun::run() {
  if (restore()) co_return Done{};
  Task<Done> place = wait_for_place();
  co_await place;
  report.result = Result::cancelled;
  if (place_ != 0 && (!cancelled_ || began_)) {
    started = Clock::now();
    run_.status.leg_started(report.name);
    ++run_.legs_running;
    Task<Done> attempts = run_attempts();
    co_await attempts;
    --run_.legs_running;
    report.duration = std::chrono::duration_cast<Duration>(Clock::now() - started);
  }
  if (place_ != 0) run_.places.release(place_);
  if (abandoned_) co_return Done{};
  finished_as = run_.next_leg++;
  note_end();
  run_.status.leg_finished(run_.plan.stages[identity.stage].id, report);
  co_return Done{};
}

/// A stage of one leg that can never be undone is told by its own end alone.
void LegRun::note_end() {
  const Stage& stage = run_.plan.stages[identity.stage];
  if (undo_ != nullptr || (!stage.matrix && stage.rollbacks.empty())) return;
  run_.note(RecordKind::leg_finished, identity.stage, identity.index, -1, -1, told(report, outputs));
}

/// Inside of an environment the attempt that a crash interrupted goes on; elsewhere the leg starts over.
int LegRun::first_attempt() const {
  bool known = began_ && goes_on(run_.plan.stages[identity.stage]);
  return known ? std::max(1, attempt_before(run_.past, identity)) : 1;
}

Task<Done> LegRun::run_attempts() {
  const Retry& retry = run_.plan.stages[identity.stage].retry;
  for (int number = first_attempt();; ++number) {
    attempt_ = std::make_unique<LegAttempt>(run_, identity, wakeup_, place_, number, undo_);
    if (cancelled_) attempt_->halt(Result::cancelled, {});  // what it had armed is known only from its steps
    Task<Done> work = attempt_->run();
    co_await work;
    abandoned_ = attempt_->abandoned();
    report.result = attempt_->result();
    report.allowed = attempt_->failure_is_allowed();
    report.reason = run_.secrets.masked(attempt_->reason());
    report.steps = attempt_->take_reports();
    outputs = attempt_->take_outputs();
    attempt_.reset();
    bool last = undo_ != nullptr || report.result != Result::failure || number >= retry.attempts;
    if (abandoned_ || last || cancelled_ || run_.cancelled || run_.stopped) break;
    note_retry(number);
    if (run_.rollbacks->any_armed(identity.stage)) {
      Task<bool> undoing = undo_attempt();
      if (!co_await undoing) break;
    }
    Task<Done> rest = pause();
    co_await rest;
    if (cancelled_) break;
  }
  co_return Done{};
}

/// What an attempt did is undone before the next one, which must not begin in its wreck.
Task<bool> LegRun::undo_attempt() {
  run_.places.release(std::exchange(place_, 0));
  Task<Undone> undoing = run_.rollbacks->undo(identity.stage, identity.index);
  Undone undone = co_await undoing;
  Task<Done> place = wait_for_place();
  co_await place;
  co_return undone != Undone::failed&& place_ != 0;
}

void LegRun::note_retry(int number) {
  const Retry& retry = run_.plan.stages[identity.stage].retry;
  std::string text =
      fmt::format("attempt {} of {} failed; the next one begins in {}s", number, retry.attempts, retry.pause);
  run_.status.annotated(identity.name, "notice", text);
}

Task<Done> LegRun::pause() {
  Instant end = Clock::now() + std::chrono::seconds(run_.plan.stages[identity.stage].retry.pause);
  while (Clock::now() < end && !cancelled_) co_await wakeup_.until(end);
  co_return Done{};
}

}  // namespace sluice::runtime

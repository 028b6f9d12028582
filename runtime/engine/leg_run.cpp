#include "runtime/engine/leg_run.h"

#include <fmt/format.h>

#include "runtime/engine/leg_attempt.h"

namespace sluice::runtime {

LegRun::LegRun(RunState& run, LegIdentity own) : identity(std::move(own)), run_(run), wakeup_(run.loop) {
  report.name = identity.name;
}

LegRun::~LegRun() = default;

void LegRun::cancel() {
  cancelled_ = true;
  if (attempt_) attempt_->halt(Result::cancelled, {});
  wakeup_.notify();
}

void LegRun::wake() { wakeup_.notify(); }

void LegRun::grant_place(int place) {
  place_ = place;
  wakeup_.notify();
}

Task<Done> LegRun::wait_for_place() {
  if (!run_.free_places.empty()) {
    place_ = run_.free_places.back();
    run_.free_places.pop_back();
    co_return Done{};
  }
  run_.waiting.push_back(this);
  while (place_ == 0 && !cancelled_) co_await wakeup_.until(never);
  if (place_ == 0) std::erase(run_.waiting, this);
  co_return Done{};
}

Task<Done> LegRun::run() {
  Task<Done> place = wait_for_place();
  co_await place;
  report.result = Result::cancelled;
  if (place_ != 0 && !cancelled_) {
    started = Clock::now();
    run_.status.leg_started(identity.name);
    ++run_.legs_running;
    Task<Done> attempts = run_attempts();
    co_await attempts;
    --run_.legs_running;
    report.duration = std::chrono::duration_cast<Duration>(Clock::now() - started);
  }
  finished_as = run_.next_leg++;
  run_.status.leg_finished(run_.plan.stages[identity.stage].id, report);
  if (place_ != 0) run_.release_place(place_);
  co_return Done{};
}

Task<Done> LegRun::run_attempts() {
  const Retry& retry = run_.plan.stages[identity.stage].retry;
  for (int number = 1;; ++number) {
    attempt_ = std::make_unique<LegAttempt>(run_, identity, wakeup_, place_, number);
    Task<Done> work = attempt_->run();
    co_await work;
    report.result = attempt_->result();
    report.allowed = attempt_->failure_is_allowed();
    report.reason = run_.secrets.masked(attempt_->reason());
    report.steps = attempt_->take_reports();
    outputs = attempt_->take_outputs();
    attempt_.reset();
    if (report.result != Result::failure || number >= retry.attempts || cancelled_ || run_.cancelled) break;
    note_retry(number);
    Task<Done> rest = pause();
    co_await rest;
    if (cancelled_) break;
  }
  co_return Done{};
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

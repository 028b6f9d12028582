#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/leg_attempt.h"
#include "runtime/engine/recall.h"
#include "runtime/engine/step_run.h"
#include "runtime/engine/waits.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

constexpr int no_data = 75;  // sysexits.h: EX_TEMPFAIL

}  // namespace

/// Every probe is a process of its own; the first comes at once.
Task<LegAttempt::Failure> LegAttempt::run_poll(StepRun& now, const Script& script, const Poll& poll) {
  bool watching = poll.kind == Poll::Kind::watch;
  Instant begun = Clock::now(), end = begun + std::chrono::seconds(poll.lasting);
  int failures = 0, probes = 0, halts = halts_;
  for (Instant next = begun; next <= end; ++probes) {
    Task<Failure> probing = run_script(now, script);
    Failure failure = co_await probing;
    if (now.stopped || out_of_time()) co_return failure;
    bool unknown = failure && now.exit_code == no_data;
    if (!watching && !failure) co_return std::nullopt;
    if (failure && !unknown) ++failures;
    if (watching && failures > poll.tolerate) {
      co_return fmt::format("failed {} of {} times, where {} are tolerated: {}", failures, probes + 1, poll.tolerate,
                            *failure);
    }
    if (Outcome emptied = empty_command_files(); !emptied) run_.break_off(emptied.error());
    next = std::max(next + std::chrono::seconds(std::max<Seconds>(1, poll.every)), Clock::now());
    while (Clock::now() < next && next <= end && halts_ == halts && !out_of_time()) co_await wakeup_.until(next);
    if (halts_ != halts && halt_stops(now)) {
      now.stopped = true;
      co_return "cancelled";
    }
    halts = halts_;
  }
  if (watching) {
    while (Clock::now() < end && halts_ == halts && !out_of_time()) co_await wakeup_.until(end);
    co_return std::nullopt;
  }
  co_return fmt::format("did not come true within {}", duration_text(std::chrono::seconds(poll.lasting)));
}

/// The end of a sleep stands in the journal: a run that was away meanwhile does not sleep it twice.
Task<LegAttempt::Failure> LegAttempt::run_sleep(StepRun& now, const Sleep& sleep) {
  const StepPast* past = before(now);
  std::int64_t until = wall_clock() + sleep.duration * 1000;
  if (past != nullptr && past->until) {
    until = *past->until;
  } else {
    note(RecordKind::timer_started, now, fmt::format("{{\"until\":{}}}", until));
  }
  // Elsewhere the stage would start over, and servers cannot be left alone.
  bool may_leave = has_effects() && services_.empty() && undo_ == nullptr;
  std::optional<Waiting> waiting;
  if (may_leave) waiting.emplace(run_, fmt::format("`{}` sleeps", leg_.name), until);
  int halts = halts_;
  while (wall_clock() < until && halts_ == halts && !out_of_time() && !(waiting && run_.leaving)) {
    co_await wakeup_.until(instant_of(until));
  }
  if (waiting && run_.leaving) abandoned_ = true;
  if (halts_ != halts && halt_stops(now)) {
    now.stopped = true;
    co_return "cancelled";
  }
  co_return std::nullopt;
}

bool LegAttempt::was_armed(const Arm& arm) const {
  return past_ != nullptr && std::ranges::any_of(leg_before(run_.past, leg_)->armed, [&](const auto& before) {
           return before.first == static_cast<int>(arm.rollback);
         });
}

void LegAttempt::arm(const Arm& arm) {
  Armed armed{leg_, static_cast<int>(arm.rollback), steps_, env_, number_};
  if (!was_armed(arm)) {
    run_.note(RecordKind::armed, leg_.stage, leg_.index, number_, armed.rollback, told(armed, run_.options.secrets));
  }
  run_.rollbacks->arm(std::move(armed));
}

}  // namespace sluice::runtime

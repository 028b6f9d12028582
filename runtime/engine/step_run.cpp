#include "runtime/engine/step_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/action_run.h"
#include "runtime/engine/leg_scope.h"
#include "runtime/engine/workspace.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

constexpr std::size_t shown_lines = 20;

Task<std::optional<std::string>> ended(std::optional<std::string> failure) { co_return failure; }

}  // namespace

Task<Done> LegAttempt::run_step(StepRun& now) {
  github_["action"] = action_name(now.number - 1);
  if (now.report.title.empty()) now.report.title = title_of(now);
  Instant begun = Clock::now();
  job_["status"] = to_text(job_status_);
  std::optional<bool> wanted = wants_to_run(now);
  if (wanted && *wanted) {
    run_.status.step_started(leg_.name, now.report.title);
    bool named = !now.step.id.empty() && now.phase == StepRun::Phase::main;
    std::string name = named ? now.step.id : now.report.title;
    now.log.emplace(logs_ / fmt::format("{:02}-{}.log", now.number, file_slug(name)));
    Task<bool> question = is_settled(now);
    bool settled = co_await question;
    if (abandoned_) co_return Done{};
    if (!settled) {
      if (Outcome emptied = past_ != nullptr ? empty_command_files() : Outcome(); !emptied) {
        run_.break_off(emptied.error());
      }
      note(RecordKind::step_started, now);
      Task<Done> attempts = run_attempts(now);
      co_await attempts;
    }
  }
  if (abandoned_) co_return Done{};
  now.report.duration = std::chrono::duration_cast<Duration>(Clock::now() - begun);
  record(now);
  co_return Done{};
}

/// `github.action`: the id, or `__run`, `__run_2` and so on for scripts without one.
std::string LegAttempt::action_name(std::size_t index) const {
  if (!todo_[index].id.empty()) return todo_[index].id;
  auto nameless = [](const Step& step) { return step.id.empty() && std::holds_alternative<Script>(step.action); };
  auto before = std::count_if(todo_.begin(), todo_.begin() + static_cast<std::ptrdiff_t>(index), nameless);
  return before == 0 ? "__run" : fmt::format("__run_{}", before + 1);
}

/// A title may show values of the leg; one that cannot be worked out is no reason to fail.
std::string LegAttempt::title_of(const StepRun& now) const {
  auto title = evaluate_text(now.step.title, LegScope(*this));
  return title && !title->empty() ? run_.secrets.masked(*title) : now.step.id;
}

/// Fills the step's own env and what expressions see of `env` from here on.
Outcome LegAttempt::evaluate_env(StepRun& now) {
  shown_env_ = env_;
  if (now.frame != nullptr) shown_env_.update(now.frame->env);
  Outcome evaluated = evaluate_bindings(now.step.env, LegScope(*this, now.frame), now.env);
  if (!evaluated) return std::unexpected(fmt::format("its env cannot be evaluated: {}", evaluated.error()));
  shown_env_.update(now.env);
  return {};
}

/// Nothing: it cannot be told, so the step has failed. As on GitHub the step's env is evaluated first.
std::optional<bool> LegAttempt::wants_to_run(StepRun& now) {
  if (out_of_time()) return false;
  if (Outcome evaluated = evaluate_env(now); !evaluated) {
    conclude(now, evaluated.error());
    return std::nullopt;
  }
  auto condition = evaluate_condition(*now.condition, LegScope(*this));
  if (!condition) {
    conclude(now, fmt::format("its condition cannot be evaluated: {}", condition.error()));
    return std::nullopt;
  }
  return *condition;
}

Task<Done> LegAttempt::run_attempts(StepRun& now) {
  Retry retry = now.phase == StepRun::Phase::main ? now.step.retry : Retry();
  int halts_before = halts_;
  for (int number = 1;; ++number) {
    now.deadline = now.step.timeout ? Clock::now() + std::chrono::seconds(*now.step.timeout) : never;
    Task<Failure> action = run_action(now);
    Failure failure = co_await action;
    bool again = failure && !now.stopped && number < retry.attempts && halts_ == halts_before && !out_of_time();
    if (!again) {
      Failure files = take_command_files(now);
      conclude(now, failure ? failure : files);
      break;
    }
    if (Outcome emptied = empty_command_files(); !emptied) run_.break_off(emptied.error());
    say(now,
        fmt::format("attempt {} of {}: {}; the next one begins in {}s", number, retry.attempts, *failure, retry.pause));
    Instant end = Clock::now() + std::chrono::seconds(retry.pause);
    while (Clock::now() < end && halts_ == halts_before && !out_of_time()) co_await wakeup_.until(end);
  }
  co_return Done{};
}

Task<LegAttempt::Failure> LegAttempt::run_action(StepRun& now) {
  const auto& action = now.step.action;
  if (const auto* script = std::get_if<Script>(&action)) {
    return now.step.poll ? run_poll(now, *script, *now.step.poll) : run_script(now, *script);
  }
  if (const auto* sleep = std::get_if<Sleep>(&action)) return run_sleep(now, *sleep);
  if (const auto* use = std::get_if<UseAction>(&action)) return actions_->run(now, *use);
  if (Failure out = way_out(now.step)) return ended(std::move(out));
  if (const auto* upload = std::get_if<Upload>(&action)) return run_upload(now, *upload);
  if (const auto* download = std::get_if<Download>(&action)) return run_download(now, *download);
  if (const auto* cache = std::get_if<Cache>(&action)) return run_cache(now, *cache);
  return ended(do_at_once(now));
}

/// What waits for nothing.
LegAttempt::Failure LegAttempt::do_at_once(StepRun& now) {
  if (const auto* armed = std::get_if<Arm>(&now.step.action)) {
    arm(*armed);
    return std::nullopt;
  }
  if (std::holds_alternative<Commit>(now.step.action)) {
    run_.rollbacks->commit(leg_.stage);
    note(RecordKind::committed, now);
    return std::nullopt;
  }
  say(now, fmt::format("checkout of {}", run_.options.repository_root.string()));
  Outcome checked_out = check_out(run_.options.repository_root, workspace_, run_.environment);
  return checked_out ? Failure() : Failure(checked_out.error());
}

/// The step's outcome, what it counts as, and what that makes of the job.
void LegAttempt::conclude(StepRun& now, const Failure& failure) {
  StepReport& report = now.report;
  report.outcome = !failure                                          ? Result::success
                   : now.stopped && job_status_ == Result::cancelled ? Result::cancelled
                                                                     : Result::failure;
  report.conclusion = report.outcome;
  if (!failure) return;
  report.message = run_.secrets.masked(*failure);
  if (now.log) {
    report.last_lines = last_log_lines(now.log->file(), shown_lines);
    (void)now.log->add(fmt::format("{}\n", report.message));  // a full disk has stopped the run already
  }
  if (report.outcome == Result::cancelled) return;
  if (!now.stopped) {
    auto allowed = evaluate_condition(now.step.allow_failure, LegScope(*this));
    if (!allowed) report.message += fmt::format("; allow-failure cannot be evaluated: {}", allowed.error());
    if (allowed && *allowed) report.conclusion = Result::success;
  }
  if (report.conclusion == Result::failure && job_status_ == Result::success) job_status_ = Result::failure;
}

void LegAttempt::record(StepRun& now) {
  StepReport& report = now.report;
  if (now.log) report.log = now.log->file();
  note_finished(now);
  if (has_effects() && now.wrote_files && run_.settle(true)) {
    if (Outcome emptied = empty_command_files(); !emptied) run_.break_off(emptied.error());
  }
  keep_context(now);
  run_.status.step_finished(leg_.name, report);
  reports_.push_back(std::move(report));
}

void LegAttempt::keep_context(StepRun& now) {
  const StepReport& report = now.report;
  if (!now.step.id.empty() && now.phase == StepRun::Phase::main) {
    steps_[now.step.id] = {{"outputs", std::move(now.outputs)},
                           {"outcome", to_text(report.outcome)},
                           {"conclusion", to_text(report.conclusion)}};
  }
}

/// Masked lines, to the log alone.
void LegAttempt::log_lines(StepRun& now, std::string_view block) {
  if (Outcome written = now.outermost().log->add(block); !written) run_.break_off(written.error());
}

/// Masked lines, to the log and to those who watch.
void LegAttempt::show(StepRun& now, std::string_view block) {
  log_lines(now, block);
  run_.status.lines(leg_.name, now.outermost().report.title, block);
}

void LegAttempt::say(StepRun& now, const std::string& line) { show(now, run_.secrets.masked(line) + "\n"); }

}  // namespace sluice::runtime

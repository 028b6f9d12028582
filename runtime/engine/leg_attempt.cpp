#include "runtime/engine/leg_attempt.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "runtime/engine/action_run.h"
#include "runtime/engine/leg_scope.h"
#include "runtime/engine/recall.h"
#include "runtime/engine/service_run.h"
#include "runtime/engine/step_run.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

constexpr auto kill_pause = std::chrono::milliseconds(2);
constexpr auto kill_within = std::chrono::seconds(10);  // a process that the kernel does not let go

/// The name of an attempt's folders.
std::string slug_of(const RunState& run, const LegIdentity& leg, int number, const Armed* undo) {
  std::string slug = file_slug(leg.name);
  if (run.plan.stages[leg.stage].matrix) slug += fmt::format("-{}", to_text(leg.strategy["job-index"]));
  if (number > 1) slug += fmt::format("-attempt-{}", number);
  if (undo != nullptr) slug += fmt::format("-rollback-{}", undo->rollback + 1);
  return slug;
}

std::unique_ptr<Desk> lasting_desk(const RunState& run, const LegIdentity& leg, int number, const Armed* undo) {
  if (undo == nullptr && !goes_on(run.plan.stages[leg.stage])) return nullptr;
  return std::make_unique<Desk>(run.folder / "attempts" / slug_of(run, leg, number, undo), run.environment,
                                run.options.state_folder / "tools", false);
}

}  // namespace

AttemptState::AttemptState(RunState& run, const LegIdentity& leg, Wakeup& wakeup, int place, int number,
                           const Armed* undo)
    : run_(run),
      leg_(leg),
      stage_(run.plan.stages[leg.stage]),
      undo_(undo),
      todo_(undo != nullptr ? stage_.rollbacks[static_cast<std::size_t>(undo->rollback)].steps : stage_.steps),
      wakeup_(wakeup),
      own_desk_(lasting_desk(run, leg, number, undo)),
      desk_(own_desk_ ? *own_desk_ : run.desk(place)),
      files_(desk_.folder()),
      number_(undo != nullptr ? rollback_attempt(undo->rollback) : number) {
  const LegPast* past = leg_before(run.past, leg);
  if (past != nullptr && undo == nullptr && goes_on(stage_) && past->attempt == number_) past_ = &past->last;
  if (past != nullptr && undo != nullptr && past->attempt == undo->attempt) {
    auto rollback = past->rollbacks.find(undo->rollback);
    if (rollback != past->rollbacks.end() && rollback->second.started) past_ = &rollback->second.attempt;
  }
}

AttemptState::~AttemptState() = default;

LegAttempt::LegAttempt(RunState& run, const LegIdentity& leg, Wakeup& wakeup, int place, int number, const Armed* undo)
    : AttemptState(run, leg, wakeup, place, number, undo) {
  tracking_ = fmt::format("{}.{}-{}-{}.", run.token, file_slug(leg.name), leg.index, number_);
  std::replace(tracking_.begin() + static_cast<std::ptrdiff_t>(run.token.size()) + 1, tracking_.end() - 1, '.', '_');
}

LegAttempt::~LegAttempt() {
  if (timeout_) run_.loop.cancel(*timeout_);
}

Task<Done> LegAttempt::run() {
  if (Outcome made = make_place(); !made) {
    job_status_ = Result::failure;
    run_.break_off(made.error());
    co_return Done{};
  }
  fill_contexts();
  start_timeout();
  LegScope scope(*this);
  if (Outcome evaluated = evaluate_bindings(stage_.env, scope, env_); !evaluated && undo_ == nullptr) {
    fail(fmt::format("its env cannot be evaluated: {}", evaluated.error()));
  }
  shown_env_ = env_;
  note_attempt();
  Task<bool> opening = open_sandbox();
  bool is_open = co_await opening;
  if (is_open && job_status_ == Result::success && undo_ == nullptr) {
    Task<Done> services = start_services();
    co_await services;
  }
  actions_ = std::make_unique<ActionRun>(*this);
  if (is_open) {
    Task<Done> before = actions_->run_pre();
    co_await before;
  }
  for (std::size_t i = 0; is_open && i < todo_.size() && !abandoned_; ++i) {
    StepRun now(todo_[i], i + 1);
    if (replay(now)) continue;
    Task<Done> step = run_step(now);
    co_await step;
  }
  if (is_open && !abandoned_) {
    Task<Done> behind = actions_->run_post();
    co_await behind;
  }
  shown_env_ = env_;
  if (!abandoned_) {
    Task<Done> post_work = run_post_work();
    co_await post_work;
  }
  if (undo_ == nullptr && !abandoned_) collect_outputs();
  Task<Done> cleaning = clean_up();
  co_await cleaning;
  co_return Done{};
}

Outcome LegAttempt::make_place() {
  std::string slug = slug_of(run_, leg_, number_, undo_);
  kept_ = run_.folder / "workspaces" / slug;
  // One that may go on after a crash has its own; the others work where the place is.
  workspace_ = has_effects() ? kept_ : desk_.workspace();
  temp_ = desk_.temp();
  logs_ = run_.folder / "logs" / slug;
  // What an interrupted attempt left there is no part of this one, unless it goes on with it.
  if (has_effects() && run_.past.begun() && past_ == nullptr) {
    for (const std::filesystem::path* folder : {&std::as_const(workspace_), &files_}) {
      if (Outcome removed = remove_folder(*folder); !removed) return removed;
    }
  }
  if (!has_effects() && run_.past.begun()) {
    if (Outcome removed = remove_folder(kept_); !removed) return removed;
  }
  if (has_effects()) {
    if (Outcome made = make_folders(workspace_); !made) return made;
  }
  return past_ != nullptr ? desk_.go_on() : desk_.prepare(!has_effects());
}

void LegAttempt::fill_contexts() {
  github_ = {{"workspace", workspace_.string()}, {"job", stage_.id}};
  env_ = undo_ != nullptr ? undo_->env : run_.pipeline_env;
  steps_ = undo_ != nullptr ? undo_->steps : Json::object();
  job_ = {{"status", "success"}, {"services", Json::object()}};
  environment_["GITHUB_JOB"] = stage_.id;
  if (!has_effects()) return;
  environment_["GITHUB_WORKSPACE"] = workspace_;
  environment_["GIT_CEILING_DIRECTORIES"] = workspace_.parent_path();
}

void LegAttempt::start_timeout() {
  std::optional<Seconds> limit = stage_.timeout;
  if (undo_ != nullptr) limit = stage_.rollbacks[static_cast<std::size_t>(undo_->rollback)].within.value_or(1800);
  if (!limit) return;
  std::string reason = fmt::format("timed out after {}", duration_text(std::chrono::seconds(*limit)));
  timeout_ = run_.loop.at(Clock::now() + std::chrono::seconds(*limit), [this, reason] {
    timeout_.reset();
    halt(Result::failure, reason);
  });
}

void LegAttempt::halt(Result status, std::string reason) {
  if (halts_ > 0) return;
  ++halts_;
  job_status_ = status;
  if (reason_.empty()) reason_ = std::move(reason);
  clean_up_until_ = Clock::now() + run_.options.clean_up_within;
  wakeup_.notify();
}

void LegAttempt::fail(std::string reason) {
  if (job_status_ == Result::success) job_status_ = Result::failure;
  if (reason_.empty()) reason_ = std::move(reason);
}

bool LegAttempt::out_of_time() const { return run_.kill_now || Clock::now() >= clean_up_until_; }

void LegAttempt::collect_outputs() {
  job_["status"] = to_text(job_status_);
  LegScope scope(*this);
  for (const auto& [name, expression] : stage_.outputs) {
    auto value = evaluate_text(expression, scope);
    if (!value) {
      fail(fmt::format("its output `{}` cannot be evaluated: {}", name, run_.secrets.masked(value.error())));
    } else if (run_.secrets.occur_in(*value)) {
      run_.status.annotated(leg_.name, "warning", fmt::format("the output `{}` holds a secret and is dropped", name));
    } else {
      outputs_[name] = std::move(*value);
    }
  }
  if (job_status_ != Result::failure) return;
  auto allowed = evaluate_condition(stage_.allow_failure, scope);
  allowed_ = allowed && *allowed;
}

Task<Done> LegAttempt::kill_tree(TreeQuery query) {
  query.reaper = sandbox_ ? sandbox_->reaper() : 0;
  Instant end = Clock::now() + kill_within;
  while (Clock::now() < end) {
    std::vector<pid_t> left = find_tree(query, run_.processes, run_.other_children);
    if (left.empty()) break;
    signal_tree(left, SIGKILL);
    Instant next = Clock::now() + kill_pause;
    while (Clock::now() < next) co_await wakeup_.until(next);
  }
  co_return Done{};
}

/// SIGINT, SIGTERM, SIGKILL to the whole tree, each when the one before has had its time: three quarters of `grace` and
/// the rest, as GitHub divides its ten seconds.
Task<Done> LegAttempt::stop_tree(Process& process, TreeQuery query, std::optional<Seconds> grace) {
  const Options& options = run_.options;
  query.reaper = sandbox_ ? sandbox_->reaper() : 0;
  std::pair<int, Duration> signals[] = {{SIGINT, options.interrupt_for}, {SIGTERM, options.terminate_for}};
  if (grace) {
    Duration whole = std::chrono::seconds(*grace);
    signals[0].second = whole * 3 / 4;
    signals[1].second = whole - signals[0].second;
  }
  for (auto [signal, patience] : signals) {
    if (process.has_exited() || run_.kill_now) break;
    signal_tree(find_tree(query, run_.processes, run_.other_children), signal);
    Instant end = Clock::now() + patience;
    while (!process.has_exited() && !run_.kill_now && Clock::now() < end) co_await wakeup_.until(end);
  }
  Task<Done> killing = kill_tree(std::move(query));
  co_await killing;
  Instant end = Clock::now() + kill_within;
  while (!process.has_exited() && Clock::now() < end) co_await wakeup_.until(end);
  co_return Done{};
}

Task<Done> LegAttempt::clean_up() {
  if (timeout_) run_.loop.cancel(*timeout_);
  timeout_.reset();
  Task<Done> services = stop_services();
  co_await services;
  Task<Done> killing = kill_tree({tracking_, sessions_, run_.legs_running == 1});
  co_await killing;
  leftovers_.clear();
  Task<Done> closing = close_sandbox();
  co_await closing;
  if (Outcome cleared = clear_place(); !cleared) run_.status.annotated(leg_.name, "warning", cleared.error());
  co_return Done{};
}

/// Leaves the place as the next leg wants it, and a workspace that somebody may want to look at where it is found.
Outcome LegAttempt::clear_place() {
  bool keep = run_.options.keep_workspaces || job_status_ != Result::success || abandoned_;
  // What is not known to have been done may be done once more, and needs its files.
  if (has_effects() && (abandoned_ || !run_.settle(true))) return {};
  if (has_effects()) {
    if (Outcome removed = remove_folder(files_); !removed) return removed;
  }
  std::error_code error;
  if (!has_effects()) {
    if (Outcome cleared = desk_.clear_temp(); !cleared) return cleared;
  }
  if (workspace_ == kept_) {
    bool empty = std::filesystem::is_empty(workspace_, error) && !error;
    return keep && !empty ? Outcome() : remove_folder(workspace_);
  }
  if (desk_.workspace_is_untouched()) return {};
  desk_.forget_workspace();
  // Where the run is broken off, the leg starts over when it is gone on with.
  if (!keep || run_.broken) return remove_folder(workspace_);
  if (Outcome made = make_folders(kept_.parent_path()); !made) return made;
  if (Outcome removed = remove_folder(kept_); !removed) return removed;
  std::filesystem::rename(workspace_, kept_, error);
  if (error) return std::unexpected(fmt::format("cannot keep `{}`: {}", kept_.string(), error.message()));
  return {};
}

}  // namespace sluice::runtime

#include "runtime/engine/stage_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/gate_run.h"
#include "runtime/engine/recall.h"
#include "runtime/engine/rollbacks.h"
#include "runtime/engine/stage_scope.h"
#include "runtime/expressions/glob.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

struct Decision {
  bool runs = false;
  Result result = Result::skipped;
  std::string reason;
};

/// Whether a leg of the stage was at work in an earlier life of the run.
bool began(const RunState& run, std::size_t index) {
  return index < run.past.stages.size() && !run.past.stages[index].legs.empty();
}

/// Of the environment that a stage enters or works in: why a run of this ref may not. Empty: it may.
std::string why_kept_out(const RunState& run, std::size_t index) {
  for (std::size_t i = 0; i < run.plan.environments.size(); ++i) {
    const Environment& environment = run.plan.environments[i];
    bool inside = run.plan.stages[index].environment == i || environment.entry == index;
    if (!inside || environment.branches.empty()) continue;
    std::string ref = to_text(run.github.value("ref", Json()));
    std::string_view branch = ref;
    bool is_branch = branch.starts_with("refs/heads/");
    if (is_branch) branch.remove_prefix(std::string_view("refs/heads/").size());
    auto matches = [&](const std::string& pattern) { return matches_glob(pattern, branch); };
    if (is_branch && std::ranges::any_of(environment.branches, matches)) continue;
    return fmt::format("`{}` is for runs of {}, and this one is of {}", environment.name,
                       fmt::join(environment.branches, ", "), ref.empty() ? "no branch" : ref);
  }
  return {};
}

/// A stage that does not run is blocked where only `success()` stands in its way, else skipped.
Decision decide(const RunState& run, std::size_t index) {
  const Expression& condition = run.plan.stages[index].condition;
  StageScope scope(run, index);
  if (run.kill_now) return {false, Result::cancelled, {}};
  bool noted = index < run.past.stages.size() && run.past.stages[index].started;
  // What was at work when the run was cancelled or stopped comes to its end, whatever interrupted it.
  if (noted || (run.ends_early() && began(run, index))) return {true, Result::success, {}};
  auto holds = evaluate_condition(condition, scope);
  if (holds && *holds) {
    if (std::string why = why_kept_out(run, index); !why.empty()) return {false, Result::failure, why};
  }
  if (!holds) return {false, Result::failure, fmt::format("its condition cannot be evaluated: {}", holds.error())};
  if (*holds) return {true, Result::success, {}};
  bool bad = run.stages[index].ancestor_bad;
  scope.as_if = StatusAnswers{true, run.stages[index].ancestor_failed, run.ends_early()};
  auto would = evaluate_condition(condition, scope);
  if (!would || !*would || (!bad && !run.ends_early())) return {false, Result::skipped, {}};
  if (bad) return {false, Result::blocked, {}};
  return {false, Result::cancelled, run.cancelled ? "" : "the run was stopped"};
}

struct LegValues {
  Json values = Json::object();
  Json named = Json::object();  ///< what of them stands in the leg's name
};

std::expected<std::vector<LegValues>, std::string> find_legs(const RunState& run, std::size_t index) {
  const Stage& stage = run.plan.stages[index];
  if (!stage.matrix) return std::vector<LegValues>(1);
  StageScope scope(run, index);
  auto value = evaluate(stage.matrix->legs, scope);
  if (!value) return std::unexpected(fmt::format("its matrix cannot be evaluated: {}", value.error()));
  if (!value->is_array()) return std::unexpected(std::string("its matrix is no list"));
  if (value->empty()) return std::unexpected(std::string("its matrix has no legs; guard it with a condition"));
  std::vector<LegValues> legs;
  for (Json& leg : *value) {
    bool pair = leg.is_array() && leg.size() == 2;
    LegValues one{pair ? leg[0] : leg, pair ? leg[1] : leg};
    if (!one.values.is_object()) return std::unexpected(std::string("its matrix holds something that is no record"));
    legs.push_back(std::move(one));
  }
  return legs;
}

constexpr std::size_t longest_name = 100;  // GitHub's limit

void collect_names(const Json& value, std::string& names) {
  if (value.is_structured()) {
    for (const Json& item : value) collect_names(item, names);
  } else if (!is_absent(value)) {
    names += (names.empty() ? "" : ", ") + to_text(value);
  }
}

std::string leg_name(const std::string& stage, const Json& named) {
  std::string names;
  collect_names(named, names);
  std::string name = names.empty() ? stage : fmt::format("{} ({})", stage, names);
  if (name.size() <= longest_name) return name;
  std::size_t cut = longest_name - 3;
  while (cut > 0 && (name[cut] & 0xc0) == 0x80) --cut;  // not inside of a character
  return name.substr(0, cut) + "...";
}

/// One failed leg fails the stage; else one cancelled leg makes it cancelled.
void fold_legs(StageRun& running, StageReport& report) {
  report.result = Result::success;
  bool any_failed = false, any_cancelled = false;
  for (auto& leg : running.legs) {
    any_failed = any_failed || (leg->report.result == Result::failure && !leg->report.allowed);
    any_cancelled = any_cancelled || leg->report.result == Result::cancelled;
    report.allowed = report.allowed || leg->report.allowed;
    if (report.reason.empty() && leg->report.result == Result::failure) report.reason = leg->report.reason;
    report.legs.push_back(std::move(leg->report));
  }
  if (any_failed || any_cancelled) report.allowed = false;
  if (any_failed)
    report.result = Result::failure;
  else if (any_cancelled)
    report.result = Result::cancelled;
  else if (report.allowed)
    report.result = Result::failure;
}

/// From the first leg's start, without the time that the stage waited for a place.
Duration duration_of(const StageRun& running) {
  Instant first = Clock::now();
  for (const auto& leg : running.legs) first = std::min(first, leg->started);
  return std::chrono::duration_cast<Duration>(Clock::now() - first);
}

Json merged_outputs(const StageRun& running) {
  Json outputs = Json::object();
  std::vector<const LegRun*> legs;
  for (const auto& leg : running.legs) legs.push_back(leg.get());
  std::ranges::stable_sort(legs, {}, &LegRun::finished_as);
  for (const LegRun* leg : legs) {
    for (const auto& [name, value] : leg->outputs.items()) {
      if (!is_absent(value) || !outputs.contains(name)) outputs[name] = value;
    }
  }
  return outputs;
}

/// `needs.x.result` says what it would say on GitHub: blocked stages are skipped ones there, allowed failures
/// successes.
std::string_view seen_result(const StageReport& report) {
  if (report.allowed) return to_text(Result::success);
  return to_text(report.result == Result::blocked ? Result::skipped : report.result);
}

/// Whether those that a stage depends on must be undone: it ran and did not succeed, must not fail, and is nobody who
/// looks after failures itself.
bool triggers_rollbacks(const RunState& run, std::size_t index) {
  const StageState& state = run.stages[index];
  const Stage& stage = run.plan.stages[index];
  bool bad = state.report.result == Result::failure || state.report.result == Result::cancelled;
  if (!state.started || !bad || state.report.allowed || stage.handler) return false;
  auto may_fail = evaluate_condition(stage.allow_failure, StageScope(run, index));
  return !may_fail || !*may_fail;
}

void finish_stage(RunState& run, std::size_t index, Json outputs) {
  StageState& state = run.stages[index];
  state.needs = Json{{"result", seen_result(state.report)}, {"outputs", std::move(outputs)}};
  run.status.stage_finished(state.report);
  Result result = state.report.result;
  bool failed = result == Result::failure && !state.report.allowed;
  bool bad = failed || result == Result::cancelled || result == Result::blocked;
  for (std::size_t dependent : state.dependents) {
    StageState& next = run.stages[dependent];
    next.ancestor_failed = next.ancestor_failed || failed || state.ancestor_failed;
    next.ancestor_bad = next.ancestor_bad || bad || state.ancestor_bad;
    if (--next.unfinished == 0) start_stage(run, dependent);
  }
  --run.stages_left;
  run.rollbacks->stage_ended(index, triggers_rollbacks(run, index));
}

Outcome prepare(RunState& run, std::size_t index, StageRun& running) {
  auto matrices = find_legs(run, index);
  if (!matrices) return std::unexpected(matrices.error());
  StageScope scope(run, index);
  const Stage& stage = run.plan.stages[index];
  if (stage.matrix) {
    auto fail_fast = evaluate_condition(stage.matrix->fail_fast, scope);
    if (!fail_fast) return std::unexpected(fmt::format("fail-fast cannot be evaluated: {}", fail_fast.error()));
    running.fail_fast = *fail_fast;
  }
  std::size_t total = matrices->size();
  for (std::size_t i = 0; i < total; ++i) {
    Json strategy = {{"fail-fast", running.fail_fast || !stage.matrix},
                     {"job-index", i},
                     {"job-total", total},
                     {"max-parallel", stage.matrix && stage.matrix->max_parallel ? *stage.matrix->max_parallel
                                                                                 : static_cast<int>(total)}};
    LegIdentity identity{index, static_cast<int>(i), leg_name(stage.id, (*matrices)[i].named),
                         std::move((*matrices)[i].values), std::move(strategy)};
    running.legs.push_back(std::make_unique<LegRun>(run, std::move(identity)));
  }
  return {};
}

std::string title_of(const RunState& run, std::size_t index) {
  auto title = evaluate_text(run.plan.stages[index].title, StageScope(run, index));
  return title && !title->empty() ? run.secrets.masked(*title) : run.plan.stages[index].id;
}

/// Enters the environment of the stage, so that older runs do not undo what is done there from now on.
void enter_environment(RunState& run, const Stage& stage) {
  if (!stage.environment || stage.gate || run.journal == nullptr) return;
  const std::string& name = run.plan.environments[*stage.environment].name;
  auto newest = run.journal->newest_in(name);
  if (newest && *newest && **newest == run.number) return;
  auto entered = newest ? run.journal->enter(name, run.number, wall_clock()) : std::unexpected(newest.error());
  if (!entered) run.break_off(entered.error());
}

/// What an earlier life of the run has brought to its end.
bool restore(RunState& run, std::size_t index) {
  if (index >= run.past.stages.size() || !run.past.stages[index].finished) return false;
  StagePast& past = run.past.stages[index];
  StageReport& report = run.stages[index].report;
  recall(*past.finished, report);
  run.stages[index].started = past.started.has_value() || !past.legs.empty();
  for (const auto& [number, leg] : past.legs) run.rollbacks->restore(index, number, leg);
  if (run.rollbacks->any_armed(index)) enter_environment(run, run.plan.stages[index]);
  finish_stage(run, index, unsealed(past.finished->value("outputs", Json::object()), run.options.secrets));
  return true;
}

/// Whether the stage's start stands in the journal by itself: where a step may have effects outside, or a gate counts
/// the time from there.
bool start_is_noted(const Stage& stage) { return stage.environment || stage.gate || !stage.rollbacks.empty(); }

/// Its legs from the first to the last; false: the process ends before they do.
Task<bool> run_work(RunState& run, std::size_t index, Json& outputs) {
  StageReport& report = run.stages[index].report;
  StageRun running(run, index);
  if (Outcome prepared = prepare(run, index, running); !prepared) {
    report.result = Result::failure;
    report.reason = run.secrets.masked(prepared.error());
    co_return true;
  }
  run.stages[index].running = &running;
  if (run.cancelled) running.cancel();  // in an earlier life: what has begun is brought to its end
  enter_environment(run, run.plan.stages[index]);
  const Stage& stage = run.plan.stages[index];
  GateEnd gate;
  if (stage.gate) {
    Task<GateEnd> conditions = wait_for_conditions(run, index, running.wakeup());
    gate = co_await conditions;
  }
  if (gate.result == Result::success && !gate.abandoned && !(stage.gate && stage.steps.empty())) {
    Task<Done> legs = running.run_legs();
    co_await legs;
    gate.abandoned = running.abandoned();
    outputs = merged_outputs(running);
    report.duration = duration_of(running);
    fold_legs(running, report);
    gate.result = report.result;
  }
  if (stage.gate && gate.result == Result::success && !gate.abandoned) {
    Task<GateEnd> lock = take_lock(run, index, running.wakeup());
    gate = co_await lock;
  }
  run.stages[index].running = nullptr;
  report.result = gate.result;
  if (!gate.reason.empty()) report.reason = gate.reason;
  co_return !gate.abandoned;
}

/// What the stage did is undone if it did not succeed.
Task<Done> undo_own(RunState& run, std::size_t index) {
  StageReport& report = run.stages[index].report;
  bool bad = report.result == Result::failure || report.result == Result::cancelled;
  if (!bad || !run.rollbacks->any_armed(index)) co_return Done{};
  Task<Undone> undoing = run.rollbacks->undo(index);
  report.undone = co_await undoing;
  run.status.stage_undone(report);
  co_return Done{};
}

}  // namespace

void start_stage(RunState& run, std::size_t index) {
  ++run.busy;
  run.loop.post([&run, index] { run_stage(run, index); });
}

Detached run_stage(RunState& run, std::size_t index) {
  StageState& state = run.stages[index];
  StageReport& report = state.report;
  report.id = run.plan.stages[index].id;
  report.title = title_of(run, index);
  if (restore(run, index)) {
    --run.busy;
    co_return;
  }
  Decision decision = decide(run, index);
  report.result = decision.result;
  report.reason = run.secrets.masked(decision.reason);
  Json outputs = Json::object();
  if (decision.runs) {
    state.started = true;
    if (start_is_noted(run.plan.stages[index])) run.note(RecordKind::stage_started, index, -1, -1, -1);
    Task<bool> work = run_work(run, index, outputs);
    bool ended = co_await work;
    if (ended) {
      Task<Done> undoing = undo_own(run, index);
      co_await undoing;
    }
    if (!ended || run.leaving) {
      --run.busy;
      co_return;
    }
  }
  // One that a crash interrupted, and that a cancelled run does not take up again, was cancelled while it ran.
  if (began(run, index) && report.result == Result::cancelled) state.started = true;
  bool told_elsewhere = report.result == Result::success || start_is_noted(run.plan.stages[index]);
  if (state.started && !told_elsewhere) run.note(RecordKind::stage_started, index, -1, -1, -1);
  run.note(RecordKind::stage_finished, index, -1, -1, -1, told(report, sealed(outputs, run.options.secrets)));
  finish_stage(run, index, std::move(outputs));
  --run.busy;
}

/// A leg by itself; the stage hears of its end.
Detached drive_leg(StageRun& stage, LegRun& leg) {
  Task<Done> work = leg.run();
  co_await work;
  stage.leg_done(leg);
}

std::size_t StageRun::most_at_once() const {
  const auto& matrix = run_.plan.stages[index_].matrix;
  if (!matrix || !matrix->max_parallel || *matrix->max_parallel < 1) return legs.size();
  return static_cast<std::size_t>(*matrix->max_parallel);
}

Task<Done> StageRun::run_legs() {
  while ((started_ < legs.size() && !run_.leaving) || running_ > 0) {
    while (started_ < legs.size() && running_ < most_at_once()) start_leg(*legs[started_++]);
    if (running_ > 0) co_await wakeup_.until(never);
  }
  co_return Done{};
}

void StageRun::start_leg(LegRun& leg) {
  ++running_;
  if (cancelled_) leg.cancel();
  if (run_.stopped && !holds()) leg.stop();
  drive_leg(*this, leg);
}

void StageRun::leg_done(LegRun& leg) {
  --running_;
  bool failed = leg.report.result == Result::failure && !leg.report.allowed;
  if (failed && fail_fast) cancel_legs();
  wakeup_.notify();
}

void StageRun::cancel_legs() {
  cancelled_ = true;
  for (std::size_t i = 0; i < started_; ++i) legs[i]->cancel();
}

/// Whether the stage is one for such a run: its condition asks how the run goes, and holds all the same.
bool StageRun::holds() const {
  auto holds = evaluate_condition(run_.plan.stages[index_].condition, StageScope(run_, index_));
  return holds && *holds;
}

void StageRun::cancel() {
  if (run_.kill_now || !holds()) cancel_legs();
}

void StageRun::stop() {
  if (holds()) return;
  for (auto& leg : legs) leg->stop();
}

void StageRun::wake() {
  wakeup_.notify();
  for (auto& leg : legs) leg->wake();
}

bool StageRun::abandoned() const {
  return std::ranges::any_of(legs, [](const auto& leg) { return leg->abandoned(); });
}

}  // namespace sluice::runtime

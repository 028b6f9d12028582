#include "runtime/operations/go_on.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "runtime/engine/past.h"
#include "runtime/engine/run_setup.h"
#include "runtime/engine/take_changes.h"
#include "runtime/journal/run_log.h"
#include "runtime/output/status.h"
#include "runtime/plan/plan_json.h"

namespace sluice::runtime {
namespace {

constexpr std::int64_t time_to_begin = 1000;  // milliseconds in which a process makes its run's lock

/// Of several exit statuses the one with the most weight is told.
int weight(int status) { return status == exit_waiting ? 1 : status == 0 ? 0 : status + 1; }

/// What the file says now takes the place of the journalled plan, as far as nothing of it has begun.
std::expected<void, std::string> change_plan(State& state, LoadedRun& run, const Plan& changed) {
  auto records = newest_records(state.journal, run.entry.id, state.folder / "runs" / std::to_string(run.entry.id));
  if (!records) return std::unexpected(records.error());
  auto difference = compare_plans(run.plan, changed, read_past(*records, run.plan));
  if (!difference) return std::unexpected(difference.error());
  for (const std::string& line : *difference) fmt::print("{}\n", line);
  std::string hash = plan_hash(changed);
  if (auto done = state.journal.replace_plan(run.entry.id, write_plan(changed), hash); !done) return done;
  if (hash == run.entry.plan_hash) return {};
  fmt::print("what was voted on has changed: all votes are void\n");
  return state.journal.void_votes(run.entry.id);
}

/// Whether a lock is for the run that waits for it, or it has to hear that it gets it never.
bool may_take(State& state, const std::vector<LockEntry>& locks, const LockEntry& mine) {
  auto superseded = [&](const LockEntry& lock) {
    return !lock.held && state.journal.superseded(lock.run, lock.name).value_or(false);
  };
  if (superseded(mine)) return true;
  auto first =
      std::ranges::find_if(locks, [&](const LockEntry& lock) { return lock.name == mine.name && !superseded(lock); });
  return first != locks.end() && first->run == mine.run;
}

/// Whether a gate is open but for a lock that its run waits for.
bool is_entry(const Plan& plan, const std::string& gate, const std::vector<std::string>& waited_for) {
  return std::ranges::any_of(plan.environments, [&](const Environment& environment) {
    return environment.entry && environment.lock && plan.stages[*environment.entry].id == gate &&
           std::ranges::find(waited_for, environment.lock->name) != waited_for.end();
  });
}

}  // namespace

int status_of(RunOutcome outcome) {
  if (outcome == RunOutcome::waiting) return exit_waiting;
  return outcome == RunOutcome::succeeded ? 0 : 1;
}

std::unique_ptr<Status> watcher(const std::string& format) {
  Screen screen = find_screen(1);
  return format == "json" ? json_status(screen) : choose_status(screen);
}

int go_on(State& state, const RunEntry& entry, const Asked& asked, const ResumeOptions& options) {
  auto run = load(state, entry);
  if (!run) return refuse(run.error());
  if (auto given = give_secrets(*run, asked.secret_file); !given) return refuse(given.error());
  if (options.changed_plan && entry.phase != RunPhase::finished) {
    if (auto changed = change_plan(state, *run, *options.changed_plan); !changed) return refuse(changed.error());
  }
  run->options.force = options.force;
  run->options.wait = options.wait;
  auto status = watcher(asked.format);
  auto report = resume(state.journal, entry.id, run->options, *status);
  if (!report) return refuse(report.error());
  return status_of(report->outcome);
}

bool may_go_on(State& state, const RunEntry& entry) {
  if (entry.phase != RunPhase::waiting) return false;
  if (entry.wake_at > 0 && entry.wake_at <= wall_clock()) return true;
  auto run = load(state, entry);
  auto locks = state.journal.locks();
  if (!run || !locks) return false;
  std::vector<std::string> waited_for;
  for (const LockEntry& lock : *locks) {
    if (lock.run != entry.id || lock.held) continue;
    if (may_take(state, *locks, lock)) return true;
    waited_for.push_back(lock.name);
  }
  Json gates = waiting_gates(run->subject(state));
  return std::ranges::any_of(gates.value("gates", Json::array()), [&](const Json& gate) {
    return gate["missing"].empty() && !is_entry(run->plan, gate["gate"].get<std::string>(), waited_for);
  });
}

bool is_interrupted(const State& state, const RunEntry& entry) {
  std::error_code error;
  bool has_lock = std::filesystem::exists(state.folder / "runs" / std::to_string(entry.id) / "lock", error);
  bool begins = !has_lock && wall_clock() < entry.begun + time_to_begin;
  return entry.phase == RunPhase::running && !begins && !RunFolder::is_taken(state.folder, entry.id);
}

int resume_runs(const Asked& asked, const ResumeOptions& options) {
  auto state = State::open(asked.state_folder);
  if (!state) return refuse(state.error());
  if (!asked.run.empty()) {
    auto entry = state->find(asked.run);
    return entry ? go_on(*state, *entry, asked, options) : refuse(entry.error());
  }
  auto runs = state->journal.runs();
  if (!runs) return refuse(runs.error());
  int worst = 0;
  bool any = false;
  std::ranges::reverse(*runs);  // who came first goes on first
  for (const RunEntry& entry : *runs) {
    if (!is_interrupted(*state, entry) && !may_go_on(*state, entry)) continue;
    any = true;
    worst = std::ranges::max(worst, go_on(*state, entry, asked, options), {}, weight);
  }
  if (!any) fmt::print("no run can go on now; `sluice status` says what they wait for\n");
  return worst;
}

}  // namespace sluice::runtime

#include "runtime/engine/runner.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "runtime/engine/context.h"
#include "runtime/engine/gate_run.h"
#include "runtime/engine/rollbacks.h"
#include "runtime/engine/run_control.h"
#include "runtime/engine/run_setup.h"
#include "runtime/engine/stage_run.h"
#include "runtime/engine/waits.h"
#include "runtime/expressions/values.h"
#include "runtime/plan/plan_json.h"
#include "runtime/system/process_tree.h"

extern char** environ;

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

constexpr int most_deaths = 10;              // in a row, without getting any further
constexpr std::int64_t short_wait = 10'000;  // milliseconds for which no process ends and begins again

/// The first signal cancels, the next one kills; children that ended are told to their owners.
void take_signals(RunState& run, SignalGuard& signals) {
  while (int number = signals.next()) {
    if (number == SIGCHLD) {
      run.processes.reap();
      continue;
    }
    if (run.log && !run.cancelled) {  // also if somebody kills us before all has ended
      Json data = {{"what", "cancel"}, {"who", run.options.starter}};
      (void)run.log->add({RecordKind::asked, -1, -1, -1, -1, to_json_line(data)});
      run.settle(true);
    }
    std::string_view what = run.cancelled ? "everything is killed" : "the run is cancelled; once more kills everything";
    run.status.annotated(run.plan.pipeline, "notice", std::string(what));
    run.cancel();
  }
}

void refresh_again(RunState& run, Duration period) {
  run.status.refresh();
  run.loop.at(Clock::now() + period, [&run, period] { refresh_again(run, period); });
}

/// All that is left waits, and for long: there is nothing to do for a process.
bool may_leave(const RunState& run) {
  if (run.busy > 0 || run.waiting.empty() || run.options.wait || run.cancelled || !run.log) return false;
  std::int64_t soon = wall_clock() + short_wait;
  return std::ranges::none_of(run.waiting,
                              [&](const Waiting* waiting) { return waiting->until() && *waiting->until() < soon; });
}

/// To those who watch a run that stays while it waits, once for each thing.
void tell_of_waiting(RunState& run) {
  if (run.busy > 0 || run.waiting.empty()) return;
  std::vector<std::string> reasons;
  for (const Waiting* waiting : run.waiting) {
    if (run.said.insert("waits " + waiting->what()).second) reasons.push_back(waiting->what());
  }
  if (!reasons.empty()) run.status.waiting(reasons);
}

/// At the end of every turn of the loop: what happened in it is written down, and it is seen whether anything is left.
bool turn_ended(RunState& run) {
  if (std::exchange(run.any_ended, false)) release_locks(run);
  if (run.is_done()) return true;
  if (run.options.wait) tell_of_waiting(run);
  if (!run.leaving && may_leave(run)) {
    for (const Waiting* waiting : run.waiting) {
      run.left_waiting.push_back(waiting->what());
      if (waiting->until() && (run.wake_at == 0 || *waiting->until() < run.wake_at)) run.wake_at = *waiting->until();
    }
    run.leaving = true;
    run.wake_all();
  }
  return run.leaving && run.busy == 0 && run.waiting.empty();
}

Outcome run_stages(RunState& run, SignalGuard& signals) {
  if (Outcome watched = run.loop.watch(signals.descriptor(), [&] { take_signals(run, signals); }); !watched)
    return watched;
  if (auto period = run.status.refresh_every()) refresh_again(run, *period);
  if (run.past.cancelled) run.cancel();
  if (run.past.stopped) run.stop();
  for (std::size_t i = 0; i < run.stages.size(); ++i) {
    if (run.stages[i].wanted && run.stages[i].unfinished == 0) start_stage(run, i);
  }
  Outcome looped = run.loop.run([&] { return turn_ended(run); });
  run.loop.forget(signals.descriptor());
  return looped;
}

/// Whatever escaped every other hand: all that descends from us and was not there before.
void kill_the_rest(RunState& run) {
  Instant end = Clock::now() + std::chrono::seconds(10);
  while (Clock::now() < end) {
    std::vector<pid_t> left = find_tree({run.token + ".", {}, true}, run.processes, run.other_children);
    if (left.empty()) break;
    signal_tree(left, SIGKILL);
    usleep(1000);
    run.processes.reap();
  }
  run.processes.reap();
}

RunOutcome outcome_of(const RunState& run) {
  if (run.leaving) return RunOutcome::waiting;  // whatever has failed by now
  bool failed = run.broken.has_value(), cancelled = run.cancelled || run.stopped, undone = false;
  for (const StageState& stage : run.stages) {
    if (!stage.wanted) continue;
    const StageReport& report = stage.report;
    if (report.undone == Undone::failed) return RunOutcome::rollback_failed;
    undone = undone || report.undone == Undone::done;
    failed = failed || (report.result == Result::failure && !report.allowed);
    cancelled = cancelled || report.result == Result::cancelled;
  }
  if (undone) return RunOutcome::rolled_back;
  if (run.broken) return RunOutcome::failed;
  if (run.cancelled || (cancelled && !failed)) return RunOutcome::cancelled;
  return failed ? RunOutcome::failed : RunOutcome::succeeded;
}

std::string title_of(const Plan& plan) { return plan.title.empty() ? plan.pipeline : plan.title; }

RunReport make_report(RunState& run, Instant begun) {
  RunReport report{run.run_id, title_of(run.plan), run.folder, outcome_of(run), {}, {}, run.left_waiting};
  for (StageState& stage : run.stages) {
    if (stage.wanted && (!run.leaving || !stage.needs.is_null())) report.stages.push_back(std::move(stage.report));
  }
  report.duration = std::chrono::duration_cast<Duration>(Clock::now() - begun);
  return report;
}

std::vector<std::string> wanted_ids(const RunState& run) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < run.stages.size(); ++i) {
    if (run.stages[i].wanted) ids.push_back(run.plan.stages[i].id);
  }
  return ids;
}

/// How long stages took that succeeded, for the order in which later runs start them.
void keep_durations(RunState& run, const RunReport& report) {
  auto known = run.journal->durations(run.plan.pipeline);
  if (!known) return;
  bool changed = false;
  for (const StageReport& stage : report.stages) {
    if (stage.result != Result::success) continue;
    std::int64_t& duration = (*known)[stage.id];
    std::int64_t learnt = duration == 0 ? stage.duration.count() : (duration + stage.duration.count()) / 2;
    changed = changed || learnt != duration;
    duration = learnt;
  }
  if (changed) (void)run.journal->keep_durations(run.plan.pipeline, *known);
}

/// For other programs, and for those who follow the logs.
Outcome write_result(const RunReport& report) {
  Json stages = Json::object();
  // Names are unique, and looking each up among all before it would take its time.
  auto& members = stages.get_ref<Json::object_t&>();
  for (const StageReport& stage : report.stages) {
    Json told = {{"result", to_text(stage.result)},
                 {"allowed", stage.allowed},
                 {"reason", stage.reason},
                 {"milliseconds", stage.duration.count()}};
    members.Json::object_t::Container::emplace_back(stage.id, std::move(told));
  }
  Json result = {{"run", report.run_id},
                 {"title", report.title},
                 {"outcome", to_text(report.outcome)},
                 {"milliseconds", report.duration.count()},
                 {"stages", std::move(stages)}};
  return write_file(report.folder / "result.json", to_json_text(result) + "\n");
}

std::expected<void, std::string> close_run(RunState& run, const RunReport& report) {
  if (!run.log) return {};
  if (Outcome written = run.log->sync(); !written) return written;
  if (run.leaving) return run.journal->set_phase(run.number, RunPhase::waiting, run.wake_at);
  (void)run.log->add(
      {RecordKind::run_finished, -1, -1, -1, -1, fmt::format("{{\"outcome\":\"{}\"}}", to_text(report.outcome))});
  if (Outcome written = run.log->sync(); !written) return written;
  keep_durations(run, report);
  if (auto released = run.journal->release_locks(run.number); !released) return released;
  return run.journal->finish_run(run.number, to_text(report.outcome), wall_clock());
}

/// Reads what earlier lives have left, ends what still runs of them, and says that this life has begun.
Outcome take_up(RunState& run) {
  run.token = fmt::format("{:x}-{:x}", getpid(), Clock::now().time_since_epoch().count());
  if (run.journal == nullptr) return {};
  auto log = RunLog::open(*run.journal, run.number, run.folder);
  if (!log) return std::unexpected(log.error());
  auto records = run.journal->records_of(run.number);
  if (!records) return std::unexpected(records.error());
  run.past = read_past(*records, run.plan);
  if (run.past.lives_without_progress >= most_deaths && !run.options.force) {
    return std::unexpected(
        fmt::format("run {} has died {} times in a row without getting any further; see what stops "
                    "it, then `sluice resume {} --force`",
                    run.number, run.past.lives_without_progress, run.number));
  }
  if (run.past.begun()) end_orphans(run);
  run.log.emplace(std::move(*log));
  auto entry = run.journal->find(run.number);
  if (!entry) return std::unexpected(entry.error());
  bool waited = *entry && (*entry)->phase == RunPhase::waiting;
  Json data = {{"token", run.token}, {"pid", getpid()}, {"boot", boot_id()}, {"waited", waited}};
  if (Outcome added = run.log->add({RecordKind::taken_up, -1, -1, -1, -1, to_json_line(data)}); !added) return added;
  if (auto set = run.journal->set_phase(run.number, RunPhase::running); !set) return set;
  return run.log->commit();
}

std::expected<RunReport, std::string> finish(RunState& run, const Outcome& ran, Instant begun) {
  kill_the_rest(run);
  bool goes_on = run.leaving || run.broken;
  for (const char* name : {"places", "attempts"}) {
    if (goes_on && std::string_view(name) == "attempts") break;
    if (Outcome removed = remove_folder(run.folder / name); !removed) {
      run.status.annotated(run.plan.pipeline, "warning", removed.error());
    }
  }
  RunReport report = make_report(run, begun);
  run.status.run_finished(report);
  if (!ran) return std::unexpected(ran.error());
  if (run.broken) return std::unexpected(*run.broken);
  if (!run.leaving) {  // while a crash still leaves a run to be brought to its end
    if (Outcome written = write_result(report); !written) return std::unexpected(written.error());
  }
  if (auto closed = close_run(run, report); !closed) return std::unexpected(closed.error());
  return report;
}

/// From the first look at the journal to the last record.
std::expected<RunReport, std::string> execute(const Plan& plan, const Options& options, Journal* journal,
                                              std::int64_t number, const std::string& hash, Status& status) {
  auto folder = RunFolder::open(options.state_folder, number);
  if (!folder) return std::unexpected(folder.error());
  auto loop = EventLoop::open();
  if (!loop) return std::unexpected(loop.error());
  auto signals = SignalGuard::take();
  if (!signals) return std::unexpected(signals.error());
  RunState state(plan, options, status, **loop, folder->path());
  state.journal = journal;
  state.number = number;
  state.hash = hash;
  state.other_children = own_children();
  for (auto step : {take_up, choose_stages, fill_contexts}) {
    if (Outcome done = step(state); !done) return std::unexpected(done.error());
  }
  rank_stages(state);
  std::unique_ptr<ControlServer> control;
  if (journal != nullptr) {
    auto opened = open_control(state);
    if (!opened) return std::unexpected(opened.error());
    control = std::move(*opened);
  }
  Instant begun = Clock::now();
  status.attach(**loop, state.processes);
  status.run_started(state.run_id, title_of(plan), wanted_ids(state));
  prepare_isolation(state);
  Outcome ran = run_stages(state, **signals);
  control.reset();  // a run that is finished leaves no socket, whenever it is killed
  return finish(state, ran, begun);
}

/// Manifests are all that a run has of its artifacts: the contents lie in the store.
Outcome take_over_artifacts(const Options& options, std::int64_t number) {
  std::error_code error;
  if (options.artifacts_of.empty() || !fs::exists(options.artifacts_of, error)) return {};
  fs::path to = options.state_folder / "runs" / std::to_string(number) / "artifacts";
  if (Outcome made = make_folders(to); !made) return made;
  fs::copy(options.artifacts_of, to, error);
  if (error) return std::unexpected(fmt::format("cannot take over the artifacts: {}", error.message()));
  return {};
}

bool asks_somebody(const Plan& plan) {
  return std::ranges::any_of(plan.stages, [](const Stage& stage) { return stage.gate.has_value(); }) ||
         std::ranges::any_of(plan.environments, [](const Environment& one) { return one.lock.has_value(); });
}

/// The journal knows its number and its end alone: whenever its process dies, there is nothing to go on with.
std::expected<RunReport, std::string> run_unjournalled(const Plan& plan, const Options& options, Journal& journal,
                                                       std::int64_t number, Status& status) {
  if (auto done = journal.finish_run(number, "not journalled", wall_clock()); !done)
    return std::unexpected(done.error());
  auto report = execute(plan, options, nullptr, number, "", status);
  if (!report) return report;
  auto done = journal.finish_run(number, to_text(report->outcome), wall_clock());
  if (!done) return std::unexpected(done.error());
  return report;
}

/// A run with all that it takes over from another one, or no run.
std::expected<std::int64_t, std::string> begin_whole(Journal& journal, const RunStart& start, const Options& options) {
  auto failed = [](const std::string& why) {
    return std::unexpected(fmt::format("the journal cannot be written: {}", why));
  };
  Transaction transaction(journal.database());
  if (!transaction.begun()) return failed(transaction.begun().error());
  auto number = journal.begin_run(start);
  if (!number) return failed(number.error());
  // A power cut may have taken a run of that number out of the journal, and left its folder.
  Outcome cleared = remove_folder(options.state_folder / "runs" / std::to_string(*number));
  if (cleared) cleared = take_over_artifacts(options, *number);
  if (!cleared) return std::unexpected(cleared.error());
  for (const Record& record : options.copied) {  // as if this run had done it
    if (auto added = journal.add(*number, record); !added) return failed(added.error());
  }
  if (auto committed = transaction.commit(); !committed) return failed(committed.error());
  return number;
}

Options with_absolute_paths(Options options) {
  options.repository_root = fs::absolute(options.repository_root);
  options.state_folder = fs::absolute(options.state_folder);
  if (!options.actions.empty()) options.actions = fs::absolute(options.actions);
  return options;
}

}  // namespace

std::expected<RunReport, std::string> run(const Plan& plan, const Options& given, Status& status) {
  if (Outcome checked = check_secrets(plan, given); !checked) return std::unexpected(checked.error());
  if (!given.journal && asks_somebody(plan)) {
    return std::unexpected("gates and locks live in the journal; leave out `--no-journal`");
  }
  Options options = with_absolute_paths(given);
  auto journal = Journal::open(options.state_folder);
  if (!journal) return std::unexpected(journal.error());
  RunStart start{plan.pipeline,         title_of(plan),  write_plan(plan), plan_hash(plan),
                 context_text(options), options.starter, wall_clock(),     options.rerun_of};
  auto number = begin_whole(*journal, start, options);
  if (!number) return std::unexpected(number.error());
  if (!options.journal) return run_unjournalled(plan, options, *journal, *number, status);
  return execute(plan, options, &*journal, *number, start.plan_hash, status);
}

std::expected<RunReport, std::string> resume(Journal& journal, std::int64_t number, const Options& given,
                                             Status& status) {
  auto entry = journal.find(number);
  if (!entry) return std::unexpected(entry.error());
  if (!*entry) return std::unexpected(fmt::format("there is no run {}; `sluice runs` lists them", number));
  if ((*entry)->phase == RunPhase::finished) {
    return std::unexpected(
        fmt::format("run {} is finished: {}; `sluice rerun {}` runs it once more", number, (*entry)->outcome, number));
  }
  auto text = journal.plan_of(number);
  if (!text) return std::unexpected(text.error());
  auto plan = read_plan(*text);
  if (!plan) return std::unexpected(plan.error());
  Options options = with_absolute_paths(given);
  if (Outcome checked = check_secrets(*plan, options); !checked) return std::unexpected(checked.error());
  return execute(*plan, options, &journal, number, (*entry)->plan_hash, status);
}

std::map<std::string, std::string> current_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view text = *entry;
    std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    std::string_view name = text.substr(0, equals);
    bool foreign = name.starts_with("GITHUB_") || name.starts_with("RUNNER_") || name.starts_with("ACTIONS_") ||
                   name.starts_with("GIT_") || name.starts_with("SLUICE_");
    if (!foreign) variables.emplace(name, text.substr(equals + 1));
  }
  return variables;
}

}  // namespace sluice::runtime

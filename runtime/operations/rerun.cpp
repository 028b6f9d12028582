#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/recall.h"
#include "runtime/expressions/values.h"
#include "runtime/operations/go_on.h"
#include "runtime/output/status.h"

namespace sluice::runtime {
namespace {

/// Whether some stage that runs again has to pass a gate: then it is asked once more, and its lock is taken.
bool is_needed(const Plan& plan, const std::vector<bool>& taken, std::size_t gate) {
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const Stage& stage = plan.stages[i];
    bool enters = stage.environment && plan.environments[*stage.environment].entry == gate;
    if (!taken[i] && (enters || std::ranges::find(stage.after, gate) != stage.after.end())) return true;
  }
  return false;
}

/// Which stages are taken over: those that succeeded and were not undone, none of whose ancestors runs again.
std::expected<std::vector<bool>, std::string> taken_over(const Plan& plan, const Past& past,
                                                         const RerunOptions& options) {
  std::vector<bool> taken(plan.stages.size(), false);
  bool known = options.from.empty();
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const Stage& stage = plan.stages[i];
    known = known || stage.id == options.from;
    StageReport report;
    if (past.stages[i].finished) recall(*past.stages[i].finished, report);
    bool whole = past.stages[i].finished && report.result == Result::success && report.undone == Undone::nothing;
    bool before = std::ranges::all_of(stage.after, [&](std::size_t index) { return taken[index]; });
    taken[i] = (options.failed || !options.from.empty()) && whole && before && stage.id != options.from;
  }
  if (!known) {
    std::string names;
    for (const Stage& stage : plan.stages) names += fmt::format("{}`{}`", names.empty() ? "" : ", ", stage.id);
    return std::unexpected(
        fmt::format("there is no stage `{}` in `{}`; there are {}", options.from, plan.pipeline, names));
  }
  // What stands behind a gate needs nothing of it, and stays.
  for (std::size_t i = taken.size(); i-- > 0;) {
    if (plan.stages[i].gate && taken[i]) taken[i] = !is_needed(plan, taken, i);
  }
  return taken;
}

}  // namespace

int rerun(const Asked& asked, const RerunOptions& options) {
  auto state = State::open(asked.state_folder);
  if (!state) return refuse(state.error());
  auto entry = state->find(asked.run);
  if (!entry) return refuse(entry.error());
  if (entry->phase != RunPhase::finished) {
    return refuse(fmt::format("run {} is not finished; `sluice resume {}` goes on with it", entry->id, entry->id));
  }
  if (options.failed && entry->outcome == to_text(RunOutcome::succeeded)) {
    return refuse(fmt::format("nothing of run {} has failed; `sluice rerun {}` runs all of it", entry->id, entry->id));
  }
  auto run = load(*state, *entry);
  if (!run) return refuse(run.error());
  if (auto given = give_secrets(*run, asked.secret_file); !given) return refuse(given.error());
  auto records = state->journal.records_of(entry->id);
  if (!records) return refuse(records.error());
  auto taken = taken_over(run->plan, read_past(*records, run->plan), options);
  if (!taken) return refuse(taken.error());
  for (const Record& record : *records) {
    if (record.stage >= 0 && (*taken)[static_cast<std::size_t>(record.stage)]) run->options.copied.push_back(record);
  }
  run->options.artifacts_of = state->folder / "runs" / std::to_string(entry->id) / "artifacts";
  double attempt = to_number(run->options.github.value("run_attempt", Json("1")));
  run->options.github["run_attempt"] = fmt::format("{:.0f}", attempt + 1);
  run->options.rerun_of = entry->id;
  auto status = watcher(asked.format);
  auto report = runtime::run(run->plan, run->options, *status);
  if (!report) return refuse(report.error());
  return status_of(report->outcome);
}

}  // namespace sluice::runtime

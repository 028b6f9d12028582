#include <fmt/format.h>

#include <cstdio>

#include "runtime/engine/past.h"
#include "runtime/engine/recall.h"
#include "runtime/engine/requests.h"
#include "runtime/engine/run_setup.h"
#include "runtime/journal/run_log.h"
#include "runtime/operations/operations.h"
#include "runtime/operations/state.h"
#include "runtime/output/status.h"

namespace sluice::runtime {
namespace {

Json entry_json(const State& state, const RunEntry& entry) {
  Json json = {{"run", entry.id},          {"pipeline", entry.pipeline},
               {"title", entry.title},     {"state", phase_text(state, entry)},
               {"starter", entry.starter}, {"begun", entry.begun}};
  if (entry.ended > 0) json["ended"] = entry.ended;
  if (entry.rerun_of) json["rerun_of"] = *entry.rerun_of;
  return json;
}

std::string entry_line(const State& state, const RunEntry& entry) {
  std::string took = entry.ended > 0 ? duration_text(Duration(entry.ended - entry.begun)) : "";
  std::string again = entry.rerun_of ? fmt::format("  (run {} once more)", *entry.rerun_of) : "";
  return fmt::format("{:>5}  {:<16} {}  {:>7}  {}{}\n", entry.id, phase_text(state, entry), time_text(entry.begun),
                     took, entry.title, again);
}

/// What an unfinished run waits for, as the journal tells it.
std::vector<std::string> waits_of(State& state, const LoadedRun& run) {
  std::vector<std::string> waits;
  Json gates = waiting_gates(run.subject(state));
  for (const Json& gate : gates.value("gates", Json::array())) {
    if (gate["missing"].empty()) continue;
    std::string missing;
    for (const Json& one : gate["missing"]) missing += (missing.empty() ? "" : "; ") + one.get<std::string>();
    waits.push_back(fmt::format("gate `{}`: {}", gate["gate"].get<std::string>(), missing));
  }
  auto locks = state.journal.locks();
  for (const LockEntry& lock : locks ? *locks : std::vector<LockEntry>()) {
    if (lock.run == run.entry.id && !lock.held) waits.push_back(fmt::format("lock `{}`", lock.name));
  }
  if (RunFolder::is_taken(state.folder, run.entry.id)) return waits;  // what it does is in no doubt
  if (auto probe = resolution(run.subject(state), 0, "", "rerun"); !probe && !probe.error().starts_with("no step")) {
    waits.push_back(probe.error().substr(probe.error().find("in doubt is")));
  }
  return waits;
}

bool has_begun(const StagePast& past) { return past.started || !past.legs.empty(); }

/// What became of rollbacks that ran after their stage had ended.
Undone undone_of(const StagePast& past) {
  Undone undone = Undone::nothing;
  for (const auto& [number, leg] : past.legs) {
    for (const auto& [index, rollback] : leg.rollbacks) {
      if (!rollback.finished) continue;
      bool fine = rollback.finished->value("result", "") == "success";
      if (undone != Undone::failed) undone = fine ? Undone::done : Undone::failed;
    }
  }
  return undone;
}

Json stage_json(const Stage& stage, const StagePast& past) {
  Json json = {{"stage", stage.id}, {"result", has_begun(past) ? "started" : ""}};
  if (past.finished) json.update(*past.finished);
  if (Undone undone = undone_of(past); undone != Undone::nothing) json["undone"] = to_text(undone);
  return json;
}

std::string stage_line(const Stage& stage, const StagePast& past) {
  StageReport report;
  if (past.finished) recall(*past.finished, report);
  std::string result(past.finished ? to_text(report.result) : has_begun(past) ? "started" : "-");
  if (Undone undone = undone_of(past); undone != Undone::nothing) report.undone = undone;
  std::string more = report.undone != Undone::nothing ? fmt::format("  {}", to_text(report.undone)) : "";
  if (!report.reason.empty()) more += "  " + report.reason;
  std::string took = past.finished ? duration_text(report.duration) : "";
  return fmt::format("  {:<24} {:<10} {:>7}{}\n", stage.id, result, took, more);
}

}  // namespace

int list_runs(const Asked& asked) {
  auto state = State::open(asked.state_folder);
  if (!state) return refuse(state.error());
  auto runs = state->journal.runs();
  if (!runs) return refuse(runs.error());
  Json all = Json::array();
  for (const RunEntry& entry : *runs) {
    if (asked.format == "json")
      all.push_back(entry_json(*state, entry));
    else
      fmt::print("{}", entry_line(*state, entry));
  }
  if (asked.format == "json") fmt::print("{}\n", to_json_text(all));
  return 0;
}

int show_run(const Asked& asked) {
  auto state = State::open(asked.state_folder);
  if (!state) return refuse(state.error());
  auto entry = state->find(asked.run);
  if (!entry) return refuse(entry.error());
  auto run = load(*state, *entry);
  if (!run) return refuse(run.error());
  auto records =
      newest_records(state->journal, entry->id, run->options.state_folder / "runs" / std::to_string(entry->id));
  if (!records) return refuse(records.error());
  Past past = read_past(*records, run->plan);
  if (asked.format == "json") {
    Json json = entry_json(*state, *entry);
    json["lives"] = past.lives;
    json["waits"] = entry->phase == RunPhase::finished ? std::vector<std::string>() : waits_of(*state, *run);
    for (std::size_t i = 0; i < past.stages.size(); ++i) {
      json["stages"].push_back(stage_json(run->plan.stages[i], past.stages[i]));
    }
    fmt::print("{}\n", to_json_text(json));
    return 0;
  }
  fmt::print("{}", entry_line(*state, *entry));
  if (past.lives > 1) fmt::print("  taken up {} times\n", past.lives);
  for (std::size_t i = 0; i < past.stages.size(); ++i) {
    fmt::print("{}", stage_line(run->plan.stages[i], past.stages[i]));
  }
  if (entry->phase == RunPhase::finished) return 0;
  for (const std::string& wait : waits_of(*state, *run)) fmt::print("  waits: {}\n", wait);
  return 0;
}

int show_status(const Asked& asked) {
  auto state = State::open(asked.state_folder);
  if (!state) return refuse(state.error());
  auto runs = state->journal.runs();
  if (!runs) return refuse(runs.error());
  bool any = false;
  for (const RunEntry& entry : *runs) {
    if (entry.phase == RunPhase::finished) continue;
    any = true;
    fmt::print("{}", entry_line(*state, entry));
    auto run = load(*state, entry);
    if (!run) return refuse(run.error());
    for (const std::string& wait : waits_of(*state, *run)) fmt::print("         waits: {}\n", wait);
    if (phase_text(*state, entry) == "interrupted")
      fmt::print("         `sluice resume {}` goes on with it\n", entry.id);
  }
  if (!any) fmt::print("all runs are finished\n");
  auto locks = state->journal.locks();
  if (!locks) return refuse(locks.error());
  for (const LockEntry& lock : *locks) {
    fmt::print("lock {:<18} {} run {} since {}\n", lock.name, lock.held ? "held by" : "wanted by", lock.run,
               time_text(lock.at));
  }
  return 0;
}

}  // namespace sluice::runtime

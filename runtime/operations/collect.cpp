#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/run_setup.h"
#include "runtime/operations/operations.h"
#include "runtime/operations/state.h"
#include "runtime/store/garbage.h"

namespace sluice::runtime {
namespace {

/// Finished, old, and not among the newest.
std::vector<RunEntry> runs_to_remove(const std::vector<RunEntry>& runs, const CollectOptions& options) {
  std::int64_t oldest = wall_clock() - std::int64_t{options.keep_days} * 86'400'000;
  std::vector<RunEntry> old;
  int kept = 0;
  for (const RunEntry& entry : runs) {
    bool keep = entry.phase != RunPhase::finished || kept < options.keep_runs || entry.ended >= oldest;
    if (entry.phase == RunPhase::finished) ++kept;
    if (!keep) old.push_back(entry);
  }
  return old;
}

/// Artifacts past their time, caches over their limits, and what no run needs any more.
int collect_store(State& state, const std::vector<RunEntry>& runs) {
  GarbageOptions garbage;
  garbage.is_open = [&](const std::string& run) {
    auto found = std::ranges::find(runs, run, [](const RunEntry& entry) { return std::to_string(entry.id); });
    return found != runs.end() && found->phase != RunPhase::finished;
  };
  auto removed = collect_garbage(state.folder, wall_clock() * 1'000'000, garbage);
  if (!removed) return refuse(removed.error());
  for (const std::string& artifact : removed->artifacts) fmt::print("artifact {}: its time is over\n", artifact);
  for (const std::string& cache : removed->caches) fmt::print("cache {}: removed\n", cache);
  fmt::print("{} of files that nothing needs any more\n", size_text(removed->bytes));
  if (removed->busy) fmt::print("the store was busy all the time: try again later\n");
  return 0;
}

}  // namespace

int collect(const Asked& asked, const CollectOptions& options) {
  auto state = State::open(asked.state_folder);
  if (!state) return refuse(state.error());
  auto runs = state->journal.runs();
  if (!runs) return refuse(runs.error());
  for (const RunEntry& entry : runs_to_remove(*runs, options)) {
    fmt::print("run {} of {}: {}\n", entry.id, time_text(entry.begun), options.dry ? "would go" : "removed");
    if (options.dry) continue;
    // The journal forgets it last: until then the next `gc` finds what is left of its folder.
    Outcome removed = remove_folder(state->folder / "runs" / std::to_string(entry.id));
    if (!removed) return refuse(removed.error());
    if (auto done = state->journal.remove_run(entry.id); !done) return refuse(done.error());
  }
  return options.dry ? 0 : collect_store(*state, *runs);
}

}  // namespace sluice::runtime

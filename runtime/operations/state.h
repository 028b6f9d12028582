#pragma once
#include <expected>
#include <filesystem>
#include <string>

#include "runtime/engine/requests.h"
#include "runtime/engine/runner.h"
#include "runtime/journal/journal.h"

namespace sluice::runtime {

/// The state of a repository, `.sluice` in its folder, for those who ask about runs or go on with them.
struct State {
  std::filesystem::path folder;
  Journal journal;

  /// An error where nothing has ever run there: then there is nothing to ask about.
  static std::expected<State, std::string> open(const std::filesystem::path& folder);

  /// A run by its number; `last` or nothing is the newest.
  std::expected<RunEntry, std::string> find(const std::string& run);
};

/// A run with what it was started with.
struct LoadedRun {
  RunEntry entry;
  Plan plan;
  Options options;

  RequestSubject subject(State& state) const { return {state.journal, entry.id, plan, options, entry.plan_hash}; }
};

std::expected<LoadedRun, std::string> load(State& state, const RunEntry& entry);

/// The values of the run's secrets, which lie nowhere, and the variables of this process, into the run's options.
std::expected<void, std::string> give_secrets(LoadedRun& run, const std::string& secret_file);

/// Who stands in a run's way: `running`, `interrupted`, `waiting`, or what became of it.
std::string phase_text(const State& state, const RunEntry& entry);

/// Says on the error stream why something cannot be done; gives the exit status for it.
int refuse(const std::string& why);

/// `2026-11-25 14:03:07` on the clock of this machine.
std::string time_text(std::int64_t milliseconds);

}  // namespace sluice::runtime

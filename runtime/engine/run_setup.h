#pragma once
#include "runtime/engine/run_state.h"

namespace sluice::runtime {

/// What a run needs before its first stage: contexts, variables, the stages that are wanted, and how urgent each is.
Outcome fill_contexts(RunState& run);
Outcome choose_stages(RunState& run);
void rank_stages(RunState& run);

Outcome check_secrets(const Plan& plan, const Options& options);

/// A folder for a run that stays the run's alone: the lock of its file tells whether a runtime is at work on it.
class RunFolder {
 public:
  /// An error where another process has it: two runtimes on one run are impossible.
  static std::expected<RunFolder, std::string> open(const std::filesystem::path& state_folder, std::int64_t run);

  /// Whether a runtime is at work on a run, without taking its place.
  static bool is_taken(const std::filesystem::path& state_folder, std::int64_t run);

  const std::filesystem::path& path() const { return path_; }

 private:
  RunFolder(std::filesystem::path path, Descriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::filesystem::path path_;
  Descriptor lock_;
};

/// Ends what earlier lives of the run have left running, so that nothing happens twice or behind our back. The journal
/// knows the processes; those that they have started themselves are known by a variable in their environment.
void end_orphans(RunState& run);

/// The machine's boot: process numbers of another one mean nothing.
std::string boot_id();

}  // namespace sluice::runtime

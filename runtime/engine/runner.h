#pragma once
#include <chrono>
#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "runtime/expressions/json.h"
#include "runtime/output/status.h"
#include "runtime/plan/plan.h"

namespace sluice::runtime {

struct Options {
  std::filesystem::path repository_root;  ///< what `checkout` puts at the workspace's top
  std::filesystem::path state_folder;     ///< `.sluice`: made where it is missing
  std::string run_id;                     ///< empty: the next number
  int jobs = 2;                           ///< stages and legs side by side
  Json github = Json::object();           ///< contexts, as expressions see them; GITHUB_* variables come from the first
  Json inputs = Json::object();
  Json vars = Json::object();
  std::map<std::string, std::string> secrets;
  std::vector<std::string> only;                   ///< just these stages and what they need; empty: all
  std::map<std::string, std::string> environment;  ///< what steps inherit; `current_environment()` as a rule
  std::filesystem::path actions;                   ///< checked-out actions, as `find_action` has them; empty: none
  bool keep_workspaces = false;                    ///< also those of legs that succeeded

  /// How long a process has after SIGINT, and after SIGTERM, before the next signal; GitHub's own times.
  std::chrono::milliseconds interrupt_for{7500}, terminate_for{2500};
  /// How long `always()` steps may take in all once a leg is cancelled or out of time.
  std::chrono::milliseconds clean_up_within{300'000};
};

/// Runs a plan to its end in this process, which must not reap children elsewhere meanwhile. SIGINT or SIGTERM cancels
/// the run in order, a second one kills everything at once; either way nothing that was started is left behind. An
/// error is something outside that makes a run impossible: a missing secret, a full disk, a folder that cannot be
/// written.
std::expected<RunReport, std::string> run(const Plan& plan, const Options& options, Status& status);

/// The variables of this process, without what belongs to git or to another runner.
std::map<std::string, std::string> current_environment();

}  // namespace sluice::runtime

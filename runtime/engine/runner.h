#pragma once
#include <chrono>
#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/expressions/json.h"
#include "runtime/isolation/isolation.h"
#include "runtime/journal/journal.h"
#include "runtime/output/status.h"
#include "runtime/plan/plan.h"

namespace sluice::runtime {

struct Options {
  std::filesystem::path repository_root;  ///< what `checkout` puts at the workspace's top
  std::filesystem::path state_folder;     ///< `.sluice`: made where it is missing
  int jobs = 2;                           ///< stages and legs side by side
  Json github = Json::object();           ///< contexts, as expressions see them; GITHUB_* variables come from the first
  Json inputs = Json::object();
  Json vars = Json::object();
  std::map<std::string, std::string> secrets;
  std::vector<std::string> only;                   ///< just these stages and what they need; empty: all
  std::map<std::string, std::string> environment;  ///< what steps inherit; `current_environment()` as a rule
  std::filesystem::path actions;                   ///< checked-out actions, as `find_action` has them; empty: none
  bool keep_workspaces = false;                    ///< also those of legs that succeeded
  bool journal = true;                             ///< false: the run is gone with its process
  bool wait = false;                               ///< stay while a gate, a lock or a timer is all that is waited for
  bool force = false;                              ///< go on with a run that has died too often
  std::string starter;                             ///< who started it
  std::vector<std::string> authors;                ///< of the change, each `Ann Lee <ann@example.com>`
  Json own = Json::object();                       ///< what the caller wants back when the run is resumed
  std::optional<std::int64_t> rerun_of;
  std::filesystem::path artifacts_of;  ///< of that run: a folder of manifests
  std::vector<Record> copied;          ///< of the run that this one repeats: what needs not be done once more
  Isolation isolation;
  std::filesystem::path container_engine;                  ///< for services in containers; empty: there is none
  std::uint64_t artifact_limit = std::uint64_t{10} << 30;  ///< bytes of one artifact; 0: none
  std::uint64_t cache_limit = std::uint64_t{10} << 30;     ///< bytes of all caches together

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

/// Goes on with a run that is not finished: after a crash, or because what it waited for may have come. The journalled
/// plan runs, whatever the files say by now; of `options`, the contexts are those of the start (`read_context`).
std::expected<RunReport, std::string> resume(Journal& journal, std::int64_t run, const Options& options,
                                             Status& status);

/// The variables of this process, without what belongs to git or to another runner.
std::map<std::string, std::string> current_environment();

}  // namespace sluice::runtime

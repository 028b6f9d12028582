#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runtime/plan/plan.h"

/// What people ask of runs; each gives the process's exit status: 0 fine, 1 the run failed, 2 misuse or the outside
/// failing, 3 the run waits for somebody.
namespace sluice::runtime {

constexpr int exit_waiting = 3;

/// Where the state lies, which run is meant (a number, `last` or nothing), and how the answer is printed.
struct Asked {
  std::filesystem::path state_folder;
  std::string run;
  std::string format;       ///< `json`, or empty for people
  std::string secret_file;  ///< where the run goes on; empty: the one that it was started with
};

int list_runs(const Asked& asked);
int show_run(const Asked& asked);
int show_status(const Asked& asked);  ///< of all runs that are not finished, and of locks

struct ResumeOptions {
  bool force = false;                ///< also a run that has died again and again
  bool wait = false;                 ///< stay while all that is left waits
  std::optional<Plan> changed_plan;  ///< `--take-changes`: what the file says now
};
/// Goes on with a run; without a number with every one that may.
int resume_runs(const Asked& asked, const ResumeOptions& options);

struct RerunOptions {
  bool failed = false;  ///< what succeeded is taken over
  std::string from;     ///< this stage and all behind it run; what succeeded before is taken over
};
int rerun(const Asked& asked, const RerunOptions& options);

int halt_run(const Asked& asked, const std::string& what);  ///< `cancel` or `stop`

struct VoteOptions {
  std::string gate;  ///< a gate, or the environment that it enters; empty: the only one that waits
  bool approve = true;
  std::string comment;
  std::vector<std::string> ticked;  ///< lines of the checklist, by text or number; a terminal is asked for the rest
  bool later = false;               ///< only vote: the run goes on with the next `sluice resume`
};
int vote(const Asked& asked, const VoteOptions& options);

/// Says of a step in doubt how it ended: `success`, `failure` or `rerun`.
int resolve(const Asked& asked, const std::string& step, const std::string& as);

struct CollectOptions {
  int keep_days = 30;  ///< finished runs that are older go
  int keep_runs = 20;  ///< but so many of the newest stay
  bool dry = false;    ///< only say what would go
};
int collect(const Asked& asked, const CollectOptions& options);

struct ServeOptions {
  bool share = false;  ///< other users of this machine may vote
};
/// Goes on with runs whose time or votes have come, until it is told to end.
int serve(const Asked& asked, const ServeOptions& options);

}  // namespace sluice::runtime

#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "runtime/system/process.h"

namespace sluice::runtime {

/// Name of the variable by which a process is known to belong to a run, a leg and a step: `RUN.LEG.STEP.`
constexpr const char* tracking_variable = "SLUICE_TRACKING_ID";

/// Which of our descendants are meant.
struct TreeQuery {
  std::string tracking;         ///< a beginning of the tracking variable's value: `RUN.LEG.`
  std::vector<pid_t> sessions;  ///< sessions that were started for it
  bool strays = false;          ///< also orphans that carry no mark of any leg
  pid_t reaper = 0;             ///< the first process of the leg's own namespace, if it has one: it takes the orphans
};

/// Every living process of a tree, however it was started: as this process is the reaper of its descendants' orphans,
/// none can leave. `others` are children that are none of ours to touch.
std::vector<pid_t> find_tree(const TreeQuery& query, const ProcessTable& table,
                             const std::unordered_set<pid_t>& others);

/// A process that was started earlier, perhaps by a process that is gone: its number, and when it began in clock ticks
/// since boot.
struct MarkedProcess {
  pid_t pid = 0;
  std::int64_t start = 0;
};

/// Every living process on this machine that carries one of the tokens at the beginning of its tracking variable, or is
/// one of `known` or of its session. A number that another process has got since is not meant.
std::vector<pid_t> find_marked(const std::vector<std::string>& tokens, const std::vector<MarkedProcess>& known);

/// Sends a signal to each of them.
void signal_tree(const std::vector<pid_t>& processes, int signal);

/// The children that this process has now.
std::unordered_set<pid_t> own_children();

}  // namespace sluice::runtime

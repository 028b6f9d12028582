#pragma once
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/expressions/json.h"
#include "runtime/journal/record.h"
#include "runtime/plan/plan.h"

namespace sluice::runtime {

struct StepPast {
  bool started = false;
  std::optional<Json> finished;         ///< what `step_finished` says
  std::optional<std::string> resolved;  ///< of a step in doubt: `success`, `failure` or `rerun`
  std::optional<std::int64_t> until;    ///< of a sleep
};

/// One attempt of a leg, or one rollback of it.
struct AttemptPast {
  Json data = Json::object();  ///< what `attempt_started` says
  std::map<int, StepPast> steps;
};

struct RollbackPast {
  bool started = false;
  std::optional<Json> finished;
  AttemptPast attempt;
};

struct LegPast {
  int attempt = 0;  ///< the number of the last one that began; 0: none
  AttemptPast last;
  std::vector<std::pair<int, Json>> armed;  ///< rollbacks with what they may speak of, in the order of arming, less
                                            ///< those that a commit disarmed
  bool committed = false;
  std::map<int, RollbackPast> rollbacks;
  std::optional<Json> finished;
};

struct StagePast {
  std::optional<std::int64_t> started;  ///< when: a gate counts from here
  std::map<int, LegPast> legs;
  std::optional<Json> finished;
};

/// A process of an earlier life of the run, which may still be there.
struct ProcessPast {
  pid_t pid = 0;
  std::int64_t start = 0;  ///< in clock ticks since boot
};

/// What the journal tells of the earlier lives of a run.
struct Past {
  std::vector<StagePast> stages;  ///< as the plan's
  std::vector<std::string> tokens;
  std::vector<ProcessPast> processes;  ///< of the last life
  std::string boot;                    ///< the machine's boot in which the last life was
  int lives = 0;
  int lives_without_progress = 0;  ///< how many of the last ones only did once more what had been done
  bool cancelled = false, stopped = false;

  bool begun() const { return lives > 0; }
};

Past read_past(const std::vector<Record>& records, const Plan& plan);

/// Whether an attempt that a crash interrupted goes on where it stopped: what it did outside is there. Elsewhere it
/// starts over in a clean workspace.
inline bool goes_on(const Stage& stage) { return stage.environment.has_value() || !stage.rollbacks.empty(); }

/// In a record of a rollback's steps `attempt` is this: there is no such attempt of a leg.
constexpr int rollback_attempt(int rollback) { return -2 - rollback; }

}  // namespace sluice::runtime

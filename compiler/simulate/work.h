#pragma once
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "simulate/knowledge.h"
#include "simulate/outcome.h"

namespace sluice::simulate {

constexpr Seconds never = std::numeric_limits<Seconds>::max() / 4;

/// A rollback that stands ready, with what its body may speak of.
struct Armed {
  std::size_t leg = 0, rollback = 0, record = 0;
  Json steps, env;
};

/// A leg of a stage, or one rollback of it, while it works.
struct Work {
  std::size_t stage = 0, leg = 0;
  std::optional<std::size_t> rollback = {};
  const std::vector<runtime::Step>* todo = nullptr;
  std::size_t next = 0;    ///< the step that runs, or the one behind those that ran
  std::size_t record = 0;  ///< of the step that runs
  int attempt = 1;
  unsigned generation = 0;  ///< what was planned for an older one does not happen
  bool at_work = false, pausing = false, begun = false, done = false;
  bool fails = false, stopped = false;  ///< the step that runs
  bool halted = false, cancelled = false, allowed = false;
  Result status = Result::success;
  Seconds deadline = never, clean_up_until = never;
  Seconds once = 0, pause = 0;  ///< how long a try of the step that runs takes, and the rest behind it
  Json steps = Json::object(), env = Json::object(), matrix = Json::object(), outputs = Json::object();
  std::function<void()> ended = {};
};

/// How far a stage has come.
struct StageState {
  std::size_t unfinished = 0;
  std::vector<std::size_t> dependents = {};
  bool ancestor_failed = false, ancestor_bad = false, done = false;
  bool waits = false;  ///< at its gate
  unsigned generation = 0;
  std::vector<Work*> legs = {};
  std::size_t legs_begun = 0, legs_running = 0;
  std::vector<std::size_t> ended_legs = {};
  bool fail_fast = false, legs_cancelled = false;
  std::vector<Armed> armed = {};
  bool triggered = false, undoing = false, undone = false;
};

}  // namespace sluice::simulate

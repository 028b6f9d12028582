#pragma once
#include <string>

#include "runtime/engine/run_state.h"

namespace sluice::runtime {

struct GateEnd {
  Result result = Result::success;
  std::string reason;
  bool abandoned = false;  ///< the process ends while the gate waits
};

/// Waits until people, times and windows let a gate open. What its steps find out comes behind that, for it must be
/// fresh; last of all comes `take_lock`.
Task<GateEnd> wait_for_conditions(RunState& run, std::size_t stage, Wakeup& wakeup);

/// Takes the lock of the environment whose entry the gate is, if there is one; and looks once more whether the gate's
/// windows are open by then.
Task<GateEnd> take_lock(RunState& run, std::size_t stage, Wakeup& wakeup);

/// Gives back the locks of environments in which nothing can happen any more.
void release_locks(RunState& run);

}  // namespace sluice::runtime

#pragma once
#include <memory>

#include "runtime/control/server.h"
#include "runtime/engine/run_state.h"

namespace sluice::runtime {

/// Lets a living run be spoken to, at `control.sock` in its folder: `cancel`, `stop`, `vote`, `gates`, `resolve`,
/// `look` (something has changed in the journal).
std::expected<std::unique_ptr<ControlServer>, std::string> open_control(RunState& run);

}  // namespace sluice::runtime

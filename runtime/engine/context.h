#pragma once
#include <string>

#include "runtime/engine/runner.h"

namespace sluice::runtime {

/// What a run was started with, as one line of JSON, without any secret: contexts and options.
std::string context_text(const Options& options);

/// Puts it back into the options of a process that goes on with the run. An error where it is none of ours.
Outcome read_context(const std::string& text, Options& options);

}  // namespace sluice::runtime

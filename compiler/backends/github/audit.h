#pragma once
#include <string_view>
#include <vector>

#include "backends/github/emit.h"

namespace sluice::github {

/// The rules of the hardened form that the emitted text itself breaks, found without the graph: every job has a name, a
/// time limit and permissions, every action and image is pinned, every script has a shell and holds no expression, the
/// workflow itself has no permissions. Empty unless this back end is wrong. As many scripts as the author pastes text
/// into may hold expressions.
std::vector<Problem> audit(std::string_view workflow, std::size_t pasted_scripts = 0);

}  // namespace sluice::github

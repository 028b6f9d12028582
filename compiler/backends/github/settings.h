#pragma once
#include <string>
#include <vector>

#include "graph/graph.h"

namespace sluice::github {

/// What must be set up in the repository so that the workflows of these graphs mean what they say, as JSON: the
/// environments with who answers there, how long they wait, from which branches they are entered and what they hold,
/// and the repository's secrets and variables. docs/github.md says what the keys mean.
std::string settings(const std::vector<graph::Graph>& graphs);

}  // namespace sluice::github

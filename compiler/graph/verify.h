#pragma once
#include <string>
#include <vector>

#include "graph/graph.h"

namespace sluice::graph {

/// Every promise of `graph.h` and `expression.h` that the graph breaks, one sentence each, in the order of the graph;
/// empty for a good one. Never fails, whatever the graph holds. Runs after lowering, always; linear in the graph's
/// size.
std::vector<std::string> verify(const Graph&);

}  // namespace sluice::graph

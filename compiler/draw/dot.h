#pragma once
#include <string>

#include "graph/graph.h"

namespace sluice::draw {

/// Graphviz's language: a node a stage, data edges dashed. The graph must be one that `verify`
/// accepts.
std::string dot(const graph::Graph&);

}  // namespace sluice::draw

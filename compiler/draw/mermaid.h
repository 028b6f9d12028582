#pragma once
#include <string>

#include "graph/graph.h"

namespace sluice::draw {

/// A Mermaid flowchart: a node a stage, data edges dotted. The graph must be one that `verify`
/// accepts.
std::string mermaid(const graph::Graph&);

}  // namespace sluice::draw

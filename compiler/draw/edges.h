#pragma once
#include <vector>

#include "graph/graph.h"

namespace sluice::draw {

struct DrawnEdge {
  graph::StageIndex from = 0;
  graph::StageIndex to = 0;
  bool data = false;  ///< inferred from the use of a value
};

/// The edges worth drawing, in the order of the stages they lead to: those that others imply are left out, unless a
/// value flows there; to a notification only what nothing implies.
std::vector<DrawnEdge> drawn_edges(const graph::Graph&);

}  // namespace sluice::draw

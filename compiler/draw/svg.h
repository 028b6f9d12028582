#pragma once
#include <string>

#include "graph/graph.h"

namespace sluice::draw {

/// A drawing for a page on a light or a dark background (it asks the reader's preference), readable by itself: no
/// script, no outer font, no reference. The graph must be one that `verify` accepts.
std::string svg(const graph::Graph&);

}  // namespace sluice::draw

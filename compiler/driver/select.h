#pragma once
#include <string>
#include <vector>

#include "graph/graph.h"

namespace sluice::driver {

/// The pipeline of that name, or the first where no name is given; null after saying what is missing.
const graph::Graph* select(const std::vector<graph::Graph>& graphs, const std::string& pipeline,
                           const std::string& file);

}  // namespace sluice::driver

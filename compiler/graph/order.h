#pragma once
#include <vector>

#include "graph/graph.h"

namespace sluice::graph {

/// The longest chain of stages by `expect`, for a graph that `verify` accepts. A stage without `expect` counts as
/// taking no time. Among equally long chains the later stage of the file is preferred, so the answer is one.
struct CriticalPath {
  Seconds total = 0;
  std::vector<StageIndex> path;            ///< from first to last; empty where no stage has an `expect`
  std::vector<StageIndex> without_expect;  ///< in order; notifications and gates are not asked
};
CriticalPath critical_path(const Graph&);

/// Every stage that `stage` waits for, directly or not, in order. Takes time linear in the edges it passes.
std::vector<StageIndex> ancestors(const Graph&, StageIndex stage);

/// Every stage that waits for `stage`, directly or not, in order. Takes time linear in the edges of the graph.
std::vector<StageIndex> descendants(const Graph&, StageIndex stage);

}  // namespace sluice::graph

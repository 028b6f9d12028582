#include "graph/order.h"

#include <algorithm>

namespace sluice::graph {

CriticalPath critical_path(const Graph& graph) {
  constexpr StageIndex none = UINT32_MAX;
  CriticalPath result;
  std::vector<Seconds> finish(graph.stages.size(), 0);
  std::vector<StageIndex> before(graph.stages.size(), none);
  StageIndex last = none;
  for (StageIndex index = 0; index < graph.stages.size(); ++index) {
    const Stage& stage = graph.stages[index];
    for (const Edge& edge : stage.after)
      if (before[index] == none || finish[edge.stage] >= finish[before[index]]) before[index] = edge.stage;
    finish[index] = stage.expect.value_or(0) + (before[index] == none ? 0 : finish[before[index]]);
    // How long a gate stays shut depends on people and on clocks.
    if (!stage.expect && !stage.notification && !stage.gate) result.without_expect.push_back(index);
    if (finish[index] > result.total) result.total = finish[index], last = index;
  }
  for (StageIndex at = last; at != none; at = before[at]) result.path.push_back(at);
  std::reverse(result.path.begin(), result.path.end());
  return result;
}

std::vector<StageIndex> ancestors(const Graph& graph, StageIndex stage) {
  std::vector<bool> seen(stage, false);
  std::vector<StageIndex> found{stage};
  for (std::size_t next = 0; next < found.size(); ++next)
    for (const Edge& edge : graph.stages[found[next]].after) {
      if (seen[edge.stage]) continue;
      seen[edge.stage] = true;
      found.push_back(edge.stage);
    }
  found.erase(found.begin());
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<StageIndex> descendants(const Graph& graph, StageIndex stage) {
  std::vector<bool> reached(graph.stages.size(), false);
  std::vector<StageIndex> found;
  reached[stage] = true;
  for (StageIndex index = stage + 1; index < graph.stages.size(); ++index) {
    const std::vector<Edge>& after = graph.stages[index].after;
    reached[index] = std::any_of(after.begin(), after.end(), [&](const Edge& edge) { return reached[edge.stage]; });
    if (reached[index]) found.push_back(index);
  }
  return found;
}

}  // namespace sluice::graph

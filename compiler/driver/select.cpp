#include "driver/select.h"

#include "driver/report.h"

namespace sluice::driver {

const graph::Graph* select(const std::vector<graph::Graph>& graphs, const std::string& pipeline, const std::string& file) {
  for (const graph::Graph& graph : graphs)
    if (pipeline.empty() || graph.pipeline == pipeline) return &graph;
  if (graphs.empty()) complain(fmt::format("S0004: `{}` holds no pipeline", file));
  else complain(fmt::format("`{}` holds no pipeline `{}`", file, pipeline));
  return nullptr;
}

}  // namespace sluice::driver

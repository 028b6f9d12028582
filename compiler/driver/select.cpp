#include "driver/select.h"

#include "driver/report.h"

namespace sluice::driver {
namespace {

DIAGNOSTIC(NoPipeline, "`{}` holds no pipeline{}");

}  // namespace

const graph::Graph* select(const std::vector<graph::Graph>& graphs, const std::string& pipeline,
                           const std::string& file) {
  for (const graph::Graph& graph : graphs)
    if (pipeline.empty() || graph.pipeline == pipeline) return &graph;
  diagnostics::Sink sink;
  sink.report<NoPipeline>({}, file, pipeline.empty() ? "" : fmt::format(" `{}`", pipeline));
  report(sink, {});
  return nullptr;
}

}  // namespace sluice::driver

#include "driver/select.h"

#include "driver/report.h"

namespace sluice::driver {
namespace {

DIAGNOSTIC(NoPipeline, "`{}` holds no pipeline{}");

}  // namespace

std::expected<Selected, int> select(Session& session, const std::string& file, const std::string& pipeline) {
  auto opened = session.open(file);
  if (!opened) return std::unexpected(opened.error());
  compilation::Compilation& compilation = **opened;
  const std::vector<graph::Graph>& graphs = compilation.compile();
  if (report(compilation.sink(), compilation.sources())) return std::unexpected(1);
  for (const graph::Graph& graph : graphs)
    if (pipeline.empty() || graph.pipeline == pipeline) return Selected{compilation, graph};
  diagnostics::Sink sink;
  sink.report<NoPipeline>({}, file, pipeline.empty() ? "" : fmt::format(" `{}`", pipeline));
  report(sink, {});
  return std::unexpected(2);
}

}  // namespace sluice::driver

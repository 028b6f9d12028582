#include "draw/dot.h"
#include "draw/mermaid.h"
#include "draw/svg.h"
#include "driver/commands.h"
#include "driver/report.h"
#include "driver/select.h"
#include "driver/session.h"
#include "graph/json.h"

namespace sluice::driver {

int graph(Session& session, const GraphOptions& options) {
  auto selected = select(session, options.file, options.pipeline);
  if (!selected) return selected.error();
  const graph::Graph& graph = selected->graph;
  if (options.format == "dot") return print(draw::dot(graph));
  if (options.format == "mermaid") return print(draw::mermaid(graph));
  if (options.format == "svg") return print(draw::svg(graph));
  std::string text;
  graph::write_json(graph, text, &selected->compilation.sources());
  return print(text);
}

}  // namespace sluice::driver

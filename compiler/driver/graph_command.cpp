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
  auto opened = session.open(options.file);
  if (!opened) return opened.error();
  compilation::Compilation& compilation = **opened;
  const std::vector<graph::Graph>& graphs = compilation.compile();
  if (report(compilation.sink(), compilation.sources())) return 1;
  const graph::Graph* graph = select(graphs, options.pipeline, options.file);
  if (!graph) return 2;
  if (options.format == "dot") return print(draw::dot(*graph));
  if (options.format == "mermaid") return print(draw::mermaid(*graph));
  if (options.format == "svg") return print(draw::svg(*graph));
  std::string text;
  graph::write_json(*graph, text, &compilation.sources());
  return print(text);
}

}  // namespace sluice::driver

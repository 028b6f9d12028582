#include "driver/commands.h"
#include "driver/report.h"
#include "driver/select.h"
#include "driver/session.h"

namespace sluice::driver {

int run(Session& session, RunCommand command) {
  auto opened = session.open(command.file);
  if (!opened) return opened.error();
  compilation::Compilation& compilation = **opened;
  const std::vector<graph::Graph>& graphs = compilation.compile();
  if (report(compilation.sink(), compilation.sources())) return 1;
  const graph::Graph* graph = select(graphs, command.pipeline, command.file);
  if (!graph) return 2;
  command.options.pipe_file = command.file;
  return run(*graph, command.options, &compilation.sources());
}

}  // namespace sluice::driver

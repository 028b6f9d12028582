#include "backends/github/settings.h"
#include "driver/commands.h"
#include "driver/report.h"
#include "driver/session.h"

namespace sluice::driver {

int settings(Session& session, const std::string& file) {
  auto opened = session.open(file);
  if (!opened) return opened.error();
  compilation::Compilation& compilation = **opened;
  const std::vector<graph::Graph>& graphs = compilation.compile();
  if (report(compilation.sink(), compilation.sources())) return 1;
  return print(github::settings(graphs));
}

}  // namespace sluice::driver

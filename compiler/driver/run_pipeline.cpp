#include "driver/commands.h"
#include "driver/report.h"
#include "driver/select.h"
#include "driver/session.h"

namespace sluice::driver {

int run(Session& session, RunCommand command) {
  auto selected = select(session, command.file, command.pipeline);
  if (!selected) return selected.error();
  command.options.pipe_file = command.file;
  return run(selected->graph, command.options, &selected->compilation.sources());
}

}  // namespace sluice::driver

#include <fmt/format.h>

#include "backends/local/plan.h"
#include "driver/commands.h"
#include "driver/report.h"
#include "driver/select.h"
#include "driver/session.h"
#include "runtime/operations/state.h"

namespace sluice::driver {
namespace {

/// What the file of a run says now; nothing after saying why there is no such plan.
std::optional<runtime::Plan> plan_of_now(Session& session, const runtime::LoadedRun& run) {
  std::string file = run.options.own.value("pipe_file", "");
  auto selected = select(session, file, run.plan.pipeline);
  if (!selected) return std::nullopt;
  runtime::ActionMachine machine({run.options.repository_root, run.options.actions}, runtime::current_environment());
  local::Planned planned =
      local::plan(selected->graph, run.options.only, {&machine, !run.options.container_engine.empty()});
  for (const local::Problem& problem : planned.problems) {
    if (problem.is_note()) continue;
    fmt::print(stderr, "sluice: {}\n", problem.text);
    return std::nullopt;
  }
  return std::move(planned.plan);
}

}  // namespace

int resume(Session& session, const runtime::Asked& asked, const ResumeCommand& command) {
  runtime::ResumeOptions options;
  options.force = command.force;
  options.wait = command.wait;
  if (command.take_changes) {
    auto state = runtime::State::open(asked.state_folder);
    if (!state) return runtime::refuse(state.error());
    auto entry = state->find(asked.run);
    if (!entry) return runtime::refuse(entry.error());
    auto run = runtime::load(*state, *entry);
    if (!run) return runtime::refuse(run.error());
    options.changed_plan = plan_of_now(session, *run);
    if (!options.changed_plan) return 2;
  }
  return runtime::resume_runs(asked, options);
}

}  // namespace sluice::driver

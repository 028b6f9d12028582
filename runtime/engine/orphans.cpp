#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "runtime/engine/run_setup.h"
#include "runtime/expressions/values.h"
#include "runtime/isolation/container.h"
#include "runtime/isolation/resource_group.h"
#include "runtime/system/process_tree.h"

namespace sluice::runtime {
namespace {

constexpr auto between_looks = std::chrono::milliseconds(5);

/// Sends a signal to all that are left and waits until they are gone, or the time is over.
bool end_with(int signal, const std::vector<std::string>& tokens, const std::vector<MarkedProcess>& known,
              Duration patience) {
  signal_tree(find_marked(tokens, known), signal);
  Instant end = Clock::now() + patience;
  while (!find_marked(tokens, known).empty()) {
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(between_looks);
  }
  return true;
}

/// Containers and control groups of dead lives: what is in them is ended with them.
void remove_remains(RunState& run) {
  for (const std::string& token : run.past.tokens) {
    if (token.empty()) continue;
    Outcome removed = remove_dead_groups(token);
    const auto& engine = run.options.container_engine;
    if (removed && !engine.empty()) removed = remove_dead_containers(engine, token, run.options.environment);
    if (!removed) run.status.annotated(run.plan.pipeline, "warning", removed.error());
  }
}

void end_processes(RunState& run) {
  std::vector<MarkedProcess> known;
  if (run.past.boot == boot_id()) {
    for (const ProcessPast& process : run.past.processes) known.push_back({process.pid, process.start});
  }
  const auto& tokens = run.past.tokens;
  if (find_marked(tokens, known).empty()) return;
  run.status.annotated(run.plan.pipeline, "notice",
                       "processes of the interrupted run are still there; they are ended before it goes on");
  if (end_with(SIGTERM, tokens, known, run.options.terminate_for)) return;
  if (!end_with(SIGKILL, tokens, known, std::chrono::seconds(10))) {
    run.status.annotated(run.plan.pipeline, "warning", "some of them cannot be ended");
  }
}

}  // namespace

void end_orphans(RunState& run) {
  end_processes(run);
  remove_remains(run);
}

std::string boot_id() {
  auto text = read_file("/proc/sys/kernel/random/boot_id");
  return text ? std::string(trimmed(*text)) : std::string();
}

}  // namespace sluice::runtime

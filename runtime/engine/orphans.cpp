#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "runtime/engine/run_setup.h"
#include "runtime/expressions/values.h"
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

}  // namespace

void end_orphans(RunState& run) {
  std::vector<MarkedProcess> known;
  if (run.past.boot == boot_id()) {
    for (const ProcessPast& process : run.past.processes) known.push_back({process.pid, process.start});
  }
  const auto& tokens = run.past.tokens;
  std::size_t count = find_marked(tokens, known).size();
  if (count == 0) return;
  run.status.annotated(run.plan.pipeline, "notice",
                       "processes of the interrupted run are still there; they are ended before it goes on");
  if (end_with(SIGTERM, tokens, known, run.options.terminate_for)) return;
  if (!end_with(SIGKILL, tokens, known, std::chrono::seconds(10))) {
    run.status.annotated(run.plan.pipeline, "warning", "some of them cannot be ended");
  }
}

std::string boot_id() {
  auto text = read_file("/proc/sys/kernel/random/boot_id");
  return text ? std::string(trimmed(*text)) : std::string();
}

}  // namespace sluice::runtime

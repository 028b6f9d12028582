#include <fmt/format.h>
#include <unistd.h>

#include "runtime/engine/run_setup.h"
#include "runtime/gates/people.h"
#include "runtime/journal/run_log.h"
#include "runtime/operations/go_on.h"
#include "runtime/operations/speak.h"

namespace sluice::runtime {
namespace {

std::string own_name() { return name_of_user(geteuid()).value_or(std::to_string(geteuid())); }

/// Writes a record of a run that no process is at work on, behind all that a dead one has left.
std::expected<void, std::string> write_down(State& state, const RunEntry& entry, const Record& record) {
  auto folder = RunFolder::open(state.folder, entry.id);
  if (!folder) return std::unexpected(folder.error());
  auto log = RunLog::open(state.journal, entry.id, folder->path());
  if (!log) return std::unexpected(log.error());
  if (Outcome added = log->add(record); !added) return added;
  return log->sync();
}

}  // namespace

int halt_run(const Asked& asked, const std::string& what) {
  auto state = State::open(asked.state_folder);
  if (!state) return refuse(state.error());
  auto entry = state->find(asked.run);
  if (!entry) return refuse(entry.error());
  if (entry->phase == RunPhase::finished) {
    return refuse(fmt::format("run {} is finished already: {}", entry->id, entry->outcome));
  }
  auto answer = speak_to_run(state->folder, std::to_string(entry->id), {{"do", what}});
  if (!answer) return refuse(answer.error());
  if (*answer) {
    fmt::print("run {} is told to {}; `sluice logs {} -f` shows how it ends\n", entry->id, what, entry->id);
    return 0;
  }
  // Nobody is at work on it. What must still be done, handlers and rollbacks, is done here and now.
  Record record{RecordKind::asked, -1, -1, -1, -1, to_json_line({{"what", what}, {"who", own_name()}}), wall_clock()};
  if (auto written = write_down(*state, *entry, record); !written) return refuse(written.error());
  // It is as it was asked for: no failure of the command.
  int status = go_on(*state, *entry, asked);
  auto now = state->find(std::to_string(entry->id));
  return now && now->outcome == to_text(RunOutcome::cancelled) ? 0 : status;
}

int resolve(const Asked& asked, const std::string& step, const std::string& as) {
  auto state = State::open(asked.state_folder);
  if (!state) return refuse(state.error());
  auto entry = state->find(asked.run);
  if (!entry) return refuse(entry.error());
  auto answer = speak_to_run(state->folder, std::to_string(entry->id), {{"do", "resolve"}, {"step", step}, {"as", as}});
  if (!answer) return refuse(answer.error());
  if (*answer) return 0;
  auto run = load(*state, *entry);
  if (!run) return refuse(run.error());
  auto record = resolution(run->subject(*state), geteuid(), step, as);
  if (!record) return refuse(record.error());
  if (auto written = write_down(*state, *entry, *record); !written) return refuse(written.error());
  return go_on(*state, *entry, asked);
}

}  // namespace sluice::runtime

#include "runtime/engine/run_state.h"

#include <fmt/format.h>

#include <cctype>
#include <utility>

#include "runtime/engine/rollbacks.h"
#include "runtime/engine/stage_run.h"

namespace sluice::runtime {
namespace {

constexpr auto between_commits = std::chrono::milliseconds(10);
constexpr int most_at_hand = 64;  // desks whose files are held open: a process may have some thousand descriptors

}  // namespace

RunState::RunState(const Plan& what, const Options& how, Status& watcher, EventLoop& events,
                   std::filesystem::path own_folder)
    : plan(what),
      options(how),
      status(watcher),
      loop(events),
      processes(events),
      artifacts(how.state_folder, own_folder.filename()),
      caches(how.state_folder),
      folder(std::move(own_folder)),
      run_id(folder.filename()),
      stages(what.stages.size()),
      rollbacks(std::make_unique<Rollbacks>(*this)),
      places(how.jobs) {}

RunState::~RunState() = default;

bool RunState::is_done() const { return stages_left == 0 && rollbacks->idle(); }

Desk& RunState::desk(int place) {
  std::unique_ptr<Desk>& desk = desks[place];
  if (!desk) {
    desk = std::make_unique<Desk>(folder / "places" / std::to_string(place), environment,
                                  options.state_folder / "tools", place <= most_at_hand);
  }
  return *desk;
}

void RunState::wake_all() {
  for (StageState& stage : stages) {
    if (stage.running != nullptr) stage.running->wake();
  }
  rollbacks->wake();
}

void RunState::cancel() {
  if (cancelled) kill_now = true;
  cancelled = true;
  for (StageState& stage : stages) {
    if (stage.running != nullptr) stage.running->cancel();
  }
  wake_all();
}

void RunState::stop() {
  stopped = true;
  for (StageState& stage : stages) {
    if (stage.running != nullptr) stage.running->stop();
  }
  wake_all();
}

void RunState::break_off(std::string why) {
  if (!broken) broken = std::move(why);
  kill_now = true;
  if (!cancelled) cancel();
  wake_all();
}

void RunState::note(RecordKind kind, std::size_t stage, int leg, int attempt, int step, std::string data) {
  // What ends because everything is killed has not come to its own end: the journal leaves it open.
  if (!log || broken) return;
  bool was_behind = log->is_behind();
  Outcome added = log->add({kind, static_cast<int>(stage), leg, attempt, step, std::move(data)});
  if (!added) return break_off(added.error());
  if (was_behind || !log->is_behind()) return;
  loop.at(Clock::now() + between_commits, [this] {
    if (Outcome committed = log->commit(); !committed) break_off(committed.error());
  });
}

bool RunState::settle(bool effects) {
  if (broken) return false;
  if (!log) return true;
  // The first process of this life waits for the disk: a power cut must not take a run that was seen at work.
  Outcome written = effects || !std::exchange(is_on_disk, true) ? log->sync() : Outcome();
  if (!written) break_off(written.error());
  return written.has_value();
}

std::string file_slug(std::string_view name) {
  std::string slug;
  for (unsigned char letter : name.substr(0, 60)) {
    bool plain = std::isalnum(letter) || letter == '.' || letter == '_' || letter == '-';
    if (plain)
      slug += static_cast<char>(letter);
    else if (!slug.empty() && slug.back() != '-')
      slug += '-';
  }
  while (slug.ends_with('-')) slug.pop_back();
  if (slug.empty() || slug.starts_with('.')) slug = fmt::format("_{}", slug);
  return slug;
}

}  // namespace sluice::runtime

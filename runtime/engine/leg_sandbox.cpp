#include <fmt/format.h>

#include "runtime/engine/leg_attempt.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

constexpr auto opens_within = std::chrono::seconds(30);
constexpr auto removed_within = std::chrono::seconds(5);
constexpr auto between_tries = std::chrono::milliseconds(2);

}  // namespace

void prepare_isolation(RunState& run) {
  if (!run.options.isolation.on) return;
  run.means = find_means(run.options.isolation, run.options.repository_root, run.environment);
  if (run.means.namespaces) run.environment = isolated_environment(std::move(run.environment));
  for (const std::string& what : run.means.missing) {
    run.status.annotated(run.plan.pipeline, "warning", fmt::format("not isolated: {}", what));
  }
}

/// The workspace, the folder for temporary files and the files of commands are the real ones. Each of those files is
/// mounted by itself: no link can be put in its place that would have us read or write something else.
View LegAttempt::sandbox_view() const {
  View view;
  view.own = files_ / "sandbox";
  if (auto home = run_.environment.find("HOME"); home != run_.environment.end()) view.home = home->second;
  view.hidden = {"/home", "/root", run_.options.repository_root, run_.options.state_folder};
  view.readable = {files_, run_.folder / "event.json", run_.options.state_folder / "tools"};
  view.readable.insert(view.readable.end(), run_.means.objects.begin(), run_.means.objects.end());
  view.writable = {workspace_, temp_};
  for (const char* name : {"output", "env", "path", "step_summary", "state"}) view.writable.push_back(files_ / name);
  return view;
}

Task<bool> LegAttempt::open_sandbox() {
  if (!run_.options.isolation.on) co_return true;
  auto sandbox = std::make_unique<Sandbox>(run_.means, run_.options.isolation, sandbox_view());
  Variables environment = {{"PATH", run_.environment["PATH"]}, {tracking_variable, tracking_ + "sandbox."}};
  std::string group = group_name(run_.token, ++run_.numbers_given);
  Outcome started = sandbox->start(run_.processes, std::move(environment), group, [this] { wakeup_.notify(); });
  sandbox_ = std::move(sandbox);
  if (!started) {
    fail(fmt::format("it cannot be isolated: {}", started.error()));
    co_return false;
  }
  if (sandbox_->keeper() != 0) sessions_.push_back(sandbox_->keeper());
  Instant end = Clock::now() + opens_within;
  while (sandbox_->state() == Sandbox::State::opening && halts_ == 0 && Clock::now() < end) {
    co_await wakeup_.until(end);
  }
  bool open = sandbox_->state() == Sandbox::State::open;
  if (!open && halts_ == 0) fail(fmt::format("it cannot be isolated: {}", sandbox_->why()));
  co_return open;
}

const Enclosure* LegAttempt::enclosure() const { return sandbox_ ? sandbox_->enclosure() : nullptr; }

/// When every process of the leg has been killed.
Task<Done> LegAttempt::close_sandbox() {
  if (!sandbox_) co_return Done{};
  Outcome removed = sandbox_->remove();
  for (Instant end = Clock::now() + removed_within; !removed && Clock::now() < end; removed = sandbox_->remove()) {
    Instant next = Clock::now() + between_tries;
    while (Clock::now() < next) co_await wakeup_.until(next);
  }
  if (!removed) run_.status.annotated(leg_.name, "warning", removed.error());
  sandbox_.reset();
  removed = remove_folder(files_ / "sandbox");
  if (!removed) run_.status.annotated(leg_.name, "warning", removed.error());
  co_return Done{};
}

}  // namespace sluice::runtime

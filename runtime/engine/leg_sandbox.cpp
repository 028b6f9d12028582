#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/leg_attempt.h"
#include "runtime/engine/leg_scope.h"
#include "runtime/expressions/glob.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

constexpr auto opens_within = std::chrono::seconds(30);
constexpr auto removed_within = std::chrono::seconds(5);
constexpr auto between_tries = std::chrono::milliseconds(2);

bool lies_in(const fs::path& workspace, const fs::path& path) {
  std::error_code error;
  fs::path top = fs::weakly_canonical(workspace, error), place = fs::weakly_canonical(path, error);
  return !error && std::mismatch(top.begin(), top.end(), place.begin(), place.end()).first == top.end();
}

/// The first link below a folder that leads to a folder outside of the workspace.
std::optional<fs::path> leading_out(const fs::path& workspace, const fs::path& start) {
  std::error_code error, ignored;
  if (!lies_in(workspace, start)) return start;
  for (fs::recursive_directory_iterator entry(start, error), end; !error && entry != end; entry.increment(error)) {
    bool is_way = entry->is_symlink(ignored) && entry->is_directory(ignored);
    if (is_way && !lies_in(workspace, entry->path())) return entry->path();
  }
  return std::nullopt;
}

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
  view.hidden.insert(view.hidden.end(), run_.means.hidden.begin(), run_.means.hidden.end());
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

/// What we do for a step happens outside of its sandbox: no link that it has made may lead us out of the workspace.
LegAttempt::Failure LegAttempt::way_out(const Step& step) const {
  if (!sandbox_ || sandbox_->reaper() == 0) return std::nullopt;
  LegScope scope(*this);
  std::optional<fs::path> way;
  if (std::holds_alternative<Checkout>(step.action)) way = leading_out(workspace_, workspace_);
  if (const auto* download = std::get_if<Download>(&step.action)) {
    way = leading_out(workspace_, workspace_ / evaluate_text(download->to, scope).value_or(""));
  }
  if (const auto* upload = std::get_if<Upload>(&step.action)) {
    std::string patterns = evaluate_text(upload->path, scope).value_or("");
    for (const std::string& pattern : pattern_lines(patterns)) {
      fs::path root = workspace_ / glob_root(pattern);
      if (!pattern.starts_with('!') && !lies_in(workspace_, root)) way = root;
    }
  }
  if (!way) return std::nullopt;
  return fmt::format("`{}` leads out of the workspace, which an isolated stage may not",
                     way->lexically_relative(workspace_).string());
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

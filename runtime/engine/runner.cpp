#include "runtime/engine/runner.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "runtime/engine/stage_run.h"
#include "runtime/expressions/values.h"
#include "runtime/system/process_tree.h"

extern char** environ;

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

Outcome check_secrets(const Plan& plan, const Options& options) {
  std::vector<std::string> missing;
  for (const std::string& name : plan.secrets) {
    auto found = options.secrets.find(name);
    if (found == options.secrets.end() || found->second.empty()) missing.push_back(name);
  }
  if (missing.empty()) return {};
  return std::unexpected(fmt::format("the pipeline needs {} `{}`; give {} a value with `--secret-file`",
                                     missing.size() == 1 ? "the secret" : "the secrets", fmt::join(missing, "`, `"),
                                     missing.size() == 1 ? "it" : "them"));
}

int last_run_number(const fs::path& runs) {
  int last = 0;
  std::error_code error;
  for (fs::directory_iterator entry(runs, error), end; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    int number = 0;
    auto [stop, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (failure == std::errc() && stop == name.data() + name.size()) last = std::max(last, number);
  }
  return last;
}

/// A folder that nobody else has: of two runs that start together one takes the next number.
std::expected<fs::path, std::string> make_run_folder(const Options& options) {
  fs::path runs = options.state_folder / "runs";
  if (Outcome made = make_folders(runs); !made) return std::unexpected(made.error());
  fs::path ignore = options.state_folder / ".gitignore";
  std::error_code error;
  if (!fs::exists(ignore, error)) {
    if (Outcome written = write_file(ignore, "*\n", 0644); !written) return std::unexpected(written.error());
  }
  for (int number = last_run_number(runs) + 1;; ++number) {
    fs::path folder = runs / (options.run_id.empty() ? std::to_string(number) : file_slug(options.run_id));
    if (mkdir(folder.c_str(), 0700) == 0) return folder;
    if (errno != EEXIST) return system_error("make the folder", folder);
    if (!options.run_id.empty()) return std::unexpected(fmt::format("there is a run `{}` already", options.run_id));
  }
}

/// GITHUB_REF of `github.ref`, and so on; what is no plain value, or secret, stays out.
void add_github_variables(const Json& github, Variables& environment) {
  constexpr std::string_view left_out[] = {"event", "token", "env", "path", "output", "repositoryUrl", "workspace"};
  for (const auto& [name, value] : github.items()) {
    bool skipped = !is_primitive(value) || std::ranges::find(left_out, name) != std::end(left_out);
    if (!skipped) environment["GITHUB_" + upper_case(name)] = to_text(value);
  }
}

Outcome fill_github(RunState& run) {
  run.github = run.options.github.is_object() ? run.options.github : Json::object();
  auto fallback = [&](const char* name, const std::string& value) {
    if (!run.github.contains(name) || is_absent(run.github[name])) run.github[name] = value;
  };
  fallback("run_id", run.run_id);
  fallback("run_number", run.run_id);
  fallback("run_attempt", "1");
  fallback("workflow", run.plan.title.empty() ? run.plan.pipeline : run.plan.title);
  if (run.github.contains("event") && !run.github.contains("event_path")) {
    fs::path file = run.folder / "event.json";
    if (Outcome written = write_file(file, to_json_text(run.github["event"])); !written) return written;
    run.github["event_path"] = file.string();
  }
  run.environment = run.options.environment;
  run.environment["CI"] = run.environment["GITHUB_ACTIONS"] = run.environment["SLUICE"] = "true";
  add_github_variables(run.github, run.environment);
  return {};
}

Outcome fill_contexts(RunState& run) {
  if (Outcome filled = fill_github(run); !filled) return filled;
  run.secret_values = Json::object();
  for (const auto& [name, value] : run.options.secrets) {
    run.secret_values[name] = value;
    run.secrets.add(value);
  }
  if (const Json* token = find_member(run.github, "token")) run.secrets.add(to_text(*token));
  Json env = Json::object();
  if (Outcome evaluated = evaluate_bindings(run.plan.env, RunScope(run), env); !evaluated) {
    return std::unexpected(
        fmt::format("the pipeline's env cannot be evaluated: {}", run.secrets.masked(evaluated.error())));
  }
  run.pipeline_env = std::move(env);
  return {};
}

Outcome choose_stages(RunState& run) {
  const auto& only = run.options.only;
  for (std::size_t i = 0; i < run.stages.size(); ++i) run.stage_index[run.plan.stages[i].id] = i;
  for (StageState& stage : run.stages) stage.wanted = only.empty();
  for (const std::string& id : only) {
    auto found = run.stage_index.find(id);
    if (found == run.stage_index.end())
      return std::unexpected(fmt::format("there is no stage `{}` in `{}`", id, run.plan.pipeline));
    run.stages[found->second].wanted = true;
  }
  for (std::size_t i = run.stages.size(); i-- > 0;) {
    if (!run.stages[i].wanted) continue;
    ++run.stages_left;
    for (std::size_t before : run.plan.stages[i].after) run.stages[before].wanted = true;
  }
  for (std::size_t i = 0; i < run.stages.size(); ++i) {
    if (!run.stages[i].wanted) continue;
    run.stages[i].unfinished = run.plan.stages[i].after.size();
    for (std::size_t before : run.plan.stages[i].after) run.stages[before].dependents.push_back(i);
  }
  return {};
}

/// The first signal cancels, the next one kills; children that ended are told to their owners.
void take_signals(RunState& run, SignalGuard& signals) {
  while (int number = signals.next()) {
    if (number == SIGCHLD) {
      run.processes.reap();
      continue;
    }
    std::string_view what = run.cancelled ? "everything is killed" : "the run is cancelled; once more kills everything";
    run.status.annotated(run.plan.pipeline, "notice", std::string(what));
    run.cancel();
  }
}

void refresh_again(RunState& run, Duration period) {
  run.status.refresh();
  run.loop.at(Clock::now() + period, [&run, period] { refresh_again(run, period); });
}

Outcome run_stages(RunState& run, SignalGuard& signals) {
  if (Outcome watched = run.loop.watch(signals.descriptor(), [&] { take_signals(run, signals); }); !watched)
    return watched;
  if (auto period = run.status.refresh_every()) refresh_again(run, *period);
  for (std::size_t i = 0; i < run.stages.size(); ++i) {
    if (run.stages[i].wanted && run.stages[i].unfinished == 0) run.loop.post([&run, i] { run_stage(run, i); });
  }
  Outcome looped = run.loop.run([&] { return run.stages_left == 0; });
  run.loop.forget(signals.descriptor());
  return looped;
}

/// Whatever escaped every other hand: all that descends from us and was not there before.
void kill_the_rest(RunState& run) {
  Instant end = Clock::now() + std::chrono::seconds(10);
  while (Clock::now() < end) {
    std::vector<pid_t> left = find_tree({run.token + ".", {}, true}, run.processes, run.other_children);
    if (left.empty()) break;
    signal_tree(left, SIGKILL);
    usleep(1000);
    run.processes.reap();
  }
  run.processes.reap();
}

RunReport make_report(RunState& run, Instant begun) {
  RunReport report{run.run_id, run.plan.title.empty() ? run.plan.pipeline : run.plan.title, run.folder, {}, {}, {}};
  bool failed = false, cancelled = false;
  for (StageState& stage : run.stages) {
    if (!stage.wanted) continue;
    failed = failed || (stage.report.result == Result::failure && !stage.report.allowed);
    cancelled = cancelled || stage.report.result == Result::cancelled;
    report.stages.push_back(std::move(stage.report));
  }
  if (run.cancelled && !run.broken)
    report.outcome = RunOutcome::cancelled;
  else if (failed || run.broken)
    report.outcome = RunOutcome::failed;
  else if (cancelled)
    report.outcome = RunOutcome::cancelled;
  report.duration = std::chrono::duration_cast<Duration>(Clock::now() - begun);
  return report;
}

Outcome write_result(const RunReport& report) {
  Json stages = Json::object();
  for (const StageReport& stage : report.stages) {
    stages[stage.id] = {{"result", to_text(stage.result)},
                        {"allowed", stage.allowed},
                        {"reason", stage.reason},
                        {"milliseconds", stage.duration.count()}};
  }
  Json result = {{"run", report.run_id},
                 {"title", report.title},
                 {"outcome", to_text(report.outcome)},
                 {"milliseconds", report.duration.count()},
                 {"stages", std::move(stages)}};
  return write_file(report.folder / "result.json", to_json_text(result) + "\n");
}

std::vector<std::string> wanted_ids(const RunState& run) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < run.stages.size(); ++i) {
    if (run.stages[i].wanted) ids.push_back(run.plan.stages[i].id);
  }
  return ids;
}

}  // namespace

std::expected<RunReport, std::string> run(const Plan& plan, const Options& given, Status& status) {
  if (Outcome checked = check_secrets(plan, given); !checked) return std::unexpected(checked.error());
  Options options = given;
  options.repository_root = fs::absolute(given.repository_root);
  options.state_folder = fs::absolute(given.state_folder);
  if (!given.actions.empty()) options.actions = fs::absolute(given.actions);
  auto folder = make_run_folder(options);
  if (!folder) return std::unexpected(folder.error());
  auto loop = EventLoop::open();
  if (!loop) return std::unexpected(loop.error());
  auto signals = SignalGuard::take();
  if (!signals) return std::unexpected(signals.error());
  RunState state(plan, options, status, **loop, *folder);
  state.token = fmt::format("{:x}-{:x}", getpid(), Clock::now().time_since_epoch().count());
  state.stages.resize(plan.stages.size());
  for (int place = std::max(1, options.jobs); place > 0; --place) state.free_places.push_back(place);
  state.other_children = own_children();
  if (Outcome chosen = choose_stages(state); !chosen) return std::unexpected(chosen.error());
  if (Outcome filled = fill_contexts(state); !filled) return std::unexpected(filled.error());
  Instant begun = Clock::now();
  status.run_started(state.run_id, plan.title.empty() ? plan.pipeline : plan.title, wanted_ids(state));
  Outcome ran = run_stages(state, **signals);
  kill_the_rest(state);
  if (Outcome removed = remove_folder(state.folder / "places"); !removed) {
    status.annotated(plan.pipeline, "warning", removed.error());
  }
  RunReport report = make_report(state, begun);
  status.run_finished(report);
  if (!ran) return std::unexpected(ran.error());
  if (state.broken) return std::unexpected(*state.broken);
  if (Outcome written = write_result(report); !written) return std::unexpected(written.error());
  return report;
}

std::map<std::string, std::string> current_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view text = *entry;
    std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    std::string_view name = text.substr(0, equals);
    bool foreign = name.starts_with("GITHUB_") || name.starts_with("RUNNER_") || name.starts_with("ACTIONS_") ||
                   name.starts_with("GIT_") || name.starts_with("SLUICE_");
    if (!foreign) variables.emplace(name, text.substr(equals + 1));
  }
  return variables;
}

}  // namespace sluice::runtime

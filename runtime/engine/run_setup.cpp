#include "runtime/engine/run_setup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/engine/stage_scope.h"
#include "runtime/expressions/values.h"
#include "runtime/system/file_lock.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

/// GITHUB_REF of `github.ref`, and so on; what is no plain value, or secret, stays out.
void add_github_variables(const Json& github, Variables& environment) {
  constexpr std::string_view left_out[] = {"event", "token", "env", "path", "output", "repositoryUrl", "workspace"};
  for (const auto& [name, value] : github.items()) {
    bool skipped = !is_primitive(value) || std::ranges::find(left_out, name) != std::end(left_out);
    if (!skipped) environment["GITHUB_" + upper_case(name)] = to_text(value);
  }
}

/// The number that a payload gives somebody or something; none is known here.
std::string id_in(const Json& github, std::initializer_list<std::string_view> path) {
  const Json* part = find_member(github, "event");
  for (std::string_view name : path) part = part != nullptr ? find_member(*part, name) : nullptr;
  return part != nullptr && !is_absent(*part) ? to_text(*part) : "0";
}

/// What GitHub says of a run beside the event.
void complete_github(RunState& run) {
  Json& github = run.github;
  auto known = [&](const char* name) {
    const Json* value = find_member(github, name);
    return value != nullptr ? to_text(*value) : std::string();
  };
  auto fallback = [&](const char* name, const std::string& value) {
    if (known(name).empty()) github[name] = value;
  };
  fallback("run_id", run.run_id);
  fallback("run_number", run.run_id);
  fallback("run_attempt", "1");
  fallback("retention_days", "90");
  fallback("actor_id", id_in(github, {"sender", "id"}));
  fallback("repository_id", id_in(github, {"repository", "id"}));
  fallback("repository_owner_id", id_in(github, {"repository", "owner", "id"}));
  fallback("workflow", run.plan.title.empty() ? run.plan.pipeline : run.plan.title);
  fallback("workflow_ref",
           fmt::format("{}/.github/workflows/{}.yml@{}", known("repository"), run.plan.pipeline, known("ref")));
  fallback("workflow_sha", known("sha"));
}

Outcome fill_github(RunState& run) {
  run.github = run.options.github.is_object() ? run.options.github : Json::object();
  complete_github(run);
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

}  // namespace

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

/// The longest way from each stage to the end, in milliseconds: a stage that is not known counts as a second.
void rank_stages(RunState& run) {
  std::map<std::string, std::int64_t> known;
  if (run.journal != nullptr) known = run.journal->durations(run.plan.pipeline).value_or(known);
  for (std::size_t i = run.stages.size(); i-- > 0;) {
    StageState& stage = run.stages[i];
    auto found = known.find(run.plan.stages[i].id);
    double longest = 0;
    for (std::size_t next : stage.dependents) longest = std::max(longest, run.stages[next].urgency);
    stage.urgency = longest + (found == known.end() ? 1000.0 : static_cast<double>(found->second) + 1);
  }
}

std::expected<RunFolder, std::string> RunFolder::open(const fs::path& state_folder, std::int64_t run) {
  fs::path path = state_folder / "runs" / std::to_string(run);
  if (Outcome made = make_folders(path); !made) return std::unexpected(made.error());
  fs::path file = path / "lock";
  Descriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return system_error("write", file);
  for (int tries = 0; tries < 20; ++tries) {  // somebody may just be looking whether it is taken
    if (flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return RunFolder(std::move(path), std::move(lock));
    if (errno != EWOULDBLOCK) return system_error("lock", file);
    usleep(5000);
  }
  return std::unexpected(
      fmt::format("another process is at work on run {}; `sluice logs {} -f` shows how it goes", run, run));
}

bool RunFolder::is_taken(const fs::path& state_folder, std::int64_t run) {
  return is_locked(state_folder / "runs" / std::to_string(run) / "lock");
}

}  // namespace sluice::runtime

#include "runtime/operations/state.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <ctime>

#include "runtime/engine/context.h"
#include "runtime/engine/run_setup.h"
#include "runtime/operations/secret_file.h"
#include "runtime/plan/plan_json.h"

namespace sluice::runtime {

std::expected<State, std::string> State::open(const std::filesystem::path& folder) {
  std::filesystem::path file = folder / "journal.db";
  if (access(file.c_str(), R_OK | W_OK) != 0 && errno == EACCES) {
    std::string root = folder.parent_path().string();
    return std::unexpected(
        fmt::format("the runs in `{}` are another user's, who may take votes with `sluice serve --share`; then `sluice "
                    "approve RUN --root {}` works",
                    root, root));
  }
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return std::unexpected(
        fmt::format("nothing has run in `{}` yet; `sluice run FILE` runs a pipeline", folder.parent_path().string()));
  }
  auto journal = Journal::open(folder);
  if (!journal) return std::unexpected(journal.error());
  return State{folder, std::move(*journal)};
}

std::expected<RunEntry, std::string> State::find(const std::string& run) {
  if (run.empty() || run == "last") {
    auto runs = journal.runs();
    if (!runs) return std::unexpected(runs.error());
    if (runs->empty()) return std::unexpected("nothing has run here yet");
    return runs->front();
  }
  std::int64_t number = 0;
  auto [end, failure] = std::from_chars(run.data(), run.data() + run.size(), number);
  if (failure != std::errc() || end != run.data() + run.size()) {
    return std::unexpected(fmt::format("`{}` is no run; a run is a number, or `last`", run));
  }
  auto entry = journal.find(number);
  if (!entry) return std::unexpected(entry.error());
  if (!*entry) return std::unexpected(fmt::format("there is no run {}; `sluice runs` lists them", number));
  return **entry;
}

std::expected<LoadedRun, std::string> load(State& state, const RunEntry& entry) {
  auto text = state.journal.plan_of(entry.id);
  if (!text) return std::unexpected(text.error());
  auto plan = read_plan(*text);
  if (!plan) return std::unexpected(plan.error());
  auto context = state.journal.context_of(entry.id);
  if (!context) return std::unexpected(context.error());
  LoadedRun run{entry, std::move(*plan), {}};
  if (Outcome read = read_context(*context, run.options); !read) return std::unexpected(read.error());
  run.options.state_folder = state.folder;
  return run;
}

std::expected<void, std::string> give_secrets(LoadedRun& run, const std::string& secret_file) {
  Options& options = run.options;
  std::string file = secret_file.empty() ? options.own.value("secret_file", "") : secret_file;
  auto declared = options.own.value("declared_secrets", std::vector<std::string>());
  auto secrets = read_secrets(run.plan, declared, file);
  if (!secrets) return std::unexpected(secrets.error());
  for (const std::string& warning : secrets->warnings) fmt::print(stderr, "sluice: warning: {}\n", warning);
  options.environment = current_environment();
  options.secrets = std::move(secrets->values);
  options.github["token"] = secrets->token;
  for (const std::string& name : declared) options.environment.erase(name);
  return {};
}

std::string phase_text(const State& state, const RunEntry& entry) {
  if (entry.phase == RunPhase::finished) return entry.outcome;
  if (RunFolder::is_taken(state.folder, entry.id)) return "running";
  return entry.phase == RunPhase::waiting ? "waiting" : "interrupted";
}

int refuse(const std::string& why) {
  fmt::print(stderr, "sluice: {}\n", why);
  return 2;
}

std::string time_text(std::int64_t milliseconds) {
  std::time_t seconds = milliseconds / 1000;
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[32];
  std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
  return {text, size};
}

}  // namespace sluice::runtime

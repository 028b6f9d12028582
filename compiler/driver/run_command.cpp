#include "driver/run_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "backends/local/plan.h"
#include "driver/report.h"
#include "driver/run_event.h"
#include "driver/run_inputs.h"
#include "driver/run_repository.h"
#include "driver/run_secrets.h"
#include "runtime/engine/runner.h"
#include "runtime/expressions/values.h"

namespace sluice::driver {
namespace {

DIAGNOSTIC(NotHere, "{}");

constexpr int misuse = 2;

int refuse(const std::string& why) {
  fmt::print(stderr, "sluice: {}\n", why);
  return misuse;
}

/// Gives whether something stands in the way.
bool show_problems(const std::vector<local::Problem>& problems, const source::SourceManager* sources) {
  diagnostics::Sink sink;
  for (const local::Problem& problem : problems) {
    if (!problem.is_note()) {
      sink.report<NotHere>(problem.span, problem.text);
      continue;
    }
    std::string place = "sluice: ";
    if (sources != nullptr && problem.span.known()) {
      source::Position position = sources->begin(problem.span);
      if (position.file != nullptr)
        place = fmt::format("{}:{}:{}: ", position.file->name, position.line, position.column);
    }
    fmt::print(stderr, "{}note: {}\n", place, problem.text);
  }
  return report(sink, sources != nullptr ? *sources : source::SourceManager());
}

struct Prepared {
  Event event;
  runtime::Options options;
};

/// What the event says: its name, payload, inputs, and the `github` context made of all that.
std::expected<Prepared, std::string> prepare(const graph::Graph& graph, const RunOptions& given) {
  auto payload = read_payload(given.event_file);
  if (!payload) return std::unexpected(payload.error());
  auto event = choose_event(graph, given.event, *payload, !given.inputs.empty());
  if (!event) return std::unexpected(event.error());
  Prepared prepared{*event, {}};
  runtime::Options& options = prepared.options;
  options.repository_root = find_root(given.pipe_file, given.root);
  options.state_folder = options.repository_root / ".sluice";
  if (!given.actions.empty()) options.actions = std::filesystem::absolute(given.actions);
  options.environment = runtime::current_environment();
  Repository repository = read_repository(options.repository_root, options.environment);
  options.github = github_context(*event, *payload, repository);
  auto inputs = read_inputs(graph, *event, given.inputs, *payload, options.github);
  if (!inputs) return std::unexpected(inputs.error());
  options.inputs = std::move(*inputs);
  if (event->name == "workflow_dispatch") {
    runtime::Json& texts = options.github["event"]["inputs"];
    for (const auto& [name, value] : options.inputs.items()) texts[name] = runtime::to_text(value);
  }
  unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  options.jobs = given.jobs > 0 ? given.jobs : static_cast<int>(cores);
  return prepared;
}

std::expected<void, std::string> add_secrets(const graph::Graph& graph, const runtime::Plan& plan,
                                             const RunOptions& given, runtime::Options& options) {
  auto secrets = read_secrets(graph, plan, given.secret_file);
  if (!secrets) return std::unexpected(secrets.error());
  for (const std::string& warning : secrets->warnings) fmt::print(stderr, "sluice: warning: {}\n", warning);
  options.secrets = std::move(secrets->values);
  options.github["token"] = secrets->token;
  // As on GitHub, a step has a secret only where the pipeline gives it one.
  for (const graph::Secret& secret : graph.secrets) options.environment.erase(secret.name);
  return {};
}

}  // namespace

int run(const graph::Graph& graph, const RunOptions& given, const source::SourceManager* sources) {
  bool known = given.format.empty() || given.format == "human" || given.format == "json";
  if (!known) return refuse(fmt::format("there is no format `{}`; take human or json", given.format));
  auto prepared = prepare(graph, given);
  if (!prepared) return refuse(prepared.error());
  std::error_code error;
  if (!given.actions.empty() && !std::filesystem::is_directory(given.actions, error))
    return refuse(fmt::format("`--actions {}` is no folder", given.actions));
  runtime::ActionMachine machine({prepared->options.repository_root, prepared->options.actions},
                                 prepared->options.environment);
  local::Planned planned = local::plan(graph, given.only, &machine);
  if (show_problems(planned.problems, sources)) return misuse;
  runtime::Options& options = prepared->options;
  if (auto added = add_secrets(graph, planned.plan, given, options); !added) return refuse(added.error());
  runtime::Screen screen = runtime::find_screen(1);
  auto status = given.format == "json" ? runtime::json_status(screen) : runtime::choose_status(screen);
  auto report = runtime::run(planned.plan, options, *status);
  if (!report) return refuse(report.error());
  return report->outcome == runtime::RunOutcome::succeeded ? 0 : 1;
}

}  // namespace sluice::driver

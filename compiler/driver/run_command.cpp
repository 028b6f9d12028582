#include "driver/run_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "backends/local/plan.h"
#include "driver/report.h"
#include "driver/run_event.h"
#include "driver/run_inputs.h"
#include "driver/run_repository.h"
#include "runtime/engine/runner.h"
#include "runtime/expressions/values.h"
#include "runtime/gates/people.h"
#include "runtime/isolation/container.h"
#include "runtime/operations/go_on.h"
#include "runtime/operations/secret_file.h"

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

std::expected<runtime::Isolation, std::string> read_isolation(const RunOptions& given) {
  runtime::Isolation isolation;
  isolation.on = !given.isolate.empty();
  isolation.offline = given.isolate == "offline";
  if (isolation.on && !isolation.offline && given.isolate != "true")
    return std::unexpected(
        fmt::format("there is no `--isolate={}`; take --isolate or --isolate=offline", given.isolate));
  bool limited = !given.memory.empty() || given.cpus > 0 || given.pids > 0;
  if (limited && !isolation.on) return std::unexpected("--memory, --cpus and --pids need --isolate");
  if (given.cpus > 0) isolation.limits.cpus = given.cpus;
  if (given.pids > 0) isolation.limits.pids = given.pids;
  if (given.memory.empty()) return isolation;
  isolation.limits.memory = runtime::parse_size(given.memory);
  if (isolation.limits.memory) return isolation;
  return std::unexpected(fmt::format("`{}` is no size; write it as 512M or 2G", given.memory));
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
  options.starter = runtime::name_of_user(geteuid()).value_or("");
  if (!repository.author_email.empty()) {
    options.authors.push_back(fmt::format("{} <{}>", repository.author_name, repository.author_email));
  }
  std::error_code error;
  options.own["pipe_file"] = std::filesystem::absolute(given.pipe_file, error).string();
  options.wait = given.wait;
  options.journal = given.journal;
  auto isolation = read_isolation(given);
  if (!isolation) return std::unexpected(isolation.error());
  options.isolation = *isolation;
  unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  options.jobs = given.jobs > 0 ? given.jobs : static_cast<int>(cores);
  return prepared;
}

std::expected<void, std::string> add_secrets(const graph::Graph& graph, const runtime::Plan& plan,
                                             const RunOptions& given, runtime::Options& options) {
  std::vector<std::string> declared;
  for (const graph::Secret& secret : graph.secrets) declared.push_back(secret.name);
  auto secrets = runtime::read_secrets(plan, declared, given.secret_file);
  if (!secrets) return std::unexpected(secrets.error());
  for (const std::string& warning : secrets->warnings) fmt::print(stderr, "sluice: warning: {}\n", warning);
  options.secrets = std::move(secrets->values);
  options.github["token"] = secrets->token;
  // As on GitHub, a step has a secret only where the pipeline gives it one.
  for (const std::string& name : declared) options.environment.erase(name);
  options.own["declared_secrets"] = std::move(declared);
  std::error_code error;
  if (!given.secret_file.empty())
    options.own["secret_file"] = std::filesystem::absolute(given.secret_file, error).string();
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
  runtime::Options& options = prepared->options;
  if (local::wants_container_engine(graph))
    options.container_engine = runtime::find_container_engine(options.environment);
  runtime::ActionMachine machine({options.repository_root, options.actions}, options.environment);
  local::Planned planned = local::plan(graph, given.only, {&machine, !options.container_engine.empty()});
  if (show_problems(planned.problems, sources)) return misuse;
  if (auto added = add_secrets(graph, planned.plan, given, options); !added) return refuse(added.error());
  auto status = runtime::watcher(given.format);
  auto report = runtime::run(planned.plan, options, *status);
  if (!report) return refuse(report.error());
  return runtime::status_of(report->outcome);
}

}  // namespace sluice::driver

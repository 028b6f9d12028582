#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/actions/machine.h"
#include "runtime/engine/action_run.h"
#include "runtime/engine/leg_scope.h"
#include "runtime/engine/shell.h"
#include "runtime/expressions/values.h"
#include "runtime/isolation/container.h"

namespace sluice::runtime {
namespace {

constexpr std::string_view registry = "docker://";

/// The first input of that name, whatever its case.
std::string input_text(const Json& inputs, std::string_view name) {
  const Json* found = find_member(inputs, name);
  return found != nullptr ? to_text(*found) : "";
}

class OnlyInputs final : public Scope {
 public:
  explicit OnlyInputs(const Json& inputs) : inputs_(inputs) {}
  const Json* context(std::string_view name) const override { return name == "inputs" ? &inputs_ : nullptr; }
  StatusAnswers status(std::span<const std::string>) const override { return {}; }

 private:
  const Json& inputs_;
};

}  // namespace

Task<ActionRun::Failure> ActionRun::run_docker(StepRun& now, ActionUse& one, const Json& inputs) {
  std::filesystem::path engine = find_container_engine(leg_.run_.environment);
  if (engine.empty()) co_return "no container engine answers here (`docker` or `podman`)";
  Task<Failure> building = build_image(now, one, engine);
  if (Failure failure = co_await building) co_return failure;
  if (Outcome made = make_folders(leg_.temp_ / "_github_home"); !made) co_return made.error();
  std::string name = "sluice-" + leg_.tracking_ + now.place + fmt::format("-{}", getpid());
  std::ranges::replace_if(
      name, [](unsigned char letter) { return !std::isalnum(letter) && letter != '.'; }, '-');
  auto command = container_command(now, one, inputs, engine, name);
  if (!command) co_return command.error();
  Task<Failure> running = leg_.run_command(now, std::move(*command));
  Failure failure = co_await running;
  // The container outlives a client that was killed.
  if (failure && (now.stopped || Clock::now() >= now.deadline))
    (void)capture({engine, {engine.filename(), "rm", "--force", name}, leg_.run_.environment, leg_.workspace_});
  co_return failure;
}

Task<ActionRun::Failure> ActionRun::build_image(StepRun& now, ActionUse& one, const std::filesystem::path& engine) {
  const std::string& image = std::get<DockerAction>(one.definition->runs).image;
  if (!one.image.empty()) co_return std::nullopt;
  if (image.starts_with(registry)) {
    one.image = image.substr(registry.size());
    co_return std::nullopt;
  }
  std::filesystem::path file = one.folder / image;
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error))
    co_return fmt::format("`{}` has no file `{}`", one.use->uses, image);
  std::string tag = fmt::format("sluice-action:{}-{}", leg_.run_.token, now.number);
  leg_.say(now, fmt::format("Building {}", file.string()));
  Command command{engine,
                  {engine.filename(), "build", "--tag", tag, "--file", file.string(), file.parent_path().string()},
                  leg_.run_.environment,
                  leg_.workspace_};
  command.environment[tracking_variable] = fmt::format("{}{}.", leg_.tracking_, now.place);
  Task<Failure> running = leg_.run_command(now, std::move(command));
  Failure failure = co_await running;
  if (!failure) one.image = std::move(tag);
  co_return failure;
}

/// Folders of this machine as the container sees them.
std::string ActionRun::inside(const std::string& path) const {
  std::pair<std::string, std::string_view> folders[] = {{leg_.workspace_, "/github/workspace"},
                                                        {leg_.temp_ / "_github_home", "/github/home"},
                                                        {leg_.files_, "/github/file_commands"},
                                                        {leg_.run_.folder, "/github/workflow"}};
  for (const auto& [here, there] : folders) {
    if (path == here) return std::string(there);
    if (path.starts_with(here + "/")) return std::string(there) + path.substr(here.size());
  }
  return path;
}

/// What the container is given: the `env` of the pipeline, the stage and the step, what the runner says, the action's
/// own; nothing of this machine.
Variables ActionRun::container_environment(StepRun& now, const ActionUse& one, const Json& inputs) const {
  Variables all = environment_of(now, one, inputs), result;
  all.insert(leg_.desk_.variables().all().begin(), leg_.desk_.variables().all().end());
  for (const auto& [name, value] : all) {
    bool told = name == "CI" || name == "SLUICE" || leg_.shown_env_.contains(name);
    for (std::string_view prefix : {"GITHUB_", "RUNNER_", "INPUT_", "STATE_"}) told = told || name.starts_with(prefix);
    if (told) result[name] = inside(value);
  }
  OnlyInputs scope(inputs);
  for (const auto& [name, value] : std::get<DockerAction>(one.definition->runs).env) {
    auto text = evaluate_text(value, scope);
    if (text) result.emplace(name, *text);  // of two the step's own counts, as on GitHub
  }
  return result;
}

std::string ActionRun::entrypoint_of(const StepRun& now, const DockerAction& docker, const Json& inputs) {
  if (now.phase == Phase::pre) return docker.pre_entrypoint;
  if (now.phase == Phase::post) return docker.post_entrypoint;
  return docker.entrypoint.empty() ? input_text(inputs, "entrypoint") : docker.entrypoint;
}

std::expected<Command, std::string> ActionRun::container_command(StepRun& now, const ActionUse& one, const Json& inputs,
                                                                 const std::filesystem::path& engine,
                                                                 const std::string& name) {
  const auto& docker = std::get<DockerAction>(one.definition->runs);
  Command command{engine, {engine.filename(), "run", "--rm", "--name", name, "--workdir", "/github/workspace"}, {}, {}};
  std::vector<std::string>& words = command.arguments;
  auto add = [&](const std::string& option, std::string value) {
    words.insert(words.end(), {option, std::move(value)});
  };
  add("--volume", leg_.workspace_.string() + ":/github/workspace");
  add("--volume", (leg_.temp_ / "_github_home").string() + ":/github/home");
  add("--volume", leg_.files_.string() + ":/github/file_commands");
  add("--volume", (leg_.run_.folder / "event.json").string() + ":/github/workflow/event.json:ro");
  command.environment = leg_.run_.environment;
  // By name alone: a value on the command line is for all to read.
  for (auto& [variable, value] : container_environment(now, one, inputs)) {
    if (variable == "HOME" || variable == "PATH") continue;
    add("--env", variable);
    command.environment[variable] = value;
  }
  add("--env", "HOME=/github/home");
  if (std::string program = entrypoint_of(now, docker, inputs); !program.empty())
    add("--entrypoint", std::move(program));
  words.push_back(one.image);
  if (!docker.arguments) {
    std::ranges::copy(split_words(input_text(inputs, "args")), std::back_inserter(words));
  } else {
    OnlyInputs scope(inputs);
    for (const Expression& argument : *docker.arguments) {
      auto text = evaluate_text(argument, scope);
      if (!text) return std::unexpected(fmt::format("an argument: {}", text.error()));
      words.push_back(std::move(*text));
    }
  }
  command.environment[tracking_variable] = fmt::format("{}{}.", leg_.tracking_, now.place);
  command.working_directory = leg_.workspace_;
  return command;
}

}  // namespace sluice::runtime

#include "runtime/engine/action_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/actions/machine.h"
#include "runtime/engine/leg_scope.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

bool is_local(const ActionUse& one) { return one.reference.kind == ActionReference::Kind::local; }

/// GITHUB_ACTION of a step without an id.
std::string action_name(const ActionReference& reference) {
  if (reference.kind != ActionReference::Kind::repository) return "__self";
  std::string name = "__" + reference.repository;
  std::ranges::replace(name, '/', '_');
  return name;
}

/// INPUT_* as the runner spells it (Handler.cs): blanks become `_`, all else stays.
std::string input_variable(const std::string& name) {
  std::string variable = "INPUT_" + upper_case(name);
  std::ranges::replace(variable, ' ', '_');
  return variable;
}

}  // namespace

/// A composite has what any of its steps has; what a `./path` inside of it has is known only when it runs.
bool ActionUse::has_pre() const {
  if (!definition || is_local(*this)) return false;
  if (const auto* script = std::get_if<JavaScriptAction>(&definition->runs)) return !script->pre.empty();
  if (const auto* docker = std::get_if<DockerAction>(&definition->runs)) return !docker->pre_entrypoint.empty();
  return std::ranges::any_of(nested, [](const auto& inner) { return inner && inner->has_pre(); });
}

bool ActionUse::has_post() const {
  if (!definition) return false;
  if (const auto* script = std::get_if<JavaScriptAction>(&definition->runs)) return !script->post.empty();
  if (const auto* docker = std::get_if<DockerAction>(&definition->runs)) return !docker->post_entrypoint.empty();
  return std::ranges::any_of(nested,
                             [](const auto& inner) { return inner && (is_local(*inner) || inner->has_post()); });
}

void ActionUse::save_state(const std::string& name, const std::string& value) {
  auto same = std::ranges::find_if(state, [&](const auto& entry) { return same_text(entry.first, name); });
  if (same != state.end())
    same->second = value;
  else
    state.emplace_back(name, value);
}

ActionUse& ActionRun::use_of(std::size_t step, const UseAction& use) {
  if (!uses_[step]) {
    uses_[step] = std::make_unique<ActionUse>();
    uses_[step]->use = &use;
  }
  return *uses_[step];
}

/// Finds and reads the action, once; those of a composite that are not of the workspace with it.
Outcome ActionRun::load(ActionUse& one) {
  if (one.definition) return {};
  if (one.level > deepest_action)
    return std::unexpected(fmt::format("actions use each other more than {} levels deep", deepest_action + 1));
  auto reference = parse_reference(one.use->uses);
  if (!reference) return std::unexpected(reference.error());
  one.reference = std::move(*reference);
  if (one.reference.kind == ActionReference::Kind::image) {
    one.definition.emplace();
    one.definition->runs = DockerAction{"docker://" + one.reference.image, {}, {}, {}, std::nullopt, {}};
    return {};
  }
  one.folder = one.use->folder;
  if (one.folder.empty()) {
    auto folder = find_action(one.reference, {leg_.workspace_, leg_.run_.options.actions});
    if (!folder) {
      std::string_view hint = is_local(one) ? "; a checkout has to stand before it" : "";
      return std::unexpected(folder.error() + std::string(hint));
    }
    one.folder = std::move(*folder);
  }
  auto definition = read_action(one.folder);
  if (!definition) return std::unexpected(definition.error());
  one.definition = std::move(*definition);
  return load_nested(one);
}

Outcome ActionRun::load_nested(ActionUse& one) {
  const auto* composite = std::get_if<CompositeAction>(&one.definition->runs);
  if (composite == nullptr) return {};
  for (const CompositeStep& step : composite->steps) {
    const auto* use = std::get_if<UseAction>(&step.step.action);
    one.nested.push_back(use != nullptr ? std::make_unique<ActionUse>() : nullptr);
    if (use == nullptr) continue;
    ActionUse& inner = *one.nested.back();
    inner.use = use;
    inner.level = one.level + 1;
    auto reference = parse_reference(use->uses);
    if (!reference) return std::unexpected(reference.error());
    inner.reference = *reference;
    if (is_local(inner)) continue;
    if (Outcome loaded = load(inner); !loaded) return loaded;
  }
  return {};
}

Task<Done> ActionRun::run_pre() {
  const std::vector<Step>& steps = leg_.stage_.steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto* use = std::get_if<UseAction>(&steps[i].action);
    if (use == nullptr || use->folder.empty()) continue;  // of the workspace, which is empty still
    ActionUse& one = use_of(i, *use);
    // What is wrong with it is told where it stands.
    if (!load(one) || !one.has_pre()) continue;
    StepRun now(steps[i], i + 1);
    now.phase = Phase::pre;
    now.place = fmt::format("pre{}", i + 1);
    now.condition = &one.definition->pre_if;
    now.report.title = "Pre " + leg_.title_of(now);
    Task<Done> running = leg_.run_step(now);
    co_await running;
  }
  co_return Done{};
}

Task<Done> ActionRun::run_post() {
  while (!posts_.empty()) {
    std::size_t step = posts_.back();
    posts_.pop_back();
    ActionUse& one = *uses_[step];
    bool any = one.nested.empty() ||
               std::ranges::any_of(one.nested, [](const auto& inner) { return inner && inner->post_registered; });
    if (!any) continue;
    StepRun now(leg_.stage_.steps[step], step + 1);
    now.phase = Phase::post;
    now.place = fmt::format("post{}", step + 1);
    now.condition = &one.definition->post_if;
    now.report.title = "Post " + one.title;
    Task<Done> running = leg_.run_step(now);
    co_await running;
  }
  co_return Done{};
}

Task<ActionRun::Failure> ActionRun::run(StepRun& now, const UseAction& use) {
  ActionUse& one = use_of(now.number - 1, use);
  now.use = &one;
  if (Outcome loaded = load(one); !loaded) co_return loaded.error();
  if (now.phase == Phase::main) one.title = now.report.title;
  if (now.phase == Phase::pre) one.title = now.report.title.substr(std::string_view("Pre ").size());
  // Before it runs: a `post` cleans up behind a main that has failed as well.
  if (now.phase != Phase::post && one.has_post() && !std::exchange(one.post_registered, true))
    posts_.push_back(now.number - 1);
  Task<Failure> running = run_phase(now, one);
  Failure failure = co_await running;
  co_return failure;
}

Task<ActionRun::Failure> ActionRun::run_phase(StepRun& now, ActionUse& one) {
  const auto* script = std::get_if<JavaScriptAction>(&one.definition->runs);
  if (now.phase == Phase::main && is_local(one) && script != nullptr && !script->pre.empty())
    leg_.annotate(now, "warning",
                  fmt::format("`pre` execution is not supported for local action from '{}'", one.use->uses), "");
  if (now.phase == Phase::main) warn_of_inputs(now, one);
  auto inputs = inputs_of(now, one);
  if (!inputs) co_return inputs.error();
  if (script != nullptr) {
    Task<Failure> running = run_javascript(now, one, *inputs);
    Failure failure = co_await running;
    co_return failure;
  }
  bool composite = std::holds_alternative<CompositeAction>(one.definition->runs);
  Task<Failure> running = composite ? run_composite(now, one, *inputs) : run_docker(now, one, *inputs);
  Failure failure = co_await running;
  co_return failure;
}

void ActionRun::warn_of_inputs(StepRun& now, const ActionUse& one) {
  auto warn = [&](const std::string& text) { leg_.annotate(now, "warning", text, ""); };
  std::vector<std::string> known, unexpected;
  for (const ActionInput& input : one.definition->inputs) known.push_back(input.name);
  bool docker = std::holds_alternative<DockerAction>(one.definition->runs);
  for (const auto& [name, value] : one.use->with) {
    const ActionInput* input = one.definition->input(name);
    bool built_in = docker && (same_text(name, "entrypoint") || same_text(name, "args"));
    if (input == nullptr && !built_in) unexpected.push_back(name);
    if (input != nullptr && !input->deprecation.empty())
      warn(fmt::format("Input '{}' has been deprecated with message: {}", name, input->deprecation));
  }
  if (unexpected.empty() || one.reference.kind == ActionReference::Kind::image) return;
  warn(fmt::format("Unexpected input(s) '{}', valid inputs are ['{}']", fmt::join(unexpected, "', '"),
                   fmt::join(known, "', '")));
}

/// What is given, then the defaults of the rest.
std::expected<Json, std::string> ActionRun::inputs_of(StepRun& now, const ActionUse& one) {
  LegScope scope(leg_, now.frame);
  Json inputs = Json::object();
  if (Outcome given = evaluate_bindings(one.use->with, scope, inputs); !given)
    return std::unexpected(fmt::format("its input {}", given.error()));
  for (const ActionInput& input : one.definition->inputs) {
    if (find_member(inputs, input.name) != nullptr) continue;
    auto value = evaluate_text(input.default_value, scope);
    if (!value) return std::unexpected(fmt::format("the default of its input `{}`: {}", input.name, value.error()));
    inputs[input.name] = std::move(*value);
  }
  return inputs;
}

Variables ActionRun::environment_of(StepRun& now, const ActionUse& one, const Json& inputs) const {
  Variables environment = leg_.step_environment(now);
  if (now.step.id.empty()) environment["GITHUB_ACTION"] = action_name(one.reference);
  bool repository = one.reference.kind == ActionReference::Kind::repository;
  environment["GITHUB_ACTION_REPOSITORY"] = repository ? one.reference.repository : "";
  environment["GITHUB_ACTION_REF"] = repository ? one.reference.ref : "";
  for (const auto& [name, value] : inputs.items()) environment[input_variable(name)] = to_text(value);
  for (const auto& [name, value] : one.state) environment["STATE_" + name] = value;
  return environment;
}

Task<ActionRun::Failure> ActionRun::run_javascript(StepRun& now, ActionUse& one, const Json& inputs) {
  const auto& script = std::get<JavaScriptAction>(one.definition->runs);
  const std::string& file = now.phase == Phase::pre ? script.pre : now.phase == Phase::post ? script.post : script.main;
  auto node = find_program("node", leg_.run_.environment);
  if (!node) co_return node.error();
  std::error_code error;
  if (!std::filesystem::is_regular_file(one.folder / file, error))
    co_return fmt::format("`{}` has no file `{}`", one.use->uses, file);
  Command command{*node, {"node", (one.folder / file).string()}, environment_of(now, one, inputs), leg_.workspace_};
  command.inherited = &leg_.desk_.variables();
  command.enclosure = leg_.enclosure();
  Task<Failure> running = leg_.run_command(now, std::move(command));
  Failure failure = co_await running;
  co_return failure;
}

}  // namespace sluice::runtime

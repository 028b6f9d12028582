#include "runtime/actions/definition.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/actions/yaml.h"
#include "runtime/expressions/parse.h"
#include "runtime/expressions/values.h"
#include "runtime/system/files.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

// Which contexts GitHub gives each place (actions/languageservices, action-v1.0.json).
constexpr std::string_view default_contexts[] = {"github", "strategy", "matrix", "job", "runner"};
constexpr std::string_view output_contexts[] = {"github", "strategy", "matrix", "steps",
                                                "inputs", "job",      "runner", "env"};
constexpr std::string_view runs_contexts[] = {"runner", "github", "job", "strategy", "matrix", "env", "inputs"};
constexpr std::string_view input_contexts[] = {"inputs"};
constexpr std::string_view step_contexts[] = {"github", "inputs", "strategy", "matrix",
                                              "steps",  "job",    "runner",   "env"};

constexpr ExpressionPlace default_place{default_contexts, false, true};
constexpr ExpressionPlace output_place{output_contexts, false, false};
constexpr ExpressionPlace runs_place{runs_contexts, true, true};
constexpr ExpressionPlace input_place{input_contexts, false, false};
constexpr ExpressionPlace step_place{step_contexts, false, true};
constexpr ExpressionPlace condition_place{step_contexts, true, true};

/// Thrown inside of this file: the first thing that is wrong ends the reading.
struct Mistake {
  std::string text;
};

[[noreturn]] void fail(std::string_view where, std::string_view what) {
  throw Mistake{fmt::format("`{}` {}", where, what)};
}

/// One mapping of the file, whose entries are taken one after the other.
class Mapping {
 public:
  Mapping(std::string where, const Json& value) : where_(std::move(where)), value_(value) {
    if (!value.is_object()) fail(where_, "has to be a mapping");
  }

  const Json* find(std::string_view key) const {
    auto found = value_.find(std::string(key));
    return found == value_.end() ? nullptr : &*found;
  }
  bool has(std::string_view key) const { return find(key) != nullptr; }
  std::string place(std::string_view key) const { return where_ + (where_.empty() ? "" : ".") + std::string(key); }
  const Json& value() const { return value_; }

  /// The scalar's text; empty where it is not given.
  std::string text(std::string_view key) const {
    const Json* found = find(key);
    if (found == nullptr) return {};
    if (!is_primitive(*found)) fail(place(key), "has to be a text");
    return to_text(*found);
  }
  std::string needed_text(std::string_view key) const {
    std::string result = text(key);
    if (result.empty()) fail(place(key), "is missing");
    return result;
  }
  Expression expression(std::string_view key, const ExpressionPlace& what) const {
    return checked(place(key), parse_template(text(key), what));
  }
  Bindings bindings(std::string_view key, const ExpressionPlace& what) const {
    Bindings result;
    const Json* found = find(key);
    if (found == nullptr || found->is_null()) return result;
    Mapping inner(place(key), *found);
    for (const auto& [name, value] : found->items()) result.emplace_back(name, inner.expression(name, what));
    return result;
  }
  void allow_only(std::initializer_list<std::string_view> keys) const {
    for (const auto& [key, value] : value_.items()) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) fail(place(key), "is not known here");
    }
  }

  static Expression checked(std::string_view where, std::expected<Expression, std::string> parsed) {
    if (!parsed) throw Mistake{fmt::format("`{}`: {}", where, parsed.error())};
    return std::move(*parsed);
  }

 private:
  std::string where_;
  const Json& value_;
};

void read_inputs(const Mapping& root, ActionDefinition& action) {
  const Json* inputs = root.find("inputs");
  if (inputs == nullptr || inputs->is_null()) return;
  Mapping all("inputs", *inputs);
  for (const auto& [name, value] : inputs->items()) {
    ActionInput input;
    input.name = name;
    if (!value.is_null()) {
      Mapping one(all.place(name), value);
      input.has_default = one.has("default");
      if (input.has_default) input.default_value = one.expression("default", default_place);
      const Json* required = one.find("required");
      input.required = required != nullptr && same_text(to_text(*required), "true");
      input.deprecation = one.text("deprecationMessage");
    }
    action.inputs.push_back(std::move(input));
  }
}

/// Names for all kinds, values for a composite.
Bindings read_outputs(const Mapping& root, bool composite, ActionDefinition& action) {
  Bindings values;
  const Json* outputs = root.find("outputs");
  if (outputs == nullptr || outputs->is_null()) return values;
  Mapping all("outputs", *outputs);
  for (const auto& [name, value] : outputs->items()) {
    action.outputs.push_back(name);
    if (value.is_null()) continue;
    Mapping one(all.place(name), value);
    if (composite && one.has("value")) values.emplace_back(name, one.expression("value", output_place));
  }
  return values;
}

/// The runner evaluates these as they stand: no `success()` is implied and no `${{ }}` is understood.
Expression read_runs_if(const Mapping& runs, std::string_view key) {
  if (!runs.has(key)) return {Expression::Kind::call, "always", {}};
  return Mapping::checked(runs.place(key), parse_expression(runs.needed_text(key), runs_place));
}

std::string file_inside(const Mapping& runs, std::string_view key) {
  std::string path = runs.text(key);
  fs::path normal = fs::path(path).lexically_normal();
  if (!path.empty() && (normal.is_absolute() || *normal.begin() == "..")) fail(runs.place(key), "leaves the action");
  return path;
}

JavaScriptAction read_javascript(const Mapping& runs, int node) {
  runs.allow_only({"using", "main", "pre", "pre-if", "post", "post-if"});
  runs.needed_text("main");
  return {node, file_inside(runs, "main"), file_inside(runs, "pre"), file_inside(runs, "post")};
}

DockerAction read_docker(const Mapping& runs) {
  runs.allow_only(
      {"using", "image", "entrypoint", "args", "env", "pre-entrypoint", "pre-if", "post-entrypoint", "post-if"});
  DockerAction docker;
  docker.image = runs.needed_text("image");
  if (!docker.image.starts_with("docker://")) docker.image = file_inside(runs, "image");
  docker.entrypoint = runs.text("entrypoint");
  docker.pre_entrypoint = runs.text("pre-entrypoint");
  docker.post_entrypoint = runs.text("post-entrypoint");
  docker.env = runs.bindings("env", input_place);
  const Json* arguments = runs.find("args");
  if (arguments == nullptr) return docker;
  if (!arguments->is_array()) fail(runs.place("args"), "has to be a list");
  docker.arguments.emplace();
  for (const Json& argument : *arguments) {
    if (!is_primitive(argument)) fail(runs.place("args"), "holds something that is no text");
    docker.arguments->push_back(Mapping::checked(runs.place("args"), parse_template(to_text(argument), input_place)));
  }
  return docker;
}

std::string first_line(const std::string& text) {
  std::string_view all = trimmed(text);
  return std::string(all.substr(0, all.find('\n')));
}

/// GitHub calls a step without a name by what it runs.
Expression title_of(const Mapping& step) {
  if (step.has("name")) return step.expression("name", step_place);
  std::string what = step.has("uses") ? step.text("uses") : first_line(step.text("run"));
  return Mapping::checked(step.place("run"), parse_template("Run " + what, step_place));
}

void read_step_action(const Mapping& yaml, CompositeStep& result) {
  if (yaml.has("run") == yaml.has("uses")) fail(yaml.place("run"), "or `uses`: a step has one of them");
  if (yaml.has("uses")) {
    yaml.allow_only({"name", "id", "if", "uses", "with", "env", "continue-on-error"});
    result.step.action = UseAction{yaml.needed_text("uses"), {}, yaml.bindings("with", step_place)};
    return;
  }
  yaml.allow_only({"name", "id", "if", "run", "shell", "env", "working-directory", "continue-on-error"});
  yaml.needed_text("shell");
  result.shell = yaml.expression("shell", step_place);
  Script script;
  script.shell.clear();
  script.working_directory = yaml.expression("working-directory", step_place);
  script.pasted = yaml.expression("run", step_place);
  result.step.action = std::move(script);
}

CompositeStep read_step(const Mapping& yaml) {
  CompositeStep result;
  Step& step = result.step;
  read_step_action(yaml, result);
  step.id = yaml.text("id");
  step.title = title_of(yaml);
  step.condition = Mapping::checked(yaml.place("if"), parse_condition(yaml.text("if"), condition_place));
  step.env = yaml.bindings("env", step_place);
  step.allow_failure = {Expression::Kind::literal, "false", {}};
  if (yaml.has("continue-on-error")) {
    Expression given = yaml.expression("continue-on-error", step_place);
    // The text `false` would be true.
    const Json* written = yaml.find("continue-on-error");
    if (written->is_boolean()) given = {Expression::Kind::literal, to_text(*written), {}};
    step.allow_failure = std::move(given);
  }
  return result;
}

CompositeAction read_composite(const Mapping& runs) {
  runs.allow_only({"using", "steps"});
  const Json* steps = runs.find("steps");
  if (steps == nullptr || !steps->is_array()) fail(runs.place("steps"), "has to be a list of steps");
  CompositeAction composite;
  for (std::size_t i = 0; i < steps->size(); ++i) {
    CompositeStep step = read_step(Mapping(fmt::format("runs.steps[{}]", i), (*steps)[i]));
    bool taken = std::ranges::any_of(composite.steps, [&](const CompositeStep& other) {
      return !step.step.id.empty() && same_text(other.step.id, step.step.id);
    });
    if (taken) fail(fmt::format("runs.steps[{}].id", i), fmt::format("is `{}`, as another step's", step.step.id));
    composite.steps.push_back(std::move(step));
  }
  return composite;
}

void read_runs(const Mapping& root, ActionDefinition& action) {
  const Json* value = root.find("runs");
  if (value == nullptr) fail("runs", "is missing");
  Mapping runs("runs", *value);
  std::string kind = upper_case(runs.needed_text("using"));
  Bindings outputs = read_outputs(root, kind == "COMPOSITE", action);
  action.pre_if = read_runs_if(runs, "pre-if");
  action.post_if = read_runs_if(runs, "post-if");
  if (kind == "COMPOSITE") {
    CompositeAction composite = read_composite(runs);
    composite.outputs = std::move(outputs);
    action.runs = std::move(composite);
  } else if (kind == "DOCKER") {
    action.runs = read_docker(runs);
  } else {
    int node = 0;
    for (int version : {12, 16, 20, 24}) {
      if (kind == fmt::format("NODE{}", version)) node = version;
    }
    if (node == 0)
      fail("runs.using",
           fmt::format("is `{}`; it can be node12, node16, node20, node24, composite or docker", runs.text("using")));
    action.runs = read_javascript(runs, node);
  }
}

}  // namespace

const ActionInput* ActionDefinition::input(std::string_view input_name) const {
  auto found = std::ranges::find_if(inputs, [&](const ActionInput& one) { return same_text(one.name, input_name); });
  return found == inputs.end() ? nullptr : &*found;
}

std::expected<ActionDefinition, std::string> parse_action(const std::string& text) {
  auto yaml = read_yaml(text);
  if (!yaml) return std::unexpected(yaml.error());
  if (!yaml->is_object()) return std::unexpected(std::string("it has to be a mapping with `runs`"));
  try {
    Mapping root("", *yaml);
    ActionDefinition action;
    action.name = root.text("name");
    read_inputs(root, action);
    read_runs(root, action);
    return action;
  } catch (const Mistake& mistake) {
    return std::unexpected(mistake.text);
  }
}

std::expected<ActionDefinition, std::string> read_action(const fs::path& folder) {
  std::error_code error;
  for (const char* name : {"action.yml", "action.yaml"}) {
    if (!fs::is_regular_file(folder / name, error)) continue;
    auto text = read_file(folder / name);
    if (!text) return std::unexpected(text.error());
    auto action = parse_action(*text);
    if (!action) return std::unexpected(fmt::format("{}: {}", (folder / name).string(), action.error()));
    return action;
  }
  for (const char* name : {"Dockerfile", "dockerfile"}) {
    if (!fs::is_regular_file(folder / name, error)) continue;
    ActionDefinition action;
    action.runs = DockerAction{name, {}, {}, {}, std::nullopt, {}};
    action.pre_if = action.post_if = {Expression::Kind::call, "always", {}};
    return action;
  }
  return std::unexpected(
      fmt::format("there is no `action.yml`, `action.yaml` or `Dockerfile` in `{}`", folder.string()));
}

}  // namespace sluice::runtime

// How labels go from step to step and from stage to stage.
#include "labels/flow.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::labels {

using graph::ExpressionId;
using Kind = graph::Expression::Kind;

Flow::Flow(const graph::Graph& graph)
    : graph_(graph), cause_of_(graph.expressions.size()), found_(graph.expressions.size()) {
  find_declared();
  fork_code_ = std::any_of(graph.triggers.begin(), graph.triggers.end(),
                           [](const graph::Trigger& trigger) { return brings_fork_code(trigger.event); });
  join_bindings(pipeline_env_, graph.env);
  env_ = pipeline_env_;
}

// `steps.login.outputs.token`, as the step declares it: whoever reads all of the step's outputs reads a secret.
void Flow::find_declared() {
  for (std::uint32_t index = 0; index < graph_.expressions.size(); ++index) {
    if (!graph_.expressions[index].declared.secret) continue;
    Names names;
    if (read_path({index}, names) && names.size() == 4 && names[0] == "steps" && names[2] == "outputs")
      secret_outputs_[std::string(names[1])].emplace(names[3]);
  }
}

void Flow::join_bindings(ByName<Labels>& into, const graph::Bindings& bindings) {
  // All of them are worked out in what was there before.
  std::vector<Labels> found;
  for (const auto& binding : bindings) found.push_back(of(binding.second));
  for (std::size_t i = 0; i < bindings.size(); ++i) into[bindings[i].first] = found[i];
}

const Cause* Flow::untrusted_among(const graph::Bindings& bindings) {
  for (const auto& binding : bindings)
    if (const Cause* cause = of(binding.second).untrusted) return cause;
  return nullptr;
}

void Flow::enter(const graph::Stage& stage) {
  ++moment_;
  steps_.clear();
  matrix_.clear();
  env_ = pipeline_env_;
  files_ = reach_ = input_ = nullptr;
  further_axes_ = {};
  if (stage.matrix) enter(*stage.matrix);
  join_bindings(env_, stage.env);
  stage_env_ = env_;
  ++moment_;
}

void Flow::enter(const graph::Matrix& matrix) {
  further_axes_ = of(matrix.include);
  if (matrix.axes && graph_[matrix.axes].kind == Kind::map) {
    const graph::Expression& axes = graph_[matrix.axes];
    for (std::size_t i = 0; i < axes.names.size(); ++i) {
      Labels axis = of(axes.operands[i]);
      axis.join(further_axes_);
      matrix_[axes.names[i]] = axis;
    }
  } else {
    further_axes_.join(of(matrix.axes));
  }
  ++moment_;
}

void Flow::enter(const graph::Step& step) {
  ++moment_;
  env_ = stage_env_;
  join_bindings(env_, step.env);
  ++moment_;
  input_ = nullptr;
  for (const auto& variable : env_) input_ = input_ ? input_ : variable.second.untrusted;
  auto join = [&](const Cause* cause) { input_ = input_ ? input_ : cause; };
  if (const auto* uses = std::get_if<graph::Uses>(&step.action)) join(untrusted_among(uses->with));
  if (const auto* native = std::get_if<graph::Native>(&step.action)) join(untrusted_among(native->arguments));
  if (const auto* run = std::get_if<graph::Run>(&step.action)) join(of(run->pasted).untrusted);
  join(of(step.working_directory).untrusted);
}

// A line end in one value can forge any output: they are all as untrusted as what the step reads.
void Flow::leave(const graph::Step& step) {
  if (const Cause* found = files_behind(step)) files_ = found;
  const Cause* hand = input_ ? input_ : files_;
  if (!reach_) reach_ = hand;
  if (!step.id.empty() && (hand || !steps_.contains(step.id))) steps_[step.id] = hand;
  if (const auto* uses = std::get_if<graph::Uses>(&step.action)) {
    if (uses->action == "actions/upload-artifact") keep_artifact(uses->with);
  } else if (const auto* native = std::get_if<graph::Native>(&step.action)) {
    if (native->operation == graph::Native::Operation::upload) keep_artifact(native->arguments);
  }
  env_ = stage_env_;
  ++moment_;
}

void Flow::leave(const graph::Stage& stage) {
  ByName<Labels>& outputs = stages_[stage.id];
  for (const auto& [name, value] : stage.outputs) {
    Labels labels = of(value);
    // Where a secret stands it is told; its readers are not told once more.
    labels.secret = nullptr;
    outputs[name] = labels;
  }
  env_ = pipeline_env_;
  ++moment_;
}

std::string_view Flow::constant(const graph::Bindings& bindings, std::string_view name) const {
  for (const auto& [key, value] : bindings)
    if (key == name && graph_[value].kind == Kind::string) return graph_[value].text;
  return {};
}

void Flow::keep_artifact(const graph::Bindings& arguments) {
  if (reach_) artifacts_.emplace(constant(arguments, "name"), reach_);
}

// Without a name it is all artifacts of the run.
const Cause* Flow::downloaded(const graph::Bindings& arguments) const {
  std::string_view name = constant(arguments, "name");
  auto found = name.empty() ? artifacts_.begin() : artifacts_.find(name);
  if (found == artifacts_.end()) found = artifacts_.find(std::string_view());
  return found == artifacts_.end() ? nullptr : found->second;
}

/// What the step puts into the workspace that an outsider wrote, or null.
const Cause* Flow::files_behind(const graph::Step& step) {
  if (const auto* uses = std::get_if<graph::Uses>(&step.action)) return files_of_action(step, *uses);
  std::string_view why;
  if (const auto* native = std::get_if<graph::Native>(&step.action)) {
    if (native->operation == graph::Native::Operation::download) return downloaded(native->arguments);
    bool event = native->operation == graph::Native::Operation::checkout && native->arguments.empty();
    if (event && fork_code_) why = "a pull request's code is checked out here";
  } else if (const auto* run = std::get_if<graph::Run>(&step.action)) {
    std::string_view script = run->text;
    if (script.find("gh pr checkout") != std::string_view::npos) why = "a pull request's code is checked out here";
    if (script.find("gh run download") != std::string_view::npos) why = "artifacts of another run are fetched here";
  }
  return why.empty() ? nullptr : &causes_.emplace_back(Cause{step.span, std::string(why)});
}

const Cause* Flow::files_of_action(const graph::Step& step, const graph::Uses& uses) {
  auto given = [&](std::string_view name) {
    return std::any_of(uses.with.begin(), uses.with.end(), [&](const auto& input) { return input.first == name; });
  };
  std::string_view why;
  if (uses.action == "actions/checkout") {
    for (const auto& [name, value] : uses.with) {
      if (!is_ref_input(uses.action, name)) continue;
      Labels labels = of(value);
      if (const Cause* cause = labels.untrusted ? labels.untrusted : labels.code) return cause;
    }
    if (!given("ref") && !given("repository") && fork_code_) why = "a pull request's code is checked out here";
  } else if (uses.action == "actions/download-artifact" && !given("run-id")) {
    return downloaded(uses.with);
  } else if (uses.action == "actions/download-artifact" || uses.action == "dawidd6/action-download-artifact") {
    why = "artifacts of another run are fetched here";
  }
  return why.empty() ? nullptr : &causes_.emplace_back(Cause{step.span, std::string(why)});
}

}  // namespace sluice::labels

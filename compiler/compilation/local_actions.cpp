#include "compilation/local_actions.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "diagnostics/nearest.h"
#include "graph/uses.h"
#include "labels/facts.h"
#include "runtime/actions/definition.h"
#include "runtime/actions/machine.h"
#include "runtime/actions/reference.h"
#include "runtime/expressions/values.h"

namespace sluice::compilation {
namespace {

DIAGNOSTIC(UnknownArgument, "`{}` has no input `{}`");
DIAGNOSTIC(MissingArgument, "`{}` needs `{}`");
DIAGNOSTIC(BadActionFile, "{}");
DIAGNOSTIC(ActionBeforeCheckout, "`{}` stands in the workspace, which is empty here");

using graph::Backend;

/// Whether files are there once the step has run.
bool fills_workspace(const graph::Step& step) {
  if (const auto* native = std::get_if<graph::Native>(&step.action))
    return native->operation != graph::Native::Operation::upload;
  if (const auto* run = std::get_if<graph::Run>(&step.action)) return run->text.find("git clone") != std::string::npos;
  const auto* uses = std::get_if<graph::Uses>(&step.action);
  if (uses == nullptr) return false;
  const std::string& action = uses->action;
  return action.find("checkout") != std::string::npos || action.find("download-artifact") != std::string::npos;
}

class LocalActions {
 public:
  LocalActions(const graph::Graph& graph, const std::string& project, diagnostics::Sink& sink)
      : graph_(graph), project_(project), sink_(sink) {}

  void check(const graph::Stage& stage) {
    bool on_github = false, here = false;
    for (const graph::Step& step : stage.steps) {
      const auto* uses = std::get_if<graph::Uses>(&step.action);
      if (uses != nullptr && graph::is_in_workspace(*uses)) {
        bool filled = (on_github || step.backend == Backend::local) && (here || step.backend == Backend::github);
        if (!filled && told_.insert({step.span.begin, uses->action}).second)
          sink_.report<ActionBeforeCheckout>(step.span, uses->action);
        if (!project_.empty()) check_inputs(step, *uses);
      } else if (fills_workspace(step)) {
        on_github = on_github || step.backend != Backend::local;
        here = here || step.backend != Backend::github;
      }
    }
  }

 private:
  void check_inputs(const graph::Step& step, const graph::Uses& uses) {
    std::filesystem::path folder = std::filesystem::path(project_) / uses.action;
    // It may be made, or fetched, by a step before.
    if (!runtime::holds_action(folder)) return;
    auto action = runtime::read_action(folder.lexically_normal());
    if (!action) {
      std::string why = action.error(), before = (std::filesystem::path(project_) / "").string();
      if (why.starts_with(before)) why.erase(0, before.size());
      if (told_.insert({step.span.begin, why}).second) sink_.report<BadActionFile>(step.span, why);
      return;
    }
    // Of a Dockerfile alone nothing is known.
    if (action->inputs.empty() && std::holds_alternative<runtime::DockerAction>(action->runs)) return;
    std::set<std::string> given;
    for (const auto& [name, value] : uses.with) {
      given.insert(runtime::upper_case(name));
      if (action->input(name) == nullptr) report_unknown(step, uses, *action, name, graph_[value].span, given);
    }
    for (const runtime::ActionInput& input : action->inputs) {
      if (!input.required || input.has_default || given.contains(runtime::upper_case(input.name))) continue;
      if (!told_.insert({step.span.begin, input.name}).second) continue;
      sink_.report<MissingArgument>(step.span, uses.action, input.name)
          .help("write it: `with {{ {}: … }}`", input.name);
    }
  }

  void report_unknown(const graph::Step& step, const graph::Uses& uses, const runtime::ActionDefinition& action,
                      const std::string& name, source::Span span, std::set<std::string>& given) {
    llvm::SmallVector<llvm::StringRef, 8> known;
    for (const runtime::ActionInput& input : action.inputs) known.push_back(input.name);
    llvm::StringRef near = diagnostics::nearest(name, known);
    // What was misspelt is not missing, too.
    given.insert(runtime::upper_case(std::string_view(near)));
    if (!told_.insert({step.span.begin, name}).second) return;
    auto told = sink_.report<UnknownArgument>(span.known() ? span : step.span, uses.action, name);
    if (!near.empty())
      told.help("did you mean `{}`?", std::string_view(near));
    else if (!known.empty())
      told.help("it has {}", diagnostics::list_of(known));
  }

  const graph::Graph& graph_;
  const std::string& project_;
  diagnostics::Sink& sink_;
  std::set<std::pair<std::uint32_t, std::string>> told_;  ///< a loop unfolds one statement often
};

/// Which inputs of a composite action become code.
class PastedInputs {
 public:
  explicit PastedInputs(const std::string& project) : project_(project) {}

  using Names = std::set<std::string>;  ///< in capital letters

  const Names& of(const std::string& uses, int level = 0) {
    auto [found, added] = known_.try_emplace(uses);
    if (!added || level > runtime::deepest_action) return found->second;
    std::filesystem::path folder = (std::filesystem::path(project_) / uses).lexically_normal();
    auto action = runtime::read_action(folder);
    const auto* composite = action ? std::get_if<runtime::CompositeAction>(&action->runs) : nullptr;
    if (composite == nullptr) return found->second;
    Names names;
    for (const runtime::CompositeStep& step : composite->steps) {
      if (const auto* script = std::get_if<runtime::Script>(&step.step.action)) add_read(script->pasted, names);
      const auto* use = std::get_if<runtime::UseAction>(&step.step.action);
      for (std::size_t i = 0; use != nullptr && i < use->with.size(); ++i) {
        const auto& [name, value] = use->with[i];
        bool local = use->uses.starts_with("./");
        bool code = local ? of(use->uses, level + 1).contains(runtime::upper_case(name))
                          : labels::is_code_input(use->uses.substr(0, use->uses.find('@')), name);
        if (code) add_read(value, names);
      }
    }
    return known_[uses] = std::move(names);
  }

 private:
  static void add_read(const runtime::Expression& expression, Names& names) {
    using Kind = runtime::Expression::Kind;
    if (expression.kind == Kind::member && expression.operands[0].kind == Kind::context &&
        expression.operands[0].text == "inputs")
      names.insert(runtime::upper_case(expression.text));
    for (const runtime::Expression& part : expression.operands) add_read(part, names);
  }

  const std::string& project_;
  std::map<std::string, Names> known_;
};

}  // namespace

labels::CodeInputs code_inputs(const graph::Graph& graph, const std::string& project) {
  labels::CodeInputs inputs;
  if (project.empty()) return inputs;
  PastedInputs pasted(project);
  for (const graph::Stage& stage : graph.stages)
    for (const graph::Step& step : stage.steps)
      if (const auto* uses = std::get_if<graph::Uses>(&step.action); uses && graph::is_in_workspace(*uses))
        for (const std::string& name : pasted.of(uses->action)) inputs.insert({uses->action, name});
  return inputs;
}

void check_local_actions(const graph::Graph& graph, const std::string& project, diagnostics::Sink& sink) {
  LocalActions actions(graph, project, sink);
  for (const graph::Stage& stage : graph.stages) actions.check(stage);
}

}  // namespace sluice::compilation

#include "graph/uses.h"

#include <fmt/format.h>

#include "backends/local/planner.h"

namespace sluice::local {
namespace {

using Answer = runtime::ActionMachine::Answer;

/// As whom the action may lie on this machine: by its commit, its version, or the first number of that.
std::vector<std::string> names_of(const graph::Uses& uses) {
  if (uses.commit.empty()) return {uses.action};
  std::vector<std::string> names = {uses.action + "@" + uses.commit};
  if (uses.version == uses.commit) return names;
  names.push_back(uses.action + "@" + uses.version);
  names.push_back(names.back().substr(0, names.back().find('.')));
  return names;
}

Answer find(runtime::ActionMachine& machine, const graph::Uses& uses) {
  Answer first;
  for (const std::string& name : names_of(uses)) {
    Answer answer = machine.ask(name);
    if (answer.is_found) return answer;
    if (!first.problem) first = std::move(answer);
  }
  return first;
}

}  // namespace

decltype(runtime::Step::action) plan_uses(Planner& planner, const graph::Step& step, const graph::Uses& uses) {
  std::string from = step.call.empty() ? "" : fmt::format(" of `{}`", step.call);
  bool marketplace = !graph::is_in_workspace(uses) && !graph::is_image(uses);
  bool nowhere = planner.machine == nullptr || (marketplace && planner.machine->folders().checked_out.empty());
  runtime::UseAction use{names_of(uses)[0], {}, planner.bindings(uses.with)};
  if (nowhere) {
    planner.report(
        ProblemKind::action_without_local_body, step.span,
        fmt::format("the action `{}`{} runs only on GitHub; write what stands for it here in `backend local`, "
                    "or give a folder of checked-out actions: `--actions DIR`",
                    uses.action, from));
    return use;
  }
  Answer answer = find(*planner.machine, uses);
  use.folder = answer.folder.string();
  for (const std::string& note : answer.notes) planner.report(ProblemKind::other_node, step.span, note);
  if (answer.problem)
    planner.report(answer.is_found ? ProblemKind::action_refused : ProblemKind::action_without_local_body, step.span,
                   fmt::format("the action `{}`{} cannot run here: {}", uses.action, from, *answer.problem));
  return use;
}

}  // namespace sluice::local

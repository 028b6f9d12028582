#include <fmt/format.h>

#include <algorithm>

#include "backends/local/planner.h"
#include "graph/text.h"
#include "runtime/expressions/evaluate.h"

namespace sluice::local {
namespace {

runtime::Expression argument(Planner& planner, const graph::Native& native, std::string_view name) {
  auto found =
      std::ranges::find(native.arguments, name, [](const auto& entry) { return std::string_view(entry.first); });
  return found == native.arguments.end() ? runtime::Expression() : planner.expressions.text(found->second);
}

using Action = decltype(runtime::Step::action);

Action plan_native(Planner& planner, const graph::Native& native, source::Span span) {
  switch (native.operation) {
    case graph::Native::Operation::checkout:
      if (!native.arguments.empty())
        planner.report(ProblemKind::other_commit, span,
                       "a checkout here is the work tree as it is, not another commit");
      return runtime::Checkout();
    case graph::Native::Operation::upload:
      return runtime::Upload{argument(planner, native, "name"),
                             argument(planner, native, "path"),
                             argument(planner, native, "keep"),
                             argument(planner, native, "if-no-files-found"),
                             argument(planner, native, "include-hidden-files"),
                             argument(planner, native, "overwrite")};
    case graph::Native::Operation::download:
      return runtime::Download{argument(planner, native, "name"), argument(planner, native, "to")};
    case graph::Native::Operation::cache:
      return runtime::Cache{argument(planner, native, "key"), argument(planner, native, "path"),
                            argument(planner, native, "restore-keys")};
  }
  return runtime::Checkout();
}

Action plan_action(Planner& planner, const graph::Step& step) {
  if (const auto* native = std::get_if<graph::Native>(&step.action)) return plan_native(planner, *native, step.span);
  if (const auto* run = std::get_if<graph::Run>(&step.action))
    return runtime::Script{run->shell, run->text, planner.expressions.text(step.working_directory),
                           planner.expressions.text(run->pasted)};
  const auto& uses = std::get<graph::Uses>(step.action);
  std::string from = step.call.empty() ? "" : fmt::format(" of `{}`", step.call);
  planner.report(ProblemKind::action_without_local_body, step.span,
                 fmt::format("the action `{}`{} runs only on GitHub; write what stands for it here in `backend local`",
                             uses.action, from));
  return runtime::Script{"bash", fmt::format("echo '{} runs only on GitHub'; exit 1\n", uses.action), {}, {}};
}

runtime::Step plan_step(Planner& planner, const graph::Step& step, runtime::Expression condition) {
  runtime::Step result;
  result.id = step.id;
  result.title = planner.expressions.text(step.title);
  result.condition = std::move(condition);
  result.action = plan_action(planner, step);
  result.env = planner.bindings(step.env);
  result.allow_failure = planner.expressions.value(step.allow_failure);
  result.timeout = step.timeout;
  result.retry = {step.retry.attempts, step.retry.pause};
  return result;
}

}  // namespace

std::vector<runtime::Step> plan_steps(Planner& planner, const graph::Stage& stage) {
  Expressions& expressions = planner.expressions;
  std::vector<runtime::Step> steps;
  std::set<std::string_view> omitted;
  expressions.omit_steps({});
  for (const graph::Step& step : stage.steps) {
    runtime::Expression condition;
    bool here = step.backend != graph::Backend::github;
    if (here) condition = expressions.condition(step.condition, expressions.asks_status(step.condition));
    if (here && !is_never(condition)) {
      steps.push_back(plan_step(planner, step, std::move(condition)));
    } else if (!step.id.empty()) {
      omitted.insert(step.id);
      expressions.omit_steps(omitted);
    }
  }
  return steps;
}

}  // namespace sluice::local

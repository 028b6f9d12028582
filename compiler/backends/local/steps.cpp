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

runtime::Script plan_script(Planner& planner, const graph::Step& step, const graph::Run& run) {
  return {run.shell, run.text, planner.expressions.text(step.working_directory), planner.expressions.text(run.pasted)};
}

Action plan_action(Planner& planner, const graph::Step& step) {
  if (const auto* sleep = std::get_if<graph::Sleep>(&step.action)) return runtime::Sleep{sleep->duration};
  if (const auto* arm = std::get_if<graph::Arm>(&step.action)) return runtime::Arm{arm->rollback};
  if (std::holds_alternative<graph::Commit>(step.action)) return runtime::Commit();
  if (const auto* native = std::get_if<graph::Native>(&step.action)) return plan_native(planner, *native, step.span);
  if (const auto* run = std::get_if<graph::Run>(&step.action)) return plan_script(planner, step, *run);
  return plan_uses(planner, step, std::get<graph::Uses>(step.action));
}

std::optional<runtime::Poll> plan_poll(const std::optional<graph::Poll>& poll) {
  if (!poll) return std::nullopt;
  bool watch = poll->kind == graph::Poll::Kind::watch;
  return runtime::Poll{watch ? runtime::Poll::Kind::watch : runtime::Poll::Kind::await, poll->every, poll->lasting,
                       poll->tolerate};
}

runtime::Step plan_step(Planner& planner, const graph::Step& step, runtime::Expression condition) {
  runtime::Step result;
  result.id = step.id;
  result.title = planner.expressions.text(step.title);
  result.phase = step.phase;
  result.condition = std::move(condition);
  result.action = plan_action(planner, step);
  result.env = planner.bindings(step.env);
  result.allow_failure = planner.expressions.value(step.allow_failure);
  result.timeout = step.timeout;
  result.grace = step.grace;
  result.retry = {step.retry.attempts, step.retry.pause};
  result.poll = plan_poll(step.poll);
  result.idempotent = step.idempotent;
  if (step.probe) result.probe = plan_script(planner, step, *step.probe);
  return result;
}

using Names = std::set<std::string_view>;

std::vector<runtime::Step> plan_sequence(Planner& planner, const std::vector<graph::Step>& sequence, Names& omitted) {
  Expressions& expressions = planner.expressions;
  std::vector<runtime::Step> steps;
  for (const graph::Step& step : sequence) {
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

}  // namespace

void plan_steps(Planner& planner, const graph::Stage& stage, runtime::Stage& result) {
  Names omitted;
  planner.expressions.omit_steps({});
  result.steps = plan_sequence(planner, stage.steps, omitted);
  for (const graph::Rollback& rollback : stage.rollbacks) {
    runtime::Rollback& undoing = result.rollbacks.emplace_back();
    undoing.title = planner.expressions.text(rollback.title);
    undoing.steps = plan_sequence(planner, rollback.steps, omitted);
    undoing.within = rollback.within;
  }
}

}  // namespace sluice::local

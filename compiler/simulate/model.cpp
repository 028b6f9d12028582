#include "simulate/model.h"

#include <algorithm>
#include <utility>

#include "backends/local/expressions.h"
#include "backends/local/plan.h"

namespace sluice::simulate {
namespace {

using graph::Backend;
using graph::Graph;

void see_steps_from_github(std::vector<graph::Step>& steps) {
  for (graph::Step& step : steps) {
    if (step.backend == Backend::local)
      step.backend = Backend::github;
    else if (step.backend == Backend::github)
      step.backend = Backend::local;
  }
}

Graph seen_from_github(Graph graph) {
  for (graph::Stage& stage : graph.stages) {
    see_steps_from_github(stage.steps);
    for (graph::Rollback& rollback : stage.rollbacks) see_steps_from_github(rollback.steps);
  }
  for (graph::Expression& expression : graph.expressions)
    if (expression.kind == graph::Expression::Kind::by_backend)
      std::swap(expression.operands[0], expression.operands[1]);
  return graph;
}

/// The steps that a plan holds, in its order: those that `local::plan` does not leave out.
std::vector<std::size_t> planned(const Graph& graph, const std::vector<graph::Step>& steps) {
  local::Expressions expressions(graph);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].backend == Backend::github) continue;
    auto condition = expressions.condition(steps[i].condition, expressions.asks_status(steps[i].condition));
    if (!local::is_never(condition)) found.push_back(i);
  }
  return found;
}

/// What a stage surely spends in waiting.
graph::Seconds waits(const runtime::Stage& stage) {
  graph::Seconds sum = 0;
  for (const runtime::Step& step : stage.steps) {
    if (const auto* sleep = std::get_if<runtime::Sleep>(&step.action)) sum += sleep->duration;
    if (step.poll && step.poll->kind == runtime::Poll::Kind::watch) sum += step.poll->lasting;
  }
  return sum;
}

graph::Seconds script_time(const graph::Stage& stage, const runtime::Stage& planned) {
  auto scripts = std::ranges::count_if(planned.steps, has_effect);
  if (!stage.expect || scripts == 0) return 0;
  return std::max<graph::Seconds>(0, *stage.expect - waits(planned)) / scripts;
}

bool has_filter(const runtime::Expression& expression) {
  return expression.kind == runtime::Expression::Kind::filter || std::ranges::any_of(expression.operands, has_filter);
}

bool reads_all_needs(const runtime::Stage& stage) {
  auto step_reads = [](const runtime::Step& step) { return has_filter(step.condition); };
  return has_filter(stage.condition) || std::ranges::any_of(stage.steps, step_reads);
}

}  // namespace

bool can_fail(const runtime::Step& step) {
  return !std::holds_alternative<runtime::Sleep>(step.action) && !std::holds_alternative<runtime::Arm>(step.action) &&
         !std::holds_alternative<runtime::Commit>(step.action);
}

bool has_effect(const runtime::Step& step) {
  bool acts =
      std::holds_alternative<runtime::Script>(step.action) || std::holds_alternative<runtime::UseAction>(step.action);
  return acts && !step.poll;
}

Model make_model(const Graph& graph, Backend side) {
  Model model;
  model.graph = side == Backend::github ? seen_from_github(graph) : graph;
  model.plan = local::plan(model.graph).plan;
  for (std::size_t i = 0; i < model.graph.stages.size(); ++i) {
    const graph::Stage& stage = model.graph.stages[i];
    model.steps.push_back(planned(model.graph, stage.steps));
    auto& rollbacks = model.rollback_steps.emplace_back();
    for (const graph::Rollback& rollback : stage.rollbacks) rollbacks.push_back(planned(model.graph, rollback.steps));
    model.reads_all_needs.push_back(reads_all_needs(model.plan.stages[i]));
    model.script_lasts.push_back(script_time(stage, model.plan.stages[i]));
  }
  return model;
}

}  // namespace sluice::simulate

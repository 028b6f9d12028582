#include "backends/local/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "backends/local/planner.h"
#include "runtime/expressions/evaluate.h"

namespace sluice::local {
namespace {

/// Which stages are wanted: all, or those that are named and what they need.
std::vector<bool> wanted_stages(Planner& planner, const std::vector<std::string>& only) {
  const std::vector<graph::Stage>& stages = planner.graph.stages;
  std::vector<bool> wanted(stages.size(), only.empty());
  for (const std::string& id : only) {
    auto found = std::ranges::find(stages, id, &graph::Stage::id);
    if (found != stages.end())
      wanted[static_cast<std::size_t>(found - stages.begin())] = true;
    else
      planner.report(ProblemKind::unknown_stage, {},
                     fmt::format("there is no stage `{}` in `{}`", id, planner.graph.pipeline));
  }
  for (std::size_t i = stages.size(); i-- > 0;) {
    if (!wanted[i]) continue;
    for (const graph::Edge& edge : stages[i].after) wanted[edge.stage] = true;
  }
  return wanted;
}

void look_at_system(Planner& planner, const graph::Stage& stage) {
  for (const std::string& label : stage.runs_on) {
    if (!label.starts_with("macos") && !label.starts_with("windows")) continue;
    planner.report(ProblemKind::other_system, stage.span,
                   fmt::format("stage `{}` asks for `{}`; here it runs on this machine", stage.id, label));
  }
}

runtime::Stage plan_stage(Planner& planner, const graph::Stage& stage, const std::vector<std::size_t>& places) {
  Expressions& expressions = planner.expressions;
  look_at_system(planner, stage);
  runtime::Stage result;
  result.id = stage.id;
  result.title = expressions.text(stage.title);
  for (const graph::Edge& edge : stage.after) result.after.push_back(places[edge.stage]);
  result.condition = expressions.condition(stage.condition, stage.asks_status);
  plan_steps(planner, stage, result);  // first, for what follows must know which steps are left out
  result.outputs = planner.bindings(stage.outputs);
  result.env = planner.bindings(stage.env);
  result.matrix = plan_matrix(planner, stage);
  result.services = plan_services(planner, stage);
  result.allow_failure = stage.notification ? runtime::literal(true) : expressions.value(stage.allow_failure);
  result.handler = stage.asks_status || stage.notification;
  result.timeout = stage.timeout;
  result.retry = {stage.retry.attempts, stage.retry.pause};
  if (stage.gate) result.gate = plan_conditions(*stage.gate);
  // Telling of a deployment is none: it may be done again.
  bool deploys = stage.environment && stage.environment->declared && !stage.notification;
  if (deploys) result.environment = *stage.environment->declared;
  return result;
}

// Where no stage of an environment is wanted, neither is its entry; nothing refers to it then.
void add_environments(const graph::Graph& graph, const std::vector<bool>& wanted,
                      const std::vector<std::size_t>& places, runtime::Plan& plan) {
  for (const graph::DeclaredEnvironment& declared : graph.environments) {
    runtime::Environment& environment = plan.environments.emplace_back();
    environment.name = declared.name;
    environment.branches = declared.branches;
    if (declared.entry && wanted[*declared.entry]) environment.entry = places[*declared.entry];
    if (!declared.lock) continue;
    bool latest = declared.lock->queue == graph::Lock::Queue::latest;
    environment.lock = {declared.lock->name, latest ? runtime::Lock::Queue::latest : runtime::Lock::Queue::fifo};
  }
}

void add_secrets(Planner& planner, runtime::Plan& plan) {
  for (const std::string& name : planner.expressions.secrets()) {
    // What the file does not declare, such as `GITHUB_TOKEN`, GitHub gives by itself.
    auto declared = std::ranges::find(planner.graph.secrets, name, &graph::Secret::name);
    bool needed = declared != planner.graph.secrets.end() && !declared->optional;
    (needed ? plan.secrets : plan.optional_secrets).push_back(name);
  }
}

}  // namespace

std::string_view name(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::unknown_stage: return "unknown_stage";
    case ProblemKind::action_without_local_body: return "action_without_local_body";
    case ProblemKind::action_refused: return "action_refused";
    case ProblemKind::service_without_local_body: return "service_without_local_body";
    case ProblemKind::other_commit: return "other_commit";
    case ProblemKind::matrix_refused: return "matrix_refused";
    case ProblemKind::other_system: return "other_system";
    case ProblemKind::other_node: return "other_node";
  }
  return {};
}

runtime::Bindings Planner::bindings(const graph::Bindings& given) {
  runtime::Bindings result;
  for (const auto& [name, id] : given) result.emplace_back(name, expressions.text(id));
  return result;
}

Planned plan(const graph::Graph& graph, const std::vector<std::string>& only, const Machine& machine) {
  Planner planner(graph, machine);
  Planned planned;
  planned.plan.pipeline = graph.pipeline;
  planned.plan.title = graph.title;
  planned.plan.env = planner.bindings(graph.env);
  std::vector<bool> wanted = wanted_stages(planner, only);
  std::vector<std::size_t> places(graph.stages.size());
  for (std::size_t i = 0; i < graph.stages.size(); ++i) {
    if (!wanted[i]) continue;
    places[i] = planned.plan.stages.size();
    planned.plan.stages.push_back(plan_stage(planner, graph.stages[i], places));
  }
  add_environments(graph, wanted, places, planned.plan);
  add_secrets(planner, planned.plan);
  planned.problems = std::move(planner.problems);
  return planned;
}

}  // namespace sluice::local

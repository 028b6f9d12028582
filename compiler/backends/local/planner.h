#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/local/expressions.h"
#include "backends/local/plan.h"

namespace sluice::local {

/// What every part of one translation reads and writes.
struct Planner {
  Planner(const graph::Graph& pipeline, const Machine& here)
      : graph(pipeline),
        has_container_engine(here.has_container_engine),
        expressions(pipeline),
        machine(here.actions) {}

  void report(ProblemKind kind, source::Span span, std::string text) {
    problems.push_back({kind, span, std::move(text)});
  }
  runtime::Bindings bindings(const graph::Bindings& bindings);

  const graph::Graph& graph;
  const bool has_container_engine;
  Expressions expressions;
  runtime::ActionMachine* machine;  ///< null: no action runs here
  std::vector<Problem> problems;
};

decltype(runtime::Step::action) plan_uses(Planner& planner, const graph::Step& step, const graph::Uses& uses);
/// The steps and the rollbacks.
void plan_steps(Planner& planner, const graph::Stage& stage, runtime::Stage& result);
runtime::Conditions plan_conditions(const graph::Conditions& conditions);
std::vector<runtime::Service> plan_services(Planner& planner, const graph::Stage& stage);
std::optional<runtime::Matrix> plan_matrix(Planner& planner, const graph::Stage& stage);

}  // namespace sluice::local

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
  explicit Planner(const graph::Graph& pipeline) : graph(pipeline), expressions(pipeline) {}

  void report(ProblemKind kind, source::Span span, std::string text) {
    problems.push_back({kind, span, std::move(text)});
  }
  runtime::Bindings bindings(const graph::Bindings& bindings);

  const graph::Graph& graph;
  Expressions expressions;
  std::vector<Problem> problems;
};

/// The steps and the rollbacks.
void plan_steps(Planner& planner, const graph::Stage& stage, runtime::Stage& result);
runtime::Conditions plan_conditions(const graph::Conditions& conditions);
std::vector<runtime::Service> plan_services(Planner& planner, const graph::Stage& stage);
std::optional<runtime::Matrix> plan_matrix(Planner& planner, const graph::Stage& stage);

}  // namespace sluice::local

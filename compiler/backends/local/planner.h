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
  Planner(const graph::Graph& pipeline, bool has_engine)
      : graph(pipeline), has_container_engine(has_engine), expressions(pipeline) {}

  void report(ProblemKind kind, source::Span span, std::string text) {
    problems.push_back({kind, span, std::move(text)});
  }
  runtime::Bindings bindings(const graph::Bindings& bindings);

  const graph::Graph& graph;
  const bool has_container_engine;
  Expressions expressions;
  std::vector<Problem> problems;
};

std::vector<runtime::Step> plan_steps(Planner& planner, const graph::Stage& stage);
std::vector<runtime::Service> plan_services(Planner& planner, const graph::Stage& stage);
std::optional<runtime::Matrix> plan_matrix(Planner& planner, const graph::Stage& stage);

}  // namespace sluice::local

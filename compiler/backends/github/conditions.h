#pragma once
#include <string>
#include <vector>

#include "backends/github/expressions.h"
#include "graph/graph.h"

namespace sluice::github {

/// What GitHub must be told so that a stage runs exactly when the graph says so.
struct StageRule {
  bool omitted = false;                  ///< its condition is constantly false
  std::vector<graph::StageIndex> needs;  ///< ordered
  std::vector<std::string> conditions;   ///< joined by `&&`; none: GitHub's own rule is the right one
};

/// One rule a stage. GitHub runs a job without status function only after *every* ancestor succeeded; in the graph a
/// skipped ancestor (its own condition was false) satisfies order, and a blocked one (something before it failed) does
/// not. So behind a stage that may be skipped the results are asked for one by one:
/// a stage without a condition has succeeded or is itself blocked; one with a condition may have been skipped for
/// either reason, which the results of those before it tell apart.
std::vector<StageRule> stage_rules(const graph::Graph& graph, Expressions& expressions, std::vector<Problem>& problems);

/// Whether an expression, as written, calls a status function.
bool asks_status(const graph::Graph& graph, graph::ExpressionId id);

/// When a step runs, GitHub's own rule applied: none for always, `omitted` for never.
struct StepRule {
  bool omitted = false;
  std::vector<std::string> conditions;  ///< joined by `&&`
};
StepRule step_rule(const graph::Graph& graph, const graph::Step& step, Expressions& expressions);

}  // namespace sluice::github

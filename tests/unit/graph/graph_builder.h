#pragma once
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"

/// Graphs by hand, for the tests of everything that reads one.
namespace sluice::graph::testing {

class GraphBuilder {
 public:
  Graph graph;

  GraphBuilder() { graph.pipeline = "ci"; }

  ExpressionId node(Expression::Kind kind, std::vector<ExpressionId> operands, std::string text = {}) {
    Expression expression;
    expression.kind = kind;
    expression.operands = std::move(operands);
    expression.text = std::move(text);
    return graph.add(std::move(expression));
  }
  ExpressionId string(std::string text) { return node(Expression::Kind::string, {}, std::move(text)); }
  ExpressionId number(std::string text) { return node(Expression::Kind::number, {}, std::move(text)); }
  ExpressionId call(std::string name, std::vector<ExpressionId> arguments = {}) {
    return node(Expression::Kind::call, std::move(arguments), std::move(name));
  }
  /// `path({"needs", "lint", "result"})`
  ExpressionId path(const std::vector<std::string>& names) {
    ExpressionId id = node(Expression::Kind::context, {}, names[0]);
    for (std::size_t i = 1; i < names.size(); ++i) id = node(Expression::Kind::member, {id}, names[i]);
    return id;
  }
  ExpressionId map(std::vector<std::string> names, std::vector<ExpressionId> values) {
    ExpressionId id = node(Expression::Kind::map, std::move(values));
    graph.expressions[id.index].names = std::move(names);
    return id;
  }

  /// A stage that `verify` accepts, with one step.
  StageIndex stage(std::string id, const std::vector<StageIndex>& after = {}, Seconds expect = 0) {
    Stage stage;
    stage.title = string(id);
    stage.id = std::move(id);
    for (StageIndex before : after) stage.after.push_back({before, true, {}});
    stage.runs_on = {"ubuntu-24.04"};
    stage.timeout = 600;
    if (expect) stage.expect = expect;
    stage.steps.push_back(run("true"));
    graph.stages.push_back(std::move(stage));
    return static_cast<StageIndex>(graph.stages.size() - 1);
  }
  Step run(std::string text) {
    Step step;
    step.title = string(text);
    step.action = Run{"bash", std::move(text)};
    return step;
  }
};

}  // namespace sluice::graph::testing

#include "runtime/expressions/matrix.h"

#include <fmt/format.h>

#include "backends/local/planner.h"
#include "runtime/expressions/evaluate.h"

namespace sluice::local {
namespace {

using Kind = graph::Expression::Kind;
using Value = runtime::Expression;

graph::ExpressionId chosen(const graph::Graph& graph, graph::ExpressionId id) {
  while (graph[id].kind == Kind::by_backend) id = graph[id].operands[1];
  return id;
}

/// A map of lists, of which each may be an output: those travel as text.
Value plan_axes(Planner& planner, graph::ExpressionId id) {
  if (!id) return {};
  const graph::Expression& axes = planner.graph[chosen(planner.graph, id)];
  if (axes.kind != Kind::map) return planner.expressions.structure(id);
  std::vector<Value> parts;
  std::string literal = "{";
  bool known = true;
  for (std::size_t i = 0; i < axes.operands.size(); ++i) {
    Value axis = planner.expressions.structure(axes.operands[i]);
    literal += fmt::format("{}{}:", i > 0 ? "," : "", runtime::to_json_line(runtime::Json(axes.names[i])));
    if (axis.kind == Value::Kind::literal) {
      literal += axis.text;
      continue;
    }
    known = false;
    parts.push_back(runtime::literal(std::exchange(literal, {})));
    parts.push_back({Value::Kind::call, "toJSON", {std::move(axis)}});
  }
  literal += '}';
  if (known) return {Value::Kind::literal, std::move(literal), {}};
  parts.push_back(runtime::literal(literal));
  return {Value::Kind::call, "fromJSON", {{Value::Kind::text, {}, std::move(parts)}}};
}

bool is_known(const Value& value) { return value.kind == Value::Kind::literal; }

Value plan_legs(Planner& planner, const graph::Stage& stage) {
  Value axes = plan_axes(planner, stage.matrix->axes);
  Value include = planner.expressions.structure(stage.matrix->include);
  Value exclude = planner.expressions.structure(stage.matrix->exclude);
  if (!is_known(axes) || !is_known(include) || !is_known(exclude))
    return {Value::Kind::call, "matrix-legs", {std::move(axes), std::move(include), std::move(exclude)}};
  auto legs = runtime::named_legs(runtime::parse_json(axes.text), runtime::parse_json(include.text),
                                  runtime::parse_json(exclude.text));
  std::string wrong = !legs ? legs.error() : legs->empty() ? "it has no legs" : "";
  if (wrong.empty()) return runtime::literal(*legs);
  planner.report(ProblemKind::matrix_refused, stage.span, fmt::format("the matrix of stage `{}`: {}", stage.id, wrong));
  return runtime::literal(runtime::Json::array());
}

}  // namespace

std::optional<runtime::Matrix> plan_matrix(Planner& planner, const graph::Stage& stage) {
  if (!stage.matrix) return std::nullopt;
  runtime::Matrix matrix;
  matrix.legs = plan_legs(planner, stage);
  matrix.fail_fast = stage.fail_fast ? planner.expressions.value(stage.fail_fast) : runtime::literal(true);
  matrix.max_parallel = stage.max_parallel;
  return matrix;
}

}  // namespace sluice::local

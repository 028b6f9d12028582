// Expressions of the graph.
#include "lower/evaluator.h"

namespace sluice::lower {

using Kind = graph::Expression::Kind;

ExpressionId Evaluator::make(Kind kind, std::string text, std::vector<ExpressionId> operands, Span span) {
  work(1 + text.size() / 64, span);
  graph::Expression expression;
  expression.kind = kind;
  expression.text = std::move(text);
  expression.operands = std::move(operands);
  expression.span = span;
  return graph_.add(std::move(expression));
}

ExpressionId Evaluator::member(ExpressionId base, std::string name, Span span) {
  return make(Kind::member, std::move(name), {base}, span);
}

ExpressionId Evaluator::constant(bool value) { return make(Kind::boolean, value ? "true" : "false", {}, {}); }

ExpressionId Evaluator::text_constant(std::string text, Span span) {
  return make(Kind::string, std::move(text), {}, span);
}

ExpressionId Evaluator::both(ExpressionId left, ExpressionId right) {
  if (!left) return right;
  if (!right) return left;
  return make(Kind::both, "", {left, right}, graph_[right].span);
}

ExpressionId Evaluator::expression_of(const Value& value, Span span) {
  switch (value.kind) {
    case Value::Kind::dynamic: return value.expression;
    case Value::Kind::poison:
    case Value::Kind::null:
    case Value::Kind::target:
    case Value::Kind::step: return make(Kind::null, "", {}, span);
    case Value::Kind::boolean: return make(Kind::boolean, text_of(value), {}, span);
    case Value::Kind::number:
    case Value::Kind::duration:
    case Value::Kind::percent:
    case Value::Kind::size: return make(Kind::number, text_of(value), {}, span);
    case Value::Kind::string:
    case Value::Kind::artifact:
    case Value::Kind::environment:
    case Value::Kind::stage: return text_constant(value.text, span);
    case Value::Kind::list:
    case Value::Kind::map: {
      std::vector<ExpressionId> operands;
      for (const Value& item : value.items) operands.push_back(expression_of(item, span));
      ExpressionId id = make(value.kind == Value::Kind::list ? Kind::list : Kind::map, "", std::move(operands), span);
      graph_.expressions[id.index].names = value.names;
      return id;
    }
  }
  return {};
}

// A condition over such values may come out differently for the next step: it must be worked out once.
bool Evaluator::changes_while_running(ExpressionId id) const {
  const graph::Expression& expression = graph_[id];
  if (expression.kind == Kind::context && (expression.text == "env" || expression.text == "job")) return true;
  if (expression.kind == Kind::call && expression.text == "hashFiles") return true;
  return std::any_of(expression.operands.begin(), expression.operands.end(),
                     [&](ExpressionId operand) { return changes_while_running(operand); });
}

}  // namespace sluice::lower

// Labels that the author sets or takes off. The rest is found in the graph, once it stands.
#include "lower/unfolder.h"
#include "shells/shell.h"

namespace sluice::lower {

using Kind = graph::Expression::Kind;

// A copy: whoever else uses the value keeps its labels.
Value Evaluator::marked(Value value, graph::Marks declared, graph::Marks released) {
  for (Value& item : value.items) item = marked(std::move(item), declared, released);
  if (value.kind != Value::Kind::dynamic) return value;
  graph::Expression copy = graph_[value.expression];
  copy.declared.secret = declared.secret || (copy.declared.secret && !released.secret);
  copy.declared.untrusted = declared.untrusted || (copy.declared.untrusted && !released.untrusted);
  copy.released.secret |= released.secret;
  copy.released.untrusted |= released.untrusted;
  value.expression = graph_.add(std::move(copy));
  return value;
}

Value Evaluator::declared(Value value, const ast::Type* type) {
  if (!type || (!type->secret && !type->untrusted)) return value;
  return marked(std::move(value), {type->secret, type->untrusted}, {});
}

// Good enough for a title: what a step gives out secretly is found in the graph.
bool Evaluator::shows_secret(ExpressionId id) const {
  const graph::Expression& expression = graph_[id];
  if (expression.declared.secret) return true;
  if (expression.released.secret) return false;
  bool token = expression.kind == Kind::member && expression.text == "token";
  if (token || (expression.kind == Kind::context && expression.text == "secrets")) return true;
  return std::any_of(expression.operands.begin(), expression.operands.end(),
                     [&](ExpressionId operand) { return shows_secret(operand); });
}

std::string Unfolder::free_variable(const std::string& wanted, const Bindings& env) {
  std::string name = wanted;
  auto taken = [&] {
    return std::any_of(env.begin(), env.end(), [&](const auto& binding) { return binding.first == name; });
  };
  for (int count = 2; taken(); ++count) name = wanted + "_" + std::to_string(count);
  return name;
}

// GitHub gives a step's condition no secrets, but it does give them to the step's `env`, which the condition may read:
// what is asked of a secret is answered there.
ExpressionId Unfolder::without_secrets(ExpressionId condition, Bindings& env) {
  if (!condition || !reads_secret(condition)) return condition;
  const graph::Expression expression = graph_[condition];
  if (expression.kind == Kind::both || expression.kind == Kind::either || expression.kind == Kind::negation) {
    graph::Expression copy = expression;
    for (ExpressionId& operand : copy.operands) operand = without_secrets(operand, env);
    return graph_.add(std::move(copy));
  }
  std::string name = free_variable("WHEN_" + shells::variable_name(sources_.text(expression.span)), env);
  env.emplace_back(name, condition);
  ExpressionId answer = member(context("env", expression.span), name, expression.span);
  graph_.expressions[answer.index].type = graph::Expression::Type::boolean;
  return answer;
}

bool Evaluator::reads_secret(ExpressionId id) const {
  const graph::Expression& expression = graph_[id];
  if (expression.kind == Kind::context && expression.text == "secrets") return true;
  return std::any_of(expression.operands.begin(), expression.operands.end(),
                     [&](ExpressionId operand) { return reads_secret(operand); });
}

}  // namespace sluice::lower

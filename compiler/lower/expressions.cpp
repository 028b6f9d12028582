// Expressions of the graph.
#include "lower/evaluator.h"

namespace sluice::lower {

using Kind = graph::Expression::Kind;

namespace {
DIAGNOSTIC(NotStatic, "{} is known only {}, but {} is needed {}");

std::string_view describe(types::Time time) {
  switch (time) {
    case types::Time::unfolding: return "when the file is compiled";
    case types::Time::run: return "when the run starts";
    case types::Time::stage: return "when the stages before have ended";
    case types::Time::leg: return "when a leg of the matrix starts";
    case types::Time::step: return "when a step starts";
  }
  return "";
}

types::Time time_of_context(llvm::StringRef name) {
  if (name == "github" || name == "inputs" || name == "vars" || name == "secrets") return types::Time::run;
  if (name == "needs") return types::Time::stage;
  if (name == "matrix" || name == "strategy") return types::Time::leg;
  return types::Time::step;
}

bool known_late(llvm::StringRef member) {
  return member == "token" || member == "job" || member == "workspace" || member.startswith("action");
}

bool is_status(llvm::StringRef function) {
  return function == "success" || function == "failure" || function == "always" || function == "cancelled";
}

}  // namespace

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

bool Evaluator::asks_status(ExpressionId id) const {
  const graph::Expression& expression = graph_[id];
  if (expression.kind == Kind::call && is_status(expression.text)) return true;
  return std::any_of(expression.operands.begin(), expression.operands.end(),
                     [&](ExpressionId operand) { return asks_status(operand); });
}

types::Time Evaluator::time_of(ExpressionId id) const {
  const graph::Expression& expression = graph_[id];
  types::Time time = types::Time::unfolding;
  if (expression.kind == Kind::context) time = time_of_context(expression.text);
  if (expression.kind == Kind::call && expression.text == "hashFiles") time = types::Time::step;
  if (expression.kind == Kind::member && known_late(expression.text)) {
    const graph::Expression& base = graph_[expression.operands[0]];
    if (base.kind == Kind::context && base.text == "github") time = types::Time::step;
  }
  for (ExpressionId operand : expression.operands) time = std::max(time, time_of(operand));
  return time;
}

// A condition over such values may come out differently for the next step: it must be worked out once.
bool Evaluator::changes_while_running(ExpressionId id) const {
  const graph::Expression& expression = graph_[id];
  if (expression.kind == Kind::context && (expression.text == "env" || expression.text == "job")) return true;
  if (expression.kind == Kind::call && expression.text == "hashFiles") return true;
  return std::any_of(expression.operands.begin(), expression.operands.end(),
                     [&](ExpressionId operand) { return changes_while_running(operand); });
}

void Evaluator::require_time(ExpressionId id, types::Time latest, Span span, llvm::StringRef what) {
  if (!id) return;
  types::Time time = time_of(id);
  if (time <= latest) return;
  sink_.report<NotStatic>(span, "this", describe(time), std::string_view(what), describe(latest))
      .help("give it to a step before, and use that step's or stage's `output`");
}

}  // namespace sluice::lower

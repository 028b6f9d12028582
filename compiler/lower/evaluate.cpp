// The values of expressions while the program unfolds.
#include <algorithm>
#include <cmath>

#include "lower/evaluator.h"

namespace sluice::lower {

using Kind = Expression::Kind;
using GraphKind = graph::Expression::Kind;

namespace {

DIAGNOSTIC(NumberOutOfRange, "a whole number from 1 to {} is needed here");

// Far over every limit, and safe to count with.
constexpr double most_seconds = 1e12;
constexpr std::size_t longest_text = 1U << 20U;

Value number_value(Value::Kind kind, double number, llvm::StringRef text) {
  Value value;
  value.kind = kind;
  value.number = number;
  value.text = text.str();
  return value;
}

GraphKind graph_kind(ast::Operator op) {
  switch (op) {
    case ast::Operator::either: return GraphKind::either;
    case ast::Operator::both: return GraphKind::both;
    case ast::Operator::equal: return GraphKind::equal;
    case ast::Operator::unequal: return GraphKind::unequal;
    case ast::Operator::less: return GraphKind::less;
    case ast::Operator::less_equal: return GraphKind::less_equal;
    case ast::Operator::greater: return GraphKind::greater;
    case ast::Operator::greater_equal: return GraphKind::greater_equal;
    case ast::Operator::fallback:
    case ast::Operator::add:
    case ast::Operator::subtract:
    case ast::Operator::multiply:
    case ast::Operator::divide: return GraphKind::fallback;
  }
  return GraphKind::fallback;
}

bool truth(const Value& value) {
  return value.kind == Value::Kind::string ? !value.text.empty() : value.kind == Value::Kind::list || value.number != 0;
}

Value arithmetic(ast::Operator op, const Value& left, const Value& right) {
  Value result = left.kind == Value::Kind::number ? right : left;
  if (op == ast::Operator::divide && left.kind == right.kind) result.kind = Value::Kind::number;
  result.text.clear();
  switch (op) {
    case ast::Operator::add: result.number = left.number + right.number; break;
    case ast::Operator::subtract: result.number = left.number - right.number; break;
    case ast::Operator::multiply: result.number = left.number * right.number; break;
    default: result.number = right.number != 0 ? left.number / right.number : 0; break;
  }
  return result;
}

}  // namespace

Value Evaluator::evaluate(const Expression& expression) {
  work(1, expression.span);
  if (!descend(expression.span)) return {};
  Value value = evaluate_kind(expression);
  --depth_;
  // Values are copied: a long one costs what it is long.
  bool copied = expression.kind == Kind::name || expression.kind == Kind::member || expression.kind == Kind::call;
  if (copied) work_on(value, expression.span);
  return stopped() ? Value{} : value;
}

Value Evaluator::evaluate_kind(const Expression& expression) {
  switch (expression.kind) {
    case Kind::invalid:
    case Kind::wildcard: return {};
    case Kind::null: return number_value(Value::Kind::null, 0, "");
    case Kind::boolean: return Value::boolean(expression.text == "true");
    case Kind::number: return number_value(Value::Kind::number, expression.number, expression.text);
    case Kind::duration: return number_value(Value::Kind::duration, expression.number, expression.text);
    case Kind::percent: return number_value(Value::Kind::percent, expression.number, expression.text);
    case Kind::size: return number_value(Value::Kind::size, expression.number, expression.text);
    case Kind::string: return evaluate_string(expression);
    case Kind::name: return evaluate_name(expression);
    case Kind::member: return evaluate_member(expression);
    case Kind::filter:
      return Value::of(make(GraphKind::filter, "", {expression_of(*expression.operands[0])}, expression.span));
    case Kind::index: return evaluate_index(expression);
    case Kind::call: return evaluate_call(expression);
    case Kind::negation: {
      Value operand = evaluate(*expression.operands[0]);
      if (operand.constant()) return Value::boolean(!truth(operand));
      return Value::of(
          make(GraphKind::negation, "", {expression_of(operand, expression.operands[0]->span)}, expression.span));
    }
    case Kind::binary: return evaluate_binary(expression);
    case Kind::list:
    case Kind::map: {
      Value value;
      value.kind = expression.kind == Kind::list ? Value::Kind::list : Value::Kind::map;
      for (const Expression* operand : expression.operands) value.items.push_back(evaluate(*operand));
      for (const ast::Name& name : expression.names) value.names.push_back(name.text.str());
      return value;
    }
  }
  return {};
}

Value Evaluator::evaluate_string(const Expression& expression) {
  std::string text;
  std::vector<ExpressionId> pieces;
  auto flush = [&] {
    if (!text.empty()) pieces.push_back(text_constant(std::exchange(text, {}), expression.span));
  };
  auto append = [&](const Value& value) {
    if (value.kind != Value::Kind::dynamic) {
      text += text_of(value);
      return;
    }
    flush();
    pieces.push_back(value.expression);
  };
  for (const ast::StringPart& part : expression.parts) {
    if (text.size() > longest_text && !stopped())
      stop(expression.span, fmt::format("{} letters of one text", longest_text));
    if (stopped()) return {};
    if (!part.hole) {
      text += part.text;
      continue;
    }
    Value value = evaluate(*part.hole);
    if (value.kind != Value::Kind::list) append(value);
    for (std::size_t i = 0; i < value.items.size() && value.kind == Value::Kind::list; ++i) {
      if (i > 0) text += ' ';
      append(value.items[i]);
    }
  }
  if (pieces.empty()) return Value::string(std::move(text));
  flush();
  return Value::of(make(GraphKind::text, "", std::move(pieces), expression.span));
}

std::optional<Value> Evaluator::fold(ast::Operator op, const Value& left, const Value& right) {
  using enum ast::Operator;
  if (op == fallback && left.kind == Value::Kind::null) return right;
  if (op == both && left.constant()) return truth(left) ? right : left;
  if (op == either && left.constant()) return truth(left) ? left : right;
  if (!left.constant() || !right.constant()) return std::nullopt;
  switch (op) {
    case fallback: return left.kind == Value::Kind::string && left.text.empty() ? right : left;
    case equal: return Value::boolean(lower::equal(left, right));
    case unequal: return Value::boolean(!lower::equal(left, right));
    case less: return Value::boolean(left.number < right.number);
    case less_equal: return Value::boolean(left.number <= right.number);
    case greater: return Value::boolean(left.number > right.number);
    case greater_equal: return Value::boolean(left.number >= right.number);
    case add:
    case subtract:
    case multiply:
    case divide: return arithmetic(op, left, right);
    case both:
    case either: return std::nullopt;
  }
  return std::nullopt;
}

// `a ?? b`: an absent value is told by its text; how the present one is decoded follows from its type. Outputs have
// theirs in the graph. Inputs and payloads come as what they are, and their `false` and 0 are not absent.
ExpressionId Evaluator::lower_fallback(const Expression& expression, ExpressionId first, ExpressionId second) {
  using Type = graph::Expression::Type;
  Type type = graph_[first].type;
  auto checked = program_.type_of.find(expression.operands[0]);
  if (type == Type::any && checked != program_.type_of.end()) {
    const Expression& otherwise = *expression.operands[1];
    bool is_false = otherwise.kind == Kind::boolean && otherwise.text == "false";
    if (checked->second->kind == types::Type::Kind::boolean && is_false)
      return make(GraphKind::equal, "", {first, expression_of(Value::boolean(true), expression.span)}, expression.span);
    if (checked->second->kind == types::Type::Kind::boolean) type = Type::boolean;
    if (checked->second->kind == types::Type::Kind::number) type = Type::number;
  }
  ExpressionId id = make(GraphKind::fallback, "", {first, second}, expression.span);
  graph_.expressions[id.index].type = type;
  return id;
}

Value Evaluator::evaluate_binary(const Expression& expression) {
  Value left = evaluate(*expression.operands[0]);
  Value right = evaluate(*expression.operands[1]);
  if (auto folded = fold(expression.op, left, right)) return *folded;
  bool arithmetic_late = expression.op == ast::Operator::add || expression.op == ast::Operator::subtract ||
                         expression.op == ast::Operator::multiply || expression.op == ast::Operator::divide;
  if (arithmetic_late) {
    needs_constant(Place::arithmetic, left, expression.operands[0]->span);
    if (left.constant()) needs_constant(Place::arithmetic, right, expression.operands[1]->span);
    return {};
  }
  ExpressionId first = expression_of(left, expression.operands[0]->span);
  ExpressionId second = expression_of(right, expression.operands[1]->span);
  if (expression.op == ast::Operator::fallback) return Value::of(lower_fallback(expression, first, second));
  return Value::of(make(graph_kind(expression.op), "", {first, second}, expression.span));
}

bool Evaluator::decide(const Expression& expression) {
  Value value = evaluate(expression);
  if (value.kind == Value::Kind::poison) return false;
  if (!value.constant()) {
    needs_constant(Place::choice, value, expression.span);
    return false;
  }
  return truth(value);
}

graph::Seconds Evaluator::seconds_of(const Value& duration) {
  return static_cast<graph::Seconds>(std::clamp(duration.number, 0.0, most_seconds) + 0.5);
}

graph::Seconds Evaluator::seconds(const Expression* expression) {
  if (!expression) return 0;
  Value value = evaluate(*expression);
  if (value.kind == Value::Kind::duration) return seconds_of(value);
  needs_constant(Place::time, value, expression->span);
  return 0;
}

int Evaluator::whole_number(const Expression& expression, double number, int most) {
  if (number >= 1 && number <= most && number == std::floor(number)) return static_cast<int>(number);
  sink_.report<NumberOutOfRange>(expression.span, most);
  return 1;
}

std::string Evaluator::static_text(const Expression* expression, Place place) {
  if (!expression) return "";
  // A bare word may stand for itself: `shell sh`.
  if (expression->kind == Kind::name && !program_.resolved.count(expression)) return expression->text.str();
  Value value = evaluate(*expression);
  needs_constant(place, value, expression->span);
  return text_of(value);
}

}  // namespace sluice::lower

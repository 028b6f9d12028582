// What operators take and give.
#include "check/expression_checker.h"
#include "syntax/arena.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;
using enum ast::Operator;

DIAGNOSTIC(TypeMismatch, "{} is {}, but {} is needed");
DIAGNOSTIC(NotComparable, "{} is compared with {}");
DIAGNOSTIC(NeverEqual, "this is never \"{}\"");
DIAGNOSTIC(UselessFallback, "what stands before this `??` is never absent");
DIAGNOSTIC(AbsentInOrder, "{} may be absent, and nothing is less or greater than that");

bool is_text(const Type* type) {
  return type->kind == Type::Kind::string || type->kind == Type::Kind::path || type->kind == Type::Kind::enumeration;
}

bool has_order(const Type* type) { return type->kind != Type::Kind::boolean && type->kind != Type::Kind::null; }

bool is_order(ast::Operator op) { return op == less || op == less_equal || op == greater || op == greater_equal; }

bool is_measure(const Type* type) {
  return type->kind == Type::Kind::duration || type->kind == Type::Kind::size || type->kind == Type::Kind::percent;
}

}  // namespace

const Type* ExpressionChecker::type_of_negation(const Expression& expression) {
  expect(*expression.operands[0], Type::Kind::boolean, "what `!` turns round");
  return table_.simple(Type::Kind::boolean);
}

const Type* ExpressionChecker::type_of_binary(const Expression& expression) {
  switch (expression.op) {
    case either:
    case both: return type_of_junction(expression);
    case fallback: return type_of_fallback(expression);
    case add:
    case subtract:
    case multiply:
    case divide: return type_of_arithmetic(expression);
    case equal:
    case unequal:
    case less:
    case less_equal:
    case greater:
    case greater_equal: return type_of_comparison(expression);
  }
  return table_.simple(Type::Kind::any);
}

// Behind `a &&` what `a` says holds, behind `a ||` what it says not.
const Type* ExpressionChecker::type_of_junction(const Expression& expression) {
  expect_condition(*expression.operands[0], expression.op == either);
  std::size_t known = guards_.size();
  guards_.push_back(expression.op == both ? expression.operands[0] : negation_of(*expression.operands[0]));
  expect_condition(*expression.operands[1], expression.op == either);
  guards_.resize(known);
  return table_.simple(Type::Kind::boolean);
}

const Expression* ExpressionChecker::negation_of(const Expression& condition) {
  auto* negation = new (table_.arena().Allocate<Expression>()) Expression;
  negation->kind = Kind::negation;
  negation->span = condition.span;
  const Expression* operands[] = {&condition};
  negation->operands = syntax::copy_into(table_.arena(), llvm::ArrayRef<const Expression*>(operands));
  return negation;
}

void ExpressionChecker::expect_condition(const Expression& operand, bool alternative) {
  const Type* type = type_of(operand);
  const Type* boolean = table_.simple(Type::Kind::boolean);
  if (types::assignable(type, boolean)) return;
  if (!alternative || !is_text(type)) return report_mismatch(operand, type, boolean, "the condition");
  sink_.report<TypeMismatch>(operand.span, "the condition", types::describe_one(type), types::describe_one(boolean))
      .help("a default is given with `??`, a choice with `case(condition, a, b)`");
}

// `vars.X`, `matrix.x`: what GitHub does not promise to be there.
bool ExpressionChecker::comes_from_context(const Expression& expression) const {
  const Expression* base = &expression;
  while (base->kind == Kind::member || base->kind == Kind::index) base = base->operands[0];
  return base->kind == Kind::call || (base->kind == Kind::name && !program_.resolved.count(base));
}

const Type* ExpressionChecker::type_of_fallback(const Expression& expression) {
  const Expression& value = *expression.operands[0];
  const Type* left = type_of(value);
  const Type* right = type_of(*expression.operands[1]);
  if (left->kind == Type::Kind::any || right->kind == Type::Kind::any) return table_.simple(Type::Kind::any);
  if (left->kind == Type::Kind::null) return right;
  if (left->kind == Type::Kind::json) return right->kind == Type::Kind::null ? left : right;
  if (!left->optional && !comes_from_context(value))
    sink_.report<UselessFallback>(expression.operands[1]->span).help("leave `??` and what follows it out");
  if (right->kind == Type::Kind::null) return left;
  const Type* present = table_.without_optional(left);
  // `level ?? "none"`: a text that is none of the choices makes it any text.
  if (is_text(left) && is_text(right))
    present = types::assignable(table_.without_optional(right), present) ? present : table_.simple(Type::Kind::string);
  const Type* result = right->optional ? table_.optional(present) : present;
  expect(*expression.operands[1], result, "the default");
  return left->secret && !result->secret ? table_.secret(result) : result;
}

// `2 * 5m`: a number scales what has a unit; two of a unit are added, or divided into a number.
const Type* ExpressionChecker::type_of_arithmetic(const Expression& expression) {
  const Expression& first = *expression.operands[0];
  const Expression& second = *expression.operands[1];
  const Type* left = type_of(first);
  const Type* right = type_of(second);
  const Type* number = table_.simple(Type::Kind::number);
  auto open = [](const Type* type) { return type->kind == Type::Kind::any || type->kind == Type::Kind::json; };
  if (open(left) || open(right)) return table_.simple(Type::Kind::any);
  if (!is_measure(left) && !is_measure(right)) {
    expect(first, number, "the operand");
    expect(second, number, "the operand");
    return number;
  }
  if (expression.op == multiply && !is_measure(left)) {
    expect(first, number, "the operand");
    return right;
  }
  bool scales = (expression.op == multiply || expression.op == divide) && right->kind == Type::Kind::number;
  if (!is_measure(left)) {
    expect(first, right, "the operand");
    return right;
  }
  if (!scales) expect(second, expression.op == multiply ? number : left, "the operand");
  return expression.op == divide && left->kind == right->kind ? number : left;
}

const Type* ExpressionChecker::type_of_comparison(const Expression& expression) {
  const Expression& first = *expression.operands[0];
  const Expression& second = *expression.operands[1];
  const Type* left = type_of(first);
  const Type* right = type_of(second);
  const Type* boolean = table_.simple(Type::Kind::boolean);
  events_.check_comparison(expression);
  bool ordered = !is_order(expression.op) || (has_order(left) && has_order(right));
  if (!ordered || !types::comparable(left, right)) {
    report_incomparable(expression, left, right);
    return boolean;
  }
  if (is_order(expression.op)) {
    expect_present(first, left);
    expect_present(second, right);
  }
  if (expression.op != equal && expression.op != unequal) return boolean;
  report_never_equal(first, right);
  report_never_equal(second, left);
  return boolean;
}

void ExpressionChecker::expect_present(const Expression& operand, const Type* type) {
  if (!type->optional) return;
  auto told = sink_.report<AbsentInOrder>(operand.span, types::describe_one(type));
  explain_absence(told, operand, type);
}

void ExpressionChecker::report_incomparable(const Expression& expression, const Type* left, const Type* right) {
  auto told = sink_.report<NotComparable>(expression.span, types::describe_one(left), types::describe_one(right));
  const Expression& first = *expression.operands[0];
  const Expression& second = *expression.operands[1];
  if (is_order(expression.op) && (!has_order(left) || !has_order(right))) {
    told.help("only numbers, times, sizes, shares and texts have an order");
    return;
  }
  bool equality = expression.op == equal || expression.op == unequal;
  if (left->kind == Type::Kind::boolean && equality) {
    told.help("a bool needs no comparison: write it as it is, or with `!` before it");
    // `live == "true"`: what is left is the value itself.
    if (second.kind == Kind::string && expression.op == equal && second.parts.size() == 1 &&
        second.parts[0].text == "true" && !left->optional)
      told.fix({first.span.end, expression.span.end}, "");
    return;
  }
  const Expression& literal = second.kind == Kind::string ? second : first;
  const Type* other = second.kind == Kind::string ? left : right;
  if (literal.kind == Kind::string && literal.parts.size() == 1 && other->kind == Type::Kind::number)
    told.help("a number has no quotes: write `{}`", std::string_view(literal.parts[0].text));
  else
    told.help("two values of different types are never equal here: turn one into the other's type in a step");
}

// `level == "critcal"`: a choice is compared with what it cannot be.
void ExpressionChecker::report_never_equal(const Expression& text, const Type* other) {
  if (other->kind != Type::Kind::enumeration || text.kind != Kind::string || text.parts.size() > 1) return;
  if (!text.parts.empty() && text.parts[0].hole) return;
  llvm::StringRef wanted = text.parts.empty() ? "" : text.parts[0].text;
  if (std::find(other->names.begin(), other->names.end(), wanted) != other->names.end()) return;
  if (wanted.empty() && other->optional) return;
  auto told = sink_.report<NeverEqual>(text.span, std::string_view(wanted));
  offer_choice(told, text, other);
}

}  // namespace sluice::check

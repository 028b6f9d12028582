#include "backends/github/term.h"

#include <string_view>
#include <utility>

namespace sluice::github {
namespace {

constexpr std::string_view symbol(Relation relation) {
  switch (relation) {
    case Relation::equal: return " == ";
    case Relation::unequal: return " != ";
    case Relation::less: return " < ";
    case Relation::less_equal: return " <= ";
    case Relation::greater: return " > ";
    case Relation::greater_equal: return " >= ";
  }
  return {};
}

Level above(Level level) { return static_cast<Level>(static_cast<std::uint8_t>(level) + 1); }

/// `&&` and `||` give one of their operands back and do not care how they are grouped.
Term chain(Term left, std::string_view operation, Term right, Level level) {
  Term result;
  result.code = operand(left, level);
  result.code += operation;
  result.code += operand(right, level);
  result.level = level;
  result.asks_status = left.asks_status || right.asks_status;
  result.is_string = left.is_string && right.is_string;
  result.is_decision = left.is_decision && right.is_decision;
  return result;
}

}  // namespace

std::string operand(const Term& term, Level level) {
  if (term.constant) return to_expression(*term.constant);
  if (term.level >= level) return term.code;
  std::string result = "(";
  result += term.code;
  result += ')';
  return result;
}

Term constant(Constant::Kind kind, std::string text) {
  Term term;
  term.constant = Constant{kind, std::move(text)};
  term.is_string = kind == Constant::Kind::string;
  term.is_decision = kind == Constant::Kind::boolean;
  return term;
}

Term string(std::string text) { return constant(Constant::Kind::string, std::move(text)); }

Term boolean(bool value) { return constant(Constant::Kind::boolean, value ? "true" : "false"); }

Term both(Term left, Term right) {
  if (left.constant) return is_true(*left.constant) ? right : left;
  // A decision is itself beside `true`, and nothing but false beside `false`: anything else may print differently.
  if (right.constant && left.is_decision && right.is_decision) return is_true(*right.constant) ? left : right;
  return chain(std::move(left), " && ", std::move(right), Level::both);
}

Term either(Term left, Term right) {
  if (left.constant) return is_true(*left.constant) ? left : right;
  if (right.constant && left.is_decision && right.is_decision) return is_true(*right.constant) ? right : left;
  return chain(std::move(left), " || ", std::move(right), Level::either);
}

Term negation(Term term) {
  if (term.constant) return boolean(!is_true(*term.constant));
  Term result;
  result.code += '!';
  result.code += operand(term, Level::negation);
  result.level = Level::negation;
  result.asks_status = term.asks_status;
  result.is_decision = true;
  return result;
}

Term relation(Relation relation, const Term& left, const Term& right) {
  if (left.constant && right.constant)
    if (auto known = compare(relation, *left.constant, *right.constant)) return boolean(*known);
  bool equality = relation == Relation::equal || relation == Relation::unequal;
  Term result;
  result.level = equality ? Level::equality : Level::relation;
  result.code = operand(left, result.level);
  result.code += symbol(relation);
  result.code += operand(right, above(result.level));
  result.asks_status = left.asks_status || right.asks_status;
  result.is_decision = true;
  return result;
}

}  // namespace sluice::github

#include <fmt/format.h>

#include "simulate/knowledge.h"

namespace sluice::simulate {
namespace {

using runtime::Expression;
using Kind = Expression::Kind;

std::string_view operator_of(Kind kind) {
  switch (kind) {
    case Kind::both: return "&&";
    case Kind::either: return "||";
    case Kind::equal: return "==";
    case Kind::unequal: return "!=";
    case Kind::less: return "<";
    case Kind::less_equal: return "<=";
    case Kind::greater: return ">";
    case Kind::greater_equal: return ">=";
    default: return "??";
  }
}

bool binds_loosely(Kind kind) {
  switch (kind) {
    case Kind::both:
    case Kind::either:
    case Kind::equal:
    case Kind::unequal:
    case Kind::less:
    case Kind::less_equal:
    case Kind::greater:
    case Kind::greater_equal:
    case Kind::fallback: return true;
    default: return false;
  }
}

std::string operand(const Expression& expression) {
  std::string text = describe(expression);
  return binds_loosely(expression.kind) ? fmt::format("({})", text) : text;
}

std::string listed(const std::vector<Expression>& operands) {
  std::string text;
  for (const Expression& one : operands) text += (text.empty() ? "" : ", ") + describe(one);
  return text;
}

}  // namespace

std::string describe(const Expression& expression) {
  const auto& operands = expression.operands;
  switch (expression.kind) {
    case Kind::literal:
    case Kind::context: return expression.text;
    case Kind::member: return fmt::format("{}.{}", operand(operands[0]), expression.text);
    case Kind::index: return fmt::format("{}[{}]", operand(operands[0]), describe(operands[1]));
    case Kind::filter: return operand(operands[0]) + ".*";
    case Kind::call: return fmt::format("{}({})", expression.text, listed(operands));
    case Kind::negation: return "!" + operand(operands[0]);
    case Kind::text: return fmt::format("text({})", listed(operands));
    default: return fmt::format("{} {} {}", operand(operands[0]), operator_of(expression.kind), operand(operands[1]));
  }
}

std::string for_people(std::string condition) {
  auto replace_all = [&](std::string_view what, std::string_view by) {
    for (std::size_t at = 0; (at = condition.find(what, at)) != std::string::npos; at += by.size())
      condition.replace(at, what.size(), by);
  };
  replace_all("needs.", "");
  replace_all(".outputs.", ".");
  if (condition.ends_with(" == \"true\"")) condition.resize(condition.size() - std::string_view(" == \"true\"").size());
  return condition;
}

}  // namespace sluice::simulate

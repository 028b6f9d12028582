#include <algorithm>

#include "graph/verifier.h"

namespace sluice::graph {
namespace {

using Kind = Expression::Kind;

constexpr std::size_t many = SIZE_MAX;

std::size_t arity(Kind kind) {
  switch (kind) {
    case Kind::null:
    case Kind::boolean:
    case Kind::number:
    case Kind::string:
    case Kind::context: return 0;
    case Kind::member:
    case Kind::filter:
    case Kind::negation: return 1;
    case Kind::index:
    case Kind::both:
    case Kind::either:
    case Kind::equal:
    case Kind::unequal:
    case Kind::less:
    case Kind::less_equal:
    case Kind::greater:
    case Kind::greater_equal:
    case Kind::fallback:
    case Kind::by_backend: return 2;
    case Kind::list:
    case Kind::map:
    case Kind::call:
    case Kind::text: return many;
  }
  return many;
}

bool is_context(std::string_view text) {
  constexpr std::string_view contexts[] = {"github", "inputs",   "vars", "secrets", "needs", "steps",
                                           "matrix", "strategy", "env",  "job",     "runner"};
  return std::find(std::begin(contexts), std::end(contexts), text) != std::end(contexts);
}

bool is_status(std::string_view name) {
  return name == "success" || name == "failure" || name == "always" || name == "cancelled";
}

// Good enough to catch a text that is none; GitHub's own forms (`0xff`, `1e3`, `.5`) all begin so.
bool is_number(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text == "Infinity" || text == "NaN") return true;
  bool digit = !text.empty() && text[0] >= '0' && text[0] <= '9';
  return digit || (text.size() > 1 && text[0] == '.' && text[1] >= '0' && text[1] <= '9');
}

}  // namespace

void Verifier::check_expressions() {
  facts_.resize(graph_.expressions.size());
  visited_.resize(graph_.expressions.size());
  for (std::size_t index = 0; index < graph_.expressions.size(); ++index) check_expression(index);
}

void Verifier::check_expression(std::size_t index) {
  const Expression& expression = graph_.expressions[index];
  std::size_t before = broken_.size();
  check_operands(index);
  facts_[index].sound = broken_.size() == before;
  check_constant(index);
  if (expression.span.begin > expression.span.end) broken("expression {} ends before it begins", index);
  for (ExpressionId operand : expression.operands)
    facts_[index].sound = facts_[index].sound && operand.index < index && facts_[operand.index].sound;
  if (facts_[index].sound) find_facts(index);
}

void Verifier::check_operands(std::size_t index) {
  const Expression& expression = graph_.expressions[index];
  std::size_t expected = arity(expression.kind);
  if (expected != many && expression.operands.size() != expected)
    broken("expression {} has {} operands instead of {}", index, expression.operands.size(), expected);
  std::size_t names = expression.kind == Kind::map ? expression.operands.size() : 0;
  if (expression.names.size() != names)
    broken("expression {} has {} names instead of {}", index, expression.names.size(), names);
  for (ExpressionId operand : expression.operands)
    if (operand.index >= index) broken("expression {} stands before its operand {}", index, operand.index);
}

void Verifier::check_constant(std::size_t index) {
  const Expression& expression = graph_.expressions[index];
  const std::string& text = expression.text;
  if (expression.kind == Kind::boolean && text != "true" && text != "false")
    broken("expression {} is the boolean `{}`", index, text);
  if (expression.kind == Kind::number && !is_number(text)) broken("expression {} is the number `{}`", index, text);
  if (expression.kind == Kind::context && !is_context(text)) broken("expression {} is the context `{}`", index, text);
  if ((expression.kind == Kind::member || expression.kind == Kind::call) && text.empty())
    broken("expression {} names nothing", index);
}

void Verifier::find_facts(std::size_t index) {
  const Expression& expression = graph_.expressions[index];
  Facts& facts = facts_[index];
  facts.reads_nodes = expression.kind == Kind::context && (expression.text == "needs" || expression.text == "steps");
  facts.asks_status = expression.kind == Kind::call && is_status(lower(expression.text));
  for (ExpressionId operand : expression.operands) {
    facts.reads_nodes |= facts_[operand.index].reads_nodes;
    facts.asks_status |= facts_[operand.index].asks_status;
  }
}

}  // namespace sluice::graph

#include "backends/github/expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "diagnostics/check.h"

namespace sluice::github {
namespace {

using Kind = graph::Expression::Kind;
using Type = graph::Expression::Type;

constexpr std::size_t longest_expression = 21'000;
constexpr std::size_t deepest_expression = 50;

constexpr std::array<std::string_view, 4> status_functions = {"success", "failure", "always", "cancelled"};
constexpr std::array<std::string_view, 8> other_functions = {"contains", "startsWith", "endsWith", "format",
                                                             "join",     "toJSON",     "fromJSON", "case"};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view other) { return same_ignoring_case(name, other); });
}

Relation relation_of(Kind kind) {
  switch (kind) {
    case Kind::equal: return Relation::equal;
    case Kind::unequal: return Relation::unequal;
    case Kind::less: return Relation::less;
    case Kind::less_equal: return Relation::less_equal;
    case Kind::greater: return Relation::greater;
    default: return Relation::greater_equal;
  }
}

Term code(std::string text, Level level = Level::primary) {
  Term term;
  term.code = std::move(text);
  term.level = level;
  return term;
}

/// Calls, brackets and members within each other, as GitHub counts them; what stands in texts is none. Operators, which
/// it counts too, are left out: there may be more levels than these.
std::size_t levels_of(std::string_view code) {
  std::size_t depth = 0;
  std::size_t members = 0;
  std::size_t deepest = 0;
  bool in_text = false;
  for (char c : code) {
    if (c == '\'') in_text = !in_text;
    if (in_text) continue;
    bool in_name = std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
    if (c == '.') ++members;
    if (c == '(' || c == '[') ++depth;
    if ((c == ')' || c == ']') && depth > 0) --depth;
    deepest = std::max(deepest, depth + members + 1);
    if (!in_name) members = 0;
  }
  return deepest;
}

}  // namespace

void Expressions::report(ProblemKind kind, source::Span span, std::string text) {
  problems_.push_back({kind, span, std::move(text)});
}

graph::ExpressionId Expressions::chosen(graph::ExpressionId id) const {
  while (graph_[id].kind == Kind::by_backend) id = graph_[id].operands[0];
  return id;
}

bool Expressions::is_constant(graph::ExpressionId id) { return value(id).constant.has_value(); }

Term Expressions::value(graph::ExpressionId id) {
  id = chosen(id);
  const graph::Expression& expression = graph_[id];
  switch (expression.kind) {
    case Kind::null: return constant(Constant::Kind::null, {});
    case Kind::boolean: return boolean(expression.text == "true");
    case Kind::number: return constant(Constant::Kind::number, expression.text);
    case Kind::string: return string(expression.text);
    case Kind::list:
    case Kind::map: return from_collection(id);
    case Kind::context: return code(expression.text);
    case Kind::member:
    case Kind::index: return from_place(id, false);
    case Kind::filter: return code(operand(value(expression.operands[0]), Level::primary) + ".*");
    case Kind::call: return from_call(expression);
    case Kind::fallback: return from_fallback(expression);
    case Kind::text: return from_text(id);
    default: return from_operator(expression);
  }
}

Term Expressions::text(graph::ExpressionId id) {
  id = chosen(id);
  const graph::Expression& expression = graph_[id];
  if (expression.kind == Kind::member || expression.kind == Kind::index) return from_place(id, true);
  if (expression.kind == Kind::fallback) return fallback_text(expression);
  if (expression.kind == Kind::list || expression.kind == Kind::map) return collection_text(id);
  return value(id);
}

Term Expressions::from_operator(const graph::Expression& expression) {
  const auto& operands = expression.operands;
  switch (expression.kind) {
    case Kind::both: return both(value(operands[0]), value(operands[1]));
    case Kind::either: return either(value(operands[0]), value(operands[1]));
    case Kind::negation: {
      // `!(x == 'true')` of an output reads better as `x != 'true'`.
      auto place = graph::reference(graph_, chosen(operands[0]), graph::Backend::github);
      if (place && place->is_text() && (*this)[operands[0]].type == Type::boolean && !omitted(*place))
        return relation(Relation::unequal, text(operands[0]), string("true"));
      return negation(value(operands[0]));
    }
    default: return from_relation(expression, relation_of(expression.kind));
  }
}

Term Expressions::from_relation(const graph::Expression& expression, Relation operation) {
  look_for_blocked(expression);
  graph::ExpressionId left = expression.operands[0];
  graph::ExpressionId right = expression.operands[1];
  // Text compared with text is compared as it travels.
  bool as_text = (*this)[left].type == Type::string || (*this)[right].type == Type::string ||
                 (*this)[left].kind == Kind::string || (*this)[right].kind == Kind::string;
  return as_text ? relation(operation, text(left), text(right)) : relation(operation, value(left), value(right));
}

void Expressions::look_for_blocked(const graph::Expression& expression) {
  for (std::size_t i : {0U, 1U}) {
    auto place = graph::reference(graph_, chosen(expression.operands[i]), graph::Backend::github);
    const graph::Expression& other = (*this)[expression.operands[1 - i]];
    if (!place || place->root != "needs" || place->path.size() != 2 || place->path[1] != "result") continue;
    if (other.kind == Kind::string && other.text == "blocked")
      report(ProblemKind::blocked_result, expression.span,
             fmt::format("`{}.result` is never `blocked` on GitHub: it is `skipped` there", place->path[0]));
  }
}

const Term* Expressions::omitted(const graph::Reference& reference) {
  static const Term skipped = string("skipped");
  static const Term nothing = constant(Constant::Kind::null, {});
  bool stage = reference.root == "needs";
  if ((!stage && reference.root != "steps") || reference.path.empty()) return nullptr;
  if (!(stage ? omitted_stages_ : omitted_steps_).contains(reference.path[0])) return nullptr;
  bool is_result = reference.path.size() == 2 && reference.path[1] != "outputs";
  return is_result ? &skipped : &nothing;
}

Term Expressions::from_place(graph::ExpressionId id, bool as_text) {
  const graph::Expression& expression = graph_[id];
  auto place = graph::reference(graph_, id, graph::Backend::github);
  if (place)
    if (const Term* known = omitted(*place)) return *known;
  Term term = member(expression);
  if (!place) return term;
  if (!place->is_text()) {
    term.is_string = expression.type == Type::string;
    return term;
  }
  term.is_string = true;
  if (as_text) return term;
  if (expression.type == Type::boolean) return relation(Relation::equal, term, string("true"));
  if (expression.type == Type::number || expression.type == Type::json) return code("fromJSON(" + term.code + ")");
  return term;
}

Term Expressions::member(const graph::Expression& expression) {
  std::string result = operand(value(expression.operands[0]), Level::primary);
  if (expression.kind == Kind::member && graph::is_name(expression.text)) return code(result + "." + expression.text);
  Term key = expression.kind == Kind::member ? string(expression.text) : value(expression.operands[1]);
  if (key.is_string && key.constant && graph::is_name(key.constant->text))
    return code(result + "." + key.constant->text);
  return code(result + "[" + operand(key, Level::either) + "]");
}

Term Expressions::from_call(const graph::Expression& expression) {
  bool status = is_one_of(expression.text, status_functions);
  if (same_ignoring_case(expression.text, "case")) return from_case(expression);
  // A number of minutes is what GitHub takes where Sluice wants a duration.
  if (expression.text == "minutes" && expression.operands.size() == 1) return value(expression.operands[0]);
  if (!status && !is_one_of(expression.text, other_functions) && !same_ignoring_case(expression.text, "hashFiles"))
    report(ProblemKind::unknown_function, expression.span,
           fmt::format("`{}` is not a function of GitHub's expressions", expression.text));
  bool decodes = same_ignoring_case(expression.text, "fromJSON");
  std::vector<Constant> constants;
  Term result = code(expression.text + "(");
  for (graph::ExpressionId id : expression.operands) {
    Term argument = decodes ? text(id) : value(id);
    if (argument.constant) constants.push_back(*argument.constant);
    if (result.code.back() != '(') result.code += ", ";
    result.code += operand(argument, Level::either);
    result.asks_status |= argument.asks_status;
  }
  if (!status && constants.size() == expression.operands.size())
    if (auto known = call(expression.text, constants)) return constant(known->kind, known->text);
  result.code += ')';
  result.asks_status |= status;
  result.is_decision = status || is_one_of(expression.text, std::span(other_functions).first(3));
  result.is_string = is_one_of(expression.text, std::span(other_functions).subspan(3, 3));
  return result;
}

Term Expressions::from_case(const graph::Expression& expression) {
  Term result = code(expression.text + "(");
  std::size_t pairs = expression.operands.size() / 2;
  for (std::size_t i = 0; i < pairs; ++i) {
    Term condition = value(expression.operands[2 * i]);
    if (condition.constant && !is_true(*condition.constant)) continue;
    Term chosen_value = value(expression.operands[2 * i + 1]);
    bool first = result.code.back() == '(';
    result.asks_status |= condition.asks_status || chosen_value.asks_status;
    if (condition.constant && first) return chosen_value;
    if (!first) result.code += ", ";
    if (condition.constant) {
      result.code += operand(chosen_value, Level::either) + ")";
      return result;
    }
    result.code += operand(condition, Level::either) + ", " + operand(chosen_value, Level::either);
  }
  Term otherwise = value(expression.operands.back());
  if (result.code.back() == '(') return otherwise;
  result.asks_status |= otherwise.asks_status;
  result.code += ", " + operand(otherwise, Level::either) + ")";
  return result;
}

Term Expressions::from_fallback(const graph::Expression& expression) {
  Term both_texts = fallback_text(expression);
  if (expression.type != Type::boolean && expression.type != Type::number && expression.type != Type::json)
    return both_texts;
  if (both_texts.constant) {
    std::string text = both_texts.constant->text;
    if (expression.type == Type::boolean) return boolean(text == "true");
    if (expression.type == Type::number) return constant(Constant::Kind::number, text);
    return constant(Constant::Kind::json, text);
  }
  if (expression.type == Type::boolean) return relation(Relation::equal, both_texts, string("true"));
  return code("fromJSON(" + both_texts.code + ")");
}

/// `x || d` where both are texts: an absent value is the empty text.
Term Expressions::fallback_text(const graph::Expression& expression) {
  bool typed = expression.type == Type::boolean || expression.type == Type::number || expression.type == Type::json;
  Term first = typed ? as_string(expression.operands[0]) : text(expression.operands[0]);
  if (first.constant) {
    bool absent = first.constant->kind == Constant::Kind::null || first.constant->text.empty();
    if (!absent) return first;
    return typed ? as_string(expression.operands[1]) : text(expression.operands[1]);
  }
  Term second = typed ? as_string(expression.operands[1]) : text(expression.operands[1]);
  return either(std::move(first), std::move(second));
}

/// The value's text, so that `false` and 0 are texts like any other and are not taken for absent.
Term Expressions::as_string(graph::ExpressionId id) {
  const graph::Expression& expression = (*this)[id];
  if (expression.kind == Kind::fallback) return fallback_text(expression);
  Term term = text(id);
  if (term.is_string || (term.constant && term.constant->kind == Constant::Kind::null)) return term;
  if (term.constant) return string(term.constant->text);
  bool json = expression.type == Type::json;
  Term result = code((json ? "toJSON(" : "format('{0}', ") + operand(term, Level::either) + ")");
  result.is_string = true;
  result.asks_status = term.asks_status;
  return result;
}

void Expressions::check_depth(std::string_view code, source::Span span) {
  std::size_t levels = levels_of(code);
  if (levels > deepest_expression)
    report(ProblemKind::expression_too_deep, span,
           fmt::format("an expression of {} levels: GitHub takes {} at most", levels, deepest_expression));
}

void Expressions::check_length(const std::string& text, source::Span span) {
  if (text.size() > longest_expression)
    report(ProblemKind::expression_too_long, span,
           fmt::format("an expression of {} characters: GitHub takes 21,000 at most", text.size()));
}

}  // namespace sluice::github

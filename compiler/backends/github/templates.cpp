#include <fmt/format.h>

#include "backends/github/expressions.h"

namespace sluice::github {
namespace {

using Kind = graph::Expression::Kind;
using Type = graph::Expression::Type;

/// YAML readers print other spellings of a number in a way of their own.
bool is_plain_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.size() > 15 || (text[0] == '0' && text.size() > 1)) return false;
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

Term call_of_format(const Pattern& pattern) {
  Term term;
  term.code = "format(" + to_expression({Constant::Kind::string, pattern.text});
  for (const std::string& argument : pattern.arguments) (term.code += ", ") += argument;
  term.code += ')';
  term.asks_status = pattern.asks_status;
  term.is_string = true;
  return term;
}

void append_placeholder(const Term& term, Pattern& pattern) {
  fmt::format_to(std::back_inserter(pattern.text), "{{{}}}", pattern.arguments.size());
  pattern.arguments.push_back(operand(term, Level::either));
  pattern.asks_status |= term.asks_status;
}

void append_literal(std::string_view literal, Pattern& pattern) {
  for (char c : literal) pattern.text.append(c == '{' || c == '}' ? 2 : 1, c);
}

std::string without_doubled_braces(std::string_view pattern) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    text += pattern[i];
    if (pattern[i] == '{' || pattern[i] == '}') ++i;
  }
  return text;
}

}  // namespace

std::string escaped(std::string_view literal) {
  std::string result;
  for (std::size_t at; (at = literal.find("${{")) != std::string_view::npos; literal.remove_prefix(at + 3)) {
    result += literal.substr(0, at);
    result += "${{ '${{' }}";
  }
  result += literal;
  return result;
}

void Expressions::append_template(graph::ExpressionId id, std::string& literal, std::string& out, bool& dynamic) {
  const graph::Expression& expression = (*this)[id];
  if (expression.kind == Kind::text) {
    for (graph::ExpressionId part : expression.operands) append_template(part, literal, out, dynamic);
    return;
  }
  Term term = text(id);
  if (term.constant) {
    literal += term.constant->text;
    return;
  }
  dynamic = true;
  check_depth(term.code, expression.span);
  out += escaped(literal);
  literal.clear();
  ((out += "${{ ") += term.code) += " }}";
}

yaml::Scalar Expressions::scalar(graph::ExpressionId id) {
  const graph::Expression& expression = (*this)[id];
  yaml::Scalar result;
  // Nearly all texts are constant: no detour for them.
  if (expression.kind == Kind::string && expression.text.find("${{") == std::string::npos) {
    result.text = expression.text;
    return result;
  }
  std::string literal;
  bool dynamic = false;
  append_template(id, literal, result.text, dynamic);
  result.text += escaped(literal);
  if (dynamic) {
    check_length(result.text, expression.span);
  } else if (expression.kind != Kind::text) {
    Term term = text(id);
    result.bare = term.constant->kind == Constant::Kind::boolean ||
                  (term.constant->kind == Constant::Kind::number && is_plain_integer(result.text));
  }
  return result;
}

yaml::Scalar Expressions::structure(graph::ExpressionId id) {
  auto place = graph::reference(graph_, chosen(id), graph::Backend::github);
  bool decoded = !place || !place->is_text();
  Term term = decoded ? value(id) : text(id);
  std::string code = operand(term, Level::either);
  check_length(code, (*this)[id].span);
  check_depth(code, (*this)[id].span);
  return {decoded ? fmt::format("${{{{ {} }}}}", code) : fmt::format("${{{{ fromJSON({}) }}}}", code), false};
}

/// A text in the middle of an expression.
Term Expressions::from_text(graph::ExpressionId id) {
  if (graph_[id].operands.size() == 1) return as_string(graph_[id].operands[0]);
  Pattern pattern;
  append_pattern(id, pattern);
  return pattern.arguments.empty() ? string(without_doubled_braces(pattern.text)) : call_of_format(pattern);
}

void Expressions::append_pattern(graph::ExpressionId id, Pattern& pattern) {
  const graph::Expression& expression = (*this)[id];
  if (expression.kind == Kind::text) {
    for (graph::ExpressionId part : expression.operands) append_pattern(part, pattern);
    return;
  }
  Term term = text(id);
  term.constant ? append_literal(term.constant->text, pattern) : append_placeholder(term, pattern);
}

/// GitHub has no notation for lists and maps but JSON, and prints them as `Array` and `Object`.
Term Expressions::collection_text(graph::ExpressionId id) {
  Pattern pattern;
  append_json(id, pattern);
  return pattern.arguments.empty() ? string(without_doubled_braces(pattern.text)) : call_of_format(pattern);
}

Term Expressions::from_collection(graph::ExpressionId id) {
  Term term = collection_text(id);
  if (term.constant) return constant(Constant::Kind::json, term.constant->text);
  term.code = "fromJSON(" + term.code + ")";
  term.is_string = false;
  return term;
}

void Expressions::append_json(graph::ExpressionId id, Pattern& pattern) {
  const graph::Expression& expression = (*this)[id];
  if (expression.kind != Kind::list && expression.kind != Kind::map) {
    Term term = value(id);
    if (term.constant) return append_literal(to_json(*term.constant), pattern);
    term.code = "toJSON(" + term.code + ")";
    term.level = Level::primary;
    return append_placeholder(term, pattern);
  }
  bool map = expression.kind == Kind::map;
  append_literal(map ? "{" : "[", pattern);
  for (std::size_t i = 0; i < expression.operands.size(); ++i) {
    if (i > 0) pattern.text += ',';
    if (map) {
      std::string key;
      append_json_string(expression.names[i], key);
      append_literal(key + ":", pattern);
    }
    append_json(expression.operands[i], pattern);
  }
  append_literal(map ? "}" : "]", pattern);
}

}  // namespace sluice::github

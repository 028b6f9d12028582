#include "backends/local/expressions.h"

#include <algorithm>

#include "graph/reference.h"
#include "runtime/expressions/evaluate.h"
#include "runtime/expressions/values.h"
#include "source/json_text.h"

namespace sluice::local {
namespace {

using Kind = graph::Expression::Kind;
using Type = graph::Expression::Type;
using Value = runtime::Expression;

Value make(Value::Kind kind, std::vector<Value> operands) { return {kind, {}, std::move(operands)}; }

Value call(std::string function, std::vector<Value> arguments) {
  return {Value::Kind::call, std::move(function), std::move(arguments)};
}

Value json(std::string text) { return {Value::Kind::literal, std::move(text), {}}; }

Value string(std::string_view text) {
  std::string quoted;
  source::append_json_string(quoted, text);
  return json(std::move(quoted));
}

/// GitHub's notations for numbers (`0xff`, `.5`) are more than JSON's.
Value number(const std::string& text) { return runtime::literal(runtime::to_number(runtime::Json(text))); }

bool is_status(std::string_view function) {
  return std::ranges::any_of(std::to_array<std::string_view>({"success", "failure", "always", "cancelled"}),
                             [&](std::string_view name) { return runtime::same_text(name, function); });
}

bool is_typed(Type type) { return type == Type::boolean || type == Type::number || type == Type::json; }

Value decoded(Value text, Type type) {
  if (type == Type::boolean) return make(Value::Kind::equal, {std::move(text), string("true")});
  if (type == Type::number || type == Type::json) return call("fromJSON", {std::move(text)});
  return text;
}

Value::Kind operator_of(Kind kind) {
  switch (kind) {
    case Kind::negation: return Value::Kind::negation;
    case Kind::both: return Value::Kind::both;
    case Kind::either: return Value::Kind::either;
    case Kind::equal: return Value::Kind::equal;
    case Kind::unequal: return Value::Kind::unequal;
    case Kind::less: return Value::Kind::less;
    case Kind::less_equal: return Value::Kind::less_equal;
    case Kind::greater: return Value::Kind::greater;
    default: return Value::Kind::greater_equal;
  }
}

}  // namespace

bool is_never(const runtime::Expression& condition) {
  if (condition.kind == Value::Kind::both)
    return std::ranges::any_of(condition.operands, [](const Value& operand) { return is_never(operand); });
  return condition.kind == Value::Kind::literal && !runtime::is_truthy(runtime::parse_json(condition.text));
}

graph::ExpressionId Expressions::chosen(graph::ExpressionId id) const {
  while (graph_[id].kind == Kind::by_backend) id = graph_[id].operands[1];
  return id;
}

runtime::Expression Expressions::condition(graph::ExpressionId id, bool asked) {
  if (!id) return call("success", {});
  if (asked) return value(id);
  return make(Value::Kind::both, {call("success", {}), value(id)});
}

bool Expressions::asks_status(graph::ExpressionId id) const {
  if (!id) return false;
  const graph::Expression& expression = (*this)[id];
  if (expression.kind == Kind::call && is_status(expression.text)) return true;
  return std::ranges::any_of(expression.operands, [&](graph::ExpressionId part) { return asks_status(part); });
}

runtime::Expression Expressions::value(graph::ExpressionId id) {
  if (!id) return {};
  id = chosen(id);
  const graph::Expression& expression = graph_[id];
  switch (expression.kind) {
    case Kind::null: return {};
    case Kind::boolean: return json(expression.text);
    case Kind::number: return number(expression.text);
    case Kind::string: return string(expression.text);
    case Kind::list:
    case Kind::map: return from_collection(id, false);
    case Kind::context: return {Value::Kind::context, expression.text, {}};
    case Kind::member:
    case Kind::index: return from_place(id, false);
    case Kind::filter: return make(Value::Kind::filter, {value(expression.operands[0])});
    case Kind::call: return from_call(expression);
    case Kind::fallback: return from_fallback(expression);
    case Kind::text: return from_text(expression);
    default: return from_operator(expression);
  }
}

runtime::Expression Expressions::text(graph::ExpressionId id) {
  if (!id) return {};
  id = chosen(id);
  const graph::Expression& expression = graph_[id];
  switch (expression.kind) {
    case Kind::member:
    case Kind::index: return from_place(id, true);
    case Kind::fallback: return fallback_text(expression);
    case Kind::list:
    case Kind::map: return from_collection(id, true);
    case Kind::number: return string(expression.text);
    default: return value(id);
  }
}

runtime::Expression Expressions::structure(graph::ExpressionId id) {
  if (!id) return {};
  auto place = graph::reference(graph_, chosen(id), graph::Backend::local);
  return place && place->is_text() ? call("fromJSON", {text(id)}) : value(id);
}

runtime::Expression Expressions::from_place(graph::ExpressionId id, bool as_text) {
  const graph::Expression& expression = graph_[id];
  auto place = graph::reference(graph_, id, graph::Backend::local);
  if (place && place->root == "secrets" && !place->path.empty()) secrets_.emplace(place->path[0]);
  if (place && place->root == "steps" && !place->path.empty() && omitted_steps_.contains(place->path[0]))
    return place->path.size() == 2 && place->path[1] != "outputs" ? string("skipped") : Value();
  Value result;
  if (expression.kind == Kind::member)
    result = {Value::Kind::member, expression.text, {value(expression.operands[0])}};
  else
    result = make(Value::Kind::index, {value(expression.operands[0]), value(expression.operands[1])});
  bool travels = place && place->is_text() && !as_text;
  return travels ? decoded(std::move(result), expression.type) : result;
}

runtime::Expression Expressions::from_operator(const graph::Expression& expression) {
  std::vector<Value> operands;
  bool relation = expression.kind != Kind::negation && expression.kind != Kind::both && expression.kind != Kind::either;
  // Text compared with text is compared as it travels.
  bool as_text = relation && std::ranges::any_of(expression.operands, [&](graph::ExpressionId id) {
                   return (*this)[id].type == Type::string || (*this)[id].kind == Kind::string;
                 });
  for (graph::ExpressionId id : expression.operands) operands.push_back(as_text ? text(id) : value(id));
  return make(operator_of(expression.kind), std::move(operands));
}

runtime::Expression Expressions::from_call(const graph::Expression& expression) {
  if (runtime::same_text(expression.text, "case")) return from_case(expression);
  // A number of minutes is what GitHub takes where Sluice wants a duration.
  if (expression.text == "minutes" && expression.operands.size() == 1) return value(expression.operands[0]);
  bool decodes = runtime::same_text(expression.text, "fromJSON");
  std::vector<Value> arguments;
  for (graph::ExpressionId id : expression.operands) arguments.push_back(decodes ? text(id) : value(id));
  return call(expression.text, std::move(arguments));
}

/// A known condition may be of any type on GitHub: it is folded there.
runtime::Expression Expressions::from_case(const graph::Expression& expression) {
  std::vector<Value> arguments;
  for (std::size_t i = 0; i < expression.operands.size(); ++i) {
    Value argument = value(expression.operands[i]);
    bool is_condition = i % 2 == 0 && i + 1 < expression.operands.size();
    if (is_condition && argument.kind == Value::Kind::literal) argument = json(is_never(argument) ? "false" : "true");
    arguments.push_back(std::move(argument));
  }
  return call("case", std::move(arguments));
}

runtime::Expression Expressions::from_fallback(const graph::Expression& expression) {
  return decoded(fallback_text(expression), expression.type);
}

runtime::Expression Expressions::fallback_text(const graph::Expression& expression) {
  std::vector<Value> operands;
  for (graph::ExpressionId id : expression.operands) {
    bool absent_or_json = (*this)[id].type == Type::json && !is_string(id) && (*this)[id].kind != Kind::fallback;
    if (!is_typed(expression.type))
      operands.push_back(text(id));
    else if (absent_or_json)  // the JSON of null would not be told from a value
      operands.push_back(make(Value::Kind::both, {text(id), call("toJSON", {text(id)})}));
    else
      operands.push_back(as_string(id));
  }
  return make(Value::Kind::fallback, std::move(operands));
}

bool Expressions::is_string(graph::ExpressionId id) const {
  const graph::Expression& expression = (*this)[id];
  if (expression.kind == Kind::string || expression.kind == Kind::text) return true;
  if (expression.kind == Kind::list || expression.kind == Kind::map) return true;  // their text is JSON
  if (expression.kind == Kind::call)
    return runtime::same_text(expression.text, "format") || runtime::same_text(expression.text, "join") ||
           runtime::same_text(expression.text, "toJSON");
  if (expression.kind != Kind::member && expression.kind != Kind::index) return false;
  auto place = graph::reference(graph_, chosen(id), graph::Backend::local);
  return place && (place->is_text() || expression.type == Type::string);
}

/// The value's text, so that `false` and 0 are texts like any other.
runtime::Expression Expressions::as_string(graph::ExpressionId id) {
  const graph::Expression& expression = (*this)[id];
  if (expression.kind == Kind::fallback) return fallback_text(expression);
  Value result = text(id);
  if (is_string(id) || expression.kind == Kind::null) return result;
  if (expression.type == Type::json) return call("toJSON", {std::move(result)});
  return make(Value::Kind::text, {std::move(result)});
}

runtime::Expression Expressions::from_text(const graph::Expression& expression) {
  if (expression.operands.size() == 1) return as_string(expression.operands[0]);
  std::vector<Value> parts;
  for (graph::ExpressionId part : expression.operands) append_text(part, parts);
  return make(Value::Kind::text, std::move(parts));
}

void Expressions::append_text(graph::ExpressionId id, std::vector<Value>& parts) {
  const graph::Expression& expression = (*this)[id];
  if (expression.kind != Kind::text) return parts.push_back(text(id));
  for (graph::ExpressionId part : expression.operands) append_text(part, parts);
}

/// The runtime, like GitHub, has no notation for lists and maps but JSON.
runtime::Expression Expressions::from_collection(graph::ExpressionId id, bool as_text) {
  std::string literal;
  std::vector<Value> parts;
  append_json(id, literal, parts);
  if (parts.empty()) return as_text ? string(literal) : json(std::move(literal));
  parts.push_back(string(literal));
  Value result = make(Value::Kind::text, std::move(parts));
  return as_text ? result : call("fromJSON", {std::move(result)});
}

void Expressions::append_json(graph::ExpressionId id, std::string& literal, std::vector<Value>& parts) {
  const graph::Expression& expression = (*this)[id];
  bool map = expression.kind == Kind::map;
  if (!map && expression.kind != Kind::list) {
    Value item = value(id);
    if (item.kind == Value::Kind::literal) {
      literal += item.text;
      return;
    }
    parts.push_back(string(literal));
    literal.clear();
    return parts.push_back(call("toJSON", {std::move(item)}));
  }
  literal += map ? '{' : '[';
  for (std::size_t i = 0; i < expression.operands.size(); ++i) {
    if (i > 0) literal += ',';
    if (map) {
      source::append_json_string(literal, expression.names[i]);
      literal += ':';
    }
    append_json(expression.operands[i], literal, parts);
  }
  literal += map ? '}' : ']';
}

}  // namespace sluice::local

#include "runtime/expressions/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <variant>
#include <vector>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

/// Borrowed from a context, so that big ones are not copied, or made on the way.
class Value {
 public:
  Value(const Json* borrowed) : content_(borrowed) {}
  Value(Json made) : content_(std::move(made)) {}

  const Json& get() const {
    if (auto* borrowed = std::get_if<const Json*>(&content_)) return **borrowed;
    return std::get<Json>(content_);
  }

  /// A part of this value: borrowed if this is, else copied out of it.
  Value part(const Json& inner) const {
    if (std::holds_alternative<const Json*>(content_)) return Value(&inner);
    return Value(Json(inner));
  }

  bool filtered = false;        ///< the result of `.*`: what follows maps over its items
  bool case_sensitive = false;  ///< the `env` context: Linux tells names by case

 private:
  std::variant<const Json*, Json> content_;
};

using Result = std::expected<Value, std::string>;

const Json null_value = nullptr;

Result evaluate_value(const Expression& expression, const Scope& scope);

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& letter : result) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return result;
}

Result literal_value(const Expression& expression) {
  if (expression.text == "NaN") return Value(Json(std::numeric_limits<double>::quiet_NaN()));
  if (expression.text == "Infinity") return Value(Json(std::numeric_limits<double>::infinity()));
  if (expression.text == "-Infinity") return Value(Json(-std::numeric_limits<double>::infinity()));
  Json value = parse_json(expression.text);
  if (value.is_discarded()) return std::unexpected(fmt::format("`{}` is not a value", expression.text));
  return Value(std::move(value));
}

Result context_value(const Expression& expression, const Scope& scope) {
  std::string name = lower_case(expression.text);
  const Json* found = scope.context(name);
  Value value(found != nullptr ? found : &null_value);
  value.case_sensitive = name == "env";
  return value;
}

Value array_item(const Value& array, const Json& key) {
  double index = std::floor(to_number(key));
  if (std::isnan(index) || index < 0 || index >= static_cast<double>(array.get().size())) return Value(&null_value);
  return array.part(array.get()[static_cast<std::size_t>(index)]);
}

Value member_of(const Value& object, const std::string& name) {
  const Json* found = find_member(object.get(), name, object.case_sensitive);
  return found != nullptr ? object.part(*found) : Value(&null_value);
}

/// `.p` or `[i]` behind a filter: of every item that has it.
Value map_over(const Value& filtered, const Json& key) {
  Json items = Json::array();
  for (const Json& item : filtered.get()) {
    if (item.is_object() && is_primitive(key)) {
      if (const Json* found = find_member(item, to_text(key))) items.push_back(*found);
    } else if (item.is_array()) {
      double index = std::floor(to_number(key));
      if (index >= 0 && index < static_cast<double>(item.size()))
        items.push_back(item[static_cast<std::size_t>(index)]);
    }
  }
  Value result(std::move(items));
  result.filtered = true;
  return result;
}

Value look_up(const Value& base, const Json& key) {
  if (base.filtered) return map_over(base, key);
  if (base.get().is_object() && is_primitive(key)) return member_of(base, to_text(key));
  if (base.get().is_array()) return array_item(base, key);
  return Value(&null_value);
}

Result lookup_value(const Expression& expression, const Scope& scope) {
  Json key = expression.text;
  if (expression.kind == Expression::Kind::index) {
    Result index = evaluate_value(expression.operands[1], scope);
    if (!index) return index;
    key = index->get();
  }
  const Expression& base = expression.operands[0];
  if (base.kind == Expression::Kind::context && key.is_string()) {
    const Json* found = scope.context_member(lower_case(base.text), key.get_ref<const std::string&>());
    if (found != nullptr) return Value(found);
  }
  Result value = evaluate_value(base, scope);
  if (!value) return value;
  return look_up(*value, key);
}

void append_items(Json& items, const Json& collection) {
  if (!collection.is_structured()) return;
  for (const Json& item : collection) items.push_back(item);
}

Result filter_value(const Expression& expression, const Scope& scope) {
  Result base = evaluate_value(expression.operands[0], scope);
  if (!base) return base;
  Json items = Json::array();
  if (base->filtered) {
    for (const Json& item : base->get()) append_items(items, item);
  } else {
    append_items(items, base->get());
  }
  Value result(std::move(items));
  result.filtered = true;
  return result;
}

/// Predicate, value, predicate, value, …, default: nothing behind the first true predicate is evaluated.
Result case_value(const Expression& expression, const Scope& scope) {
  const auto& operands = expression.operands;
  if (operands.size() % 2 == 0) {
    return std::unexpected("Even number of parameters supplied, requires an odd number of parameters: 'case'");
  }
  for (std::size_t i = 0; i + 1 < operands.size(); i += 2) {
    Result predicate = evaluate_value(operands[i], scope);
    if (!predicate) return predicate;
    if (!predicate->get().is_boolean()) return std::unexpected("case predicate must evaluate to a boolean value");
    if (predicate->get().get<bool>()) return evaluate_value(operands[i + 1], scope);
  }
  return evaluate_value(operands.back(), scope);
}

Result status_value(std::string_view name, std::span<const Json> arguments, const Scope& scope) {
  std::vector<std::string> stages;
  for (const Json& argument : arguments) stages.push_back(to_text(argument));
  StatusAnswers answers = scope.status(stages);
  if (name == "success") return Value(Json(answers.success));
  if (name == "failure") return Value(Json(answers.failure));
  if (name == "cancelled") return Value(Json(answers.cancelled));
  return Value(Json(true));
}

Result contains_value(const Expression& expression, const Scope& scope) {
  std::vector<Value> values;
  for (const Expression& operand : expression.operands) {
    Result value = evaluate_value(operand, scope);
    if (!value) return value;
    values.push_back(std::move(*value));
  }
  // Objects and arrays are equal only to themselves: here it is still known which is which.
  if (values.size() == 2 && values[0].get().is_array() && !is_primitive(values[1].get())) {
    const Json& item = values[1].get();
    return Value(Json(std::ranges::any_of(values[0].get(), [&](const Json& one) { return &one == &item; })));
  }
  std::vector<Json> arguments;
  for (const Value& value : values) arguments.push_back(value.get());
  auto result = call_function("contains", arguments, scope);
  if (!result) return std::unexpected(result.error());
  return Value(std::move(*result));
}

Result call_value(const Expression& expression, const Scope& scope) {
  std::string name = lower_case(expression.text);
  if (name == "case") return case_value(expression, scope);
  if (name == "contains") return contains_value(expression, scope);
  std::vector<Json> arguments;
  for (const Expression& operand : expression.operands) {
    Result argument = evaluate_value(operand, scope);
    if (!argument) return argument;
    arguments.push_back(argument->get());
  }
  if (name == "success" || name == "failure" || name == "cancelled" || name == "always") {
    return status_value(name, arguments, scope);
  }
  auto result = call_function(name, arguments, scope);
  if (!result) return std::unexpected(result.error());
  return Value(std::move(*result));
}

Result choice_value(const Expression& expression, const Scope& scope) {
  Result left = evaluate_value(expression.operands[0], scope);
  if (!left) return left;
  bool take_left = false;
  switch (expression.kind) {
    case Expression::Kind::both: take_left = !is_truthy(left->get()); break;
    case Expression::Kind::either: take_left = is_truthy(left->get()); break;
    default: take_left = !is_absent(left->get()); break;
  }
  if (take_left) return left;
  return evaluate_value(expression.operands[1], scope);
}

Result comparison_value(const Expression& expression, const Scope& scope) {
  Result left_value = evaluate_value(expression.operands[0], scope);
  if (!left_value) return left_value;
  Result right_value = evaluate_value(expression.operands[1], scope);
  if (!right_value) return right_value;
  const Json &left = left_value->get(), &right = right_value->get();
  bool equal = loosely_equal(left, right);
  switch (expression.kind) {
    case Expression::Kind::equal: return Value(Json(equal));
    case Expression::Kind::unequal: return Value(Json(!equal));
    case Expression::Kind::less: return Value(Json(loosely_less(left, right)));
    case Expression::Kind::less_equal: return Value(Json(equal || loosely_less(left, right)));
    case Expression::Kind::greater: return Value(Json(loosely_less(right, left)));
    default: return Value(Json(equal || loosely_less(right, left)));
  }
}

Result text_value(const Expression& expression, const Scope& scope) {
  std::string text;
  for (const Expression& operand : expression.operands) {
    Result part = evaluate_value(operand, scope);
    if (!part) return part;
    text += to_text(part->get());
  }
  return Value(Json(std::move(text)));
}

Result evaluate_value(const Expression& expression, const Scope& scope) {
  using Kind = Expression::Kind;
  switch (expression.kind) {
    case Kind::literal: return literal_value(expression);
    case Kind::context: return context_value(expression, scope);
    case Kind::member:
    case Kind::index: return lookup_value(expression, scope);
    case Kind::filter: return filter_value(expression, scope);
    case Kind::call: return call_value(expression, scope);
    case Kind::negation: {
      Result operand = evaluate_value(expression.operands[0], scope);
      if (!operand) return operand;
      return Value(Json(!is_truthy(operand->get())));
    }
    case Kind::both:
    case Kind::either:
    case Kind::fallback: return choice_value(expression, scope);
    case Kind::equal:
    case Kind::unequal:
    case Kind::less:
    case Kind::less_equal:
    case Kind::greater:
    case Kind::greater_equal: return comparison_value(expression, scope);
    case Kind::text: return text_value(expression, scope);
  }
  return std::unexpected("an expression of no kind");
}

}  // namespace

std::expected<Json, std::string> evaluate(const Expression& expression, const Scope& scope) {
  Result value = evaluate_value(expression, scope);
  if (!value) return std::unexpected(value.error());
  return value->get();
}

std::expected<std::string, std::string> evaluate_text(const Expression& expression, const Scope& scope) {
  Result value = evaluate_value(expression, scope);
  if (!value) return std::unexpected(value.error());
  return to_text(value->get());
}

std::expected<bool, std::string> evaluate_condition(const Expression& expression, const Scope& scope) {
  Result value = evaluate_value(expression, scope);
  if (!value) return std::unexpected(value.error());
  return is_truthy(value->get());
}

Expression literal(const Json& value) { return {Expression::Kind::literal, to_json_line(value), {}}; }

}  // namespace sluice::runtime

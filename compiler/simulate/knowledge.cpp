#include "simulate/knowledge.h"

#include <algorithm>

#include "runtime/expressions/values.h"

namespace sluice::simulate {
namespace {

using runtime::Expression;
using Kind = Expression::Kind;

constexpr std::string_view anything = "*";

class StatusScope final : public runtime::Scope {
 public:
  explicit StatusScope(const View& view) : view_(view) {}
  const Json* context(std::string_view) const override { return nullptr; }
  runtime::StatusAnswers status(std::span<const std::string> stages) const override { return view_.status(stages); }

 private:
  const View& view_;
};

bool is_open(const Json& object) { return object.is_object() && object.contains(anything); }

/// A member as expressions see it; what an open object does not show is unknown.
Json member_of(const Json& object, std::string_view name) {
  if (object.is_discarded()) return unknown();
  if (const Json* found = runtime::find_member(object, name)) return *found;
  return is_open(object) ? unknown() : Json();
}

bool is_place(const Expression& expression) {
  switch (expression.kind) {
    case Kind::context: return true;
    case Kind::member: return is_place(expression.operands[0]);
    case Kind::index: return is_place(expression.operands[0]) && expression.operands[1].kind == Kind::literal;
    default: return false;
  }
}

bool is_call(const Expression& expression, std::string_view name) {
  return expression.kind == Kind::call && runtime::same_text(expression.text, name);
}

}  // namespace

// With braces it would be a list of one number.
Json unknown() { return Json(Json::value_t::discarded); }

Json open_object() {
  Json object = Json::object();
  object[std::string(anything)] = unknown();
  return object;
}

bool has_unknown(const Json& value) {
  if (value.is_discarded()) return true;
  if (!value.is_structured()) return false;
  return std::ranges::any_of(value, [](const Json& part) { return has_unknown(part); });
}

bool Assumptions::assume(const std::string& condition) {
  auto before = std::ranges::find(made_, condition, &Choice::condition);
  if (before != made_.end()) return before->holds;
  bool holds = true;
  auto given = std::ranges::find(given_, condition, &Choice::condition);
  if (given != given_.end()) holds = given->holds;
  made_.push_back({condition, holds});
  return holds;
}

bool Assumptions::assume_equal(const std::string& place, const Json& value, const std::string& condition) {
  auto same = [&](const Json& other) { return runtime::loosely_equal(value, other); };
  auto limit = limits_.find(place);
  std::vector<Json>& excluded = excluded_[place];
  if (std::ranges::any_of(excluded, same)) return false;
  bool holds = true;
  if (limit != limits_.end()) {
    if (std::ranges::none_of(limit->second, same)) return false;
    bool other = std::ranges::any_of(limit->second, [&](const Json& one) {
      return !same(one) &&
             std::ranges::none_of(excluded, [&](const Json& no) { return runtime::loosely_equal(no, one); });
    });
    holds = !other || assume(condition);
  } else {
    holds = assume(condition);
  }
  if (holds)
    values_[place] = value;
  else
    excluded.push_back(value);
  return holds;
}

const Json* Assumptions::value_at(const std::string& place) const {
  auto found = values_.find(place);
  return found == values_.end() ? nullptr : &found->second;
}

std::optional<std::vector<Choice>> next_course(std::vector<Choice> made) {
  while (!made.empty() && !made.back().holds) made.pop_back();
  if (made.empty()) return std::nullopt;
  made.back().holds = false;
  return made;
}

Json Evaluator::delegate(const Expression& expression, std::vector<Json> operands) const {
  if (std::ranges::any_of(operands, has_unknown)) return unknown();
  Expression known{expression.kind, expression.text, {}};
  for (const Json& operand : operands) known.operands.push_back(runtime::literal(operand));
  auto value = runtime::evaluate(known, StatusScope(view_));
  return value ? *value : unknown();
}

Json Evaluator::value(const Expression& expression) const {
  switch (expression.kind) {
    case Kind::literal: return delegate(expression, {});
    case Kind::context:
    case Kind::member:
    case Kind::index: return place_value(expression);
    case Kind::filter: {
      auto parts = filtered(expression);
      return parts ? Json(*parts) : unknown();
    }
    case Kind::call: return call_value(expression);
    case Kind::both:
    case Kind::either: {
      Json left = value(expression.operands[0]);
      if (has_unknown(left)) return unknown();
      return runtime::is_truthy(left) == (expression.kind == Kind::both) ? value(expression.operands[1]) : left;
    }
    case Kind::fallback: {
      Json left = value(expression.operands[0]);
      if (left.is_discarded()) return left;
      return runtime::is_absent(left) ? value(expression.operands[1]) : left;
    }
    default: break;
  }
  std::vector<Json> operands;
  for (const Expression& operand : expression.operands) operands.push_back(value(operand));
  return delegate(expression, std::move(operands));
}

Json Evaluator::place_value(const Expression& expression) const {
  if (expression.kind == Kind::context) {
    const Json* context = view_.context(expression.text);
    return context ? *context : unknown();
  }
  if (auto parts = filtered(expression)) return Json(*parts);
  Json found;
  if (expression.kind == Kind::member && expression.operands[0].kind == Kind::context) {  // without a copy of it all
    const Json* context = view_.context(expression.operands[0].text);
    found = context ? member_of(*context, expression.text) : unknown();
  } else {
    Json base = value(expression.operands[0]);
    Json key = expression.kind == Kind::member ? Json(expression.text) : value(expression.operands[1]);
    if (base.is_discarded() || has_unknown(key))
      found = unknown();
    else if (key.is_string())
      found = member_of(base, key.get_ref<const std::string&>());
    else
      found = delegate(expression, {base, key});
  }
  if (!found.is_discarded()) return found;
  const Json* assumed = assumptions_.value_at(describe(expression));
  return assumed ? *assumed : found;
}

/// What `x.*` and what is read behind it gives, one by one; none: it is no filter, or not known.
std::optional<std::vector<Json>> Evaluator::filtered(const Expression& expression) const {
  if (expression.kind == Kind::filter) {
    std::vector<Json> parts;
    Json base = value(expression.operands[0]);
    if (base.is_discarded() || is_open(base)) return std::nullopt;
    if (base.is_structured())
      for (const Json& part : base) parts.push_back(part);
    return parts;
  }
  if (expression.kind != Kind::member) return std::nullopt;
  auto outer = filtered(expression.operands[0]);
  if (!outer) return std::nullopt;
  std::vector<Json> parts;
  for (const Json& part : *outer) {
    if (part.is_discarded() || is_open(part)) return std::nullopt;
    if (const Json* found = runtime::find_member(part, expression.text)) parts.push_back(*found);
  }
  return parts;
}

Json Evaluator::call_value(const Expression& expression) const {
  if (is_call(expression, "hashFiles")) return unknown();
  if (is_call(expression, "case")) {
    std::size_t i = 0;
    for (; i + 1 < expression.operands.size(); i += 2) {
      auto holds = truth(expression.operands[i]);
      if (!holds) return unknown();
      if (*holds) return value(expression.operands[i + 1]);
    }
    return i < expression.operands.size() ? value(expression.operands[i]) : Json();
  }
  std::vector<Json> arguments;
  for (const Expression& argument : expression.operands) arguments.push_back(value(argument));
  return delegate(expression, std::move(arguments));
}

std::optional<bool> Evaluator::truth(const Expression& expression) const {
  if (expression.kind == Kind::negation) {
    auto inner = truth(expression.operands[0]);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  if (expression.kind == Kind::both || expression.kind == Kind::either) {
    bool decisive = expression.kind == Kind::either;
    auto left = truth(expression.operands[0]), right = truth(expression.operands[1]);
    if (left == decisive || right == decisive) return decisive;
    return left && right ? std::optional(!decisive) : std::nullopt;
  }
  Json result = value(expression);
  return result.is_discarded() ? std::nullopt : std::optional(runtime::is_truthy(result));
}

bool Evaluator::decide(const Expression& expression) {
  if (auto known = truth(expression)) return *known;
  switch (expression.kind) {
    case Kind::negation: return !decide(expression.operands[0]);
    case Kind::both: return decide(expression.operands[0]) && decide(expression.operands[1]);
    case Kind::either: return decide(expression.operands[0]) || decide(expression.operands[1]);
    case Kind::equal: return decide_equal(expression);
    case Kind::unequal: return !decide_equal({Kind::equal, {}, expression.operands});
    default: break;
  }
  if (is_call(expression, "case")) return decide_case(expression);
  return assumptions_.assume(describe(expression));
}

bool Evaluator::decide_case(const Expression& expression) {
  std::size_t i = 0;
  for (; i + 1 < expression.operands.size(); i += 2)
    if (decide(expression.operands[i])) return decide(expression.operands[i + 1]);
  return i < expression.operands.size() && decide(expression.operands[i]);
}

bool Evaluator::decide_equal(const Expression& expression) {
  const std::string condition = describe(expression);
  for (std::size_t side = 0; side < 2; ++side) {
    const Expression& place = expression.operands[side];
    Json other = value(expression.operands[1 - side]);
    if (is_place(place) && !has_unknown(other)) return assumptions_.assume_equal(describe(place), other, condition);
  }
  return assumptions_.assume(condition);
}

}  // namespace sluice::simulate

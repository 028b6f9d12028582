#include "lower/value.h"

#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>
#include <cmath>

namespace sluice::lower {

bool Value::constant() const {
  switch (kind) {
    case Kind::null:
    case Kind::boolean:
    case Kind::number:
    case Kind::string:
    case Kind::duration:
    case Kind::percent:
    case Kind::size: return true;
    case Kind::list:
    case Kind::map: return std::all_of(items.begin(), items.end(), [](const Value& item) { return item.constant(); });
    case Kind::poison:
    case Kind::dynamic:
    case Kind::stage:
    case Kind::step:
    case Kind::artifact:
    case Kind::environment:
    case Kind::target: return false;
  }
  return false;
}

Value Value::null() {
  Value value;
  value.kind = Kind::null;
  return value;
}

Value Value::string(std::string text) {
  Value value;
  value.kind = Kind::string;
  value.text = std::move(text);
  return value;
}

Value Value::boolean(bool truth) {
  Value value;
  value.kind = Kind::boolean;
  value.number = truth;
  return value;
}

Value Value::of(graph::ExpressionId expression) {
  Value value;
  value.kind = Kind::dynamic;
  value.expression = expression;
  return value;
}

const Value* StepResult::find(std::string_view name) const {
  for (const auto& output : outputs)
    if (output.first == name) return &output.second;
  return nullptr;
}

std::string text_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::boolean: return value.number != 0 ? "true" : "false";
    case Value::Kind::number:
    case Value::Kind::duration:
    case Value::Kind::percent:
    case Value::Kind::size:
      return value.number == std::floor(value.number) ? fmt::format("{:.0f}", value.number)
                                                      : fmt::format("{:.15g}", value.number);
    case Value::Kind::string:
    case Value::Kind::stage:
    case Value::Kind::artifact:
    case Value::Kind::environment: return value.text;
    case Value::Kind::null:
    case Value::Kind::poison:
    case Value::Kind::list:
    case Value::Kind::map:
    case Value::Kind::dynamic:
    case Value::Kind::target:
    case Value::Kind::step: return "";
  }
  return "";
}

std::int64_t seconds_of(const Value& value) {
  constexpr double longest = 1e15;
  return static_cast<std::int64_t>(std::clamp(value.number + 0.5, 0.0, longest));
}

bool equal(const Value& left, const Value& right) {
  if (left.kind != right.kind) return false;
  if (left.kind == Value::Kind::string) return llvm::StringRef(left.text).equals_insensitive(right.text);
  if (left.kind != Value::Kind::list) return left.number == right.number;
  return std::equal(left.items.begin(), left.items.end(), right.items.begin(), right.items.end(), equal);
}

}  // namespace sluice::lower

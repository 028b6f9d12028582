#include "backends/github/constant.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace sluice::github {
namespace {

using Kind = Constant::Kind;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<double> decimal(std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// None for the strings whose number depends on more than digits.
std::optional<double> number_of(const Constant& constant) {
  switch (constant.kind) {
    case Kind::null: return 0;
    case Kind::boolean: return constant.text == "true" ? 1 : 0;
    case Kind::number: return decimal(constant.text);
    case Kind::string:
      if (constant.text.empty()) return 0;
      if (constant.text.find_first_not_of("0123456789.-") == std::string::npos) return decimal(constant.text);
      if (constant.text.find_first_of("0123456789iI") != std::string::npos) return std::nullopt;
      return std::numeric_limits<double>::quiet_NaN();
    case Kind::json: return std::nullopt;
  }
  return std::nullopt;
}

template <typename Value>
bool holds(Relation relation, const Value& left, const Value& right) {
  switch (relation) {
    case Relation::equal: return left == right;
    case Relation::unequal: return !(left == right);
    case Relation::less: return left < right;
    case Relation::less_equal: return left <= right;
    case Relation::greater: return left > right;
    case Relation::greater_equal: return left >= right;
  }
  return false;
}

std::string in_lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

Constant boolean(bool value) { return {Kind::boolean, value ? "true" : "false"}; }

std::optional<Constant> search(std::string_view function, const Constant& text, const Constant& part) {
  if (text.kind == Kind::json || part.kind == Kind::json || !is_ascii(text.text) || !is_ascii(part.text))
    return std::nullopt;
  std::string whole = in_lower_case(text.text);
  std::string sought = in_lower_case(part.text);
  if (same_ignoring_case(function, "contains")) return boolean(whole.find(sought) != std::string::npos);
  if (same_ignoring_case(function, "startsWith")) return boolean(whole.starts_with(sought));
  return boolean(whole.ends_with(sought));
}

/// None for a pattern that GitHub would refuse, so that GitHub says so.
std::optional<Constant> format(std::span<const Constant> arguments) {
  std::string_view pattern = arguments[0].text;
  std::string result;
  while (!pattern.empty()) {
    if (pattern.starts_with("{{") || pattern.starts_with("}}")) {
      result += pattern[0];
      pattern.remove_prefix(2);
    } else if (pattern[0] == '{') {
      std::size_t index = 0;
      auto [end, error] = std::from_chars(pattern.data() + 1, pattern.data() + pattern.size(), index);
      bool closed = error == std::errc() && end != pattern.data() + pattern.size() && *end == '}';
      if (!closed || index + 1 >= arguments.size() || arguments[index + 1].kind == Kind::json) return std::nullopt;
      result += arguments[index + 1].text;
      pattern.remove_prefix(static_cast<std::size_t>(end + 1 - pattern.data()));
    } else {
      if (pattern[0] == '}') return std::nullopt;
      result += pattern[0];
      pattern.remove_prefix(1);
    }
  }
  return Constant{Kind::string, std::move(result)};
}

}  // namespace

bool same_ignoring_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

bool is_true(const Constant& constant) {
  switch (constant.kind) {
    case Kind::null: return false;
    case Kind::boolean: return constant.text == "true";
    case Kind::number: {
      double value = decimal(constant.text).value_or(1);
      return value != 0 && !std::isnan(value);
    }
    case Kind::string: return !constant.text.empty();
    case Kind::json: return true;
  }
  return false;
}

std::optional<bool> compare(Relation relation, const Constant& left, const Constant& right) {
  if (left.kind == Kind::json || right.kind == Kind::json) return std::nullopt;
  if (left.kind == Kind::string && right.kind == Kind::string) {
    if (!is_ascii(left.text) || !is_ascii(right.text)) return std::nullopt;
    return holds(relation, in_lower_case(left.text), in_lower_case(right.text));
  }
  auto left_number = number_of(left);
  auto right_number = number_of(right);
  if (!left_number || !right_number) return std::nullopt;
  return holds(relation, *left_number, *right_number);
}

std::optional<Constant> call(std::string_view function, std::span<const Constant> arguments) {
  bool two = arguments.size() == 2;
  if (two && (same_ignoring_case(function, "contains") || same_ignoring_case(function, "startsWith") ||
              same_ignoring_case(function, "endsWith")))
    return search(function, arguments[0], arguments[1]);
  if (!arguments.empty() && arguments[0].kind == Kind::string && same_ignoring_case(function, "format"))
    return format(arguments);
  return std::nullopt;
}

void append_json_string(std::string_view text, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20)
      ((out += "\\u00") += digits[c >> 4 & 0xF]) += digits[c & 0xF];
    else
      out += c;
  }
  out += '"';
}

std::string to_json(const Constant& constant) {
  if (constant.kind == Kind::null) return "null";
  if (constant.kind != Kind::string) return constant.text;
  std::string json;
  append_json_string(constant.text, json);
  return json;
}

std::string to_expression(const Constant& constant) {
  if (constant.kind == Kind::null) return "null";
  if (constant.kind == Kind::boolean || constant.kind == Kind::number) return constant.text;
  std::string quoted = constant.kind == Kind::json ? "fromJSON('" : "'";
  for (char c : constant.text) quoted.append(c == '\'' ? 2 : 1, c);
  quoted += constant.kind == Kind::json ? "')" : "'";
  return quoted;
}

}  // namespace sluice::github

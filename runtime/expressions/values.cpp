#include "runtime/expressions/values.h"

#include <fmt/format.h>
#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace sluice::runtime {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

char upper(char letter) { return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter; }

double with_base(std::string_view digits, int base) {
  std::uint32_t number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return not_a_number;
  return static_cast<double>(static_cast<std::int32_t>(number));
}

double decimal(std::string_view text) {
  std::string_view unsigned_text = text;
  bool negative = text[0] == '-';
  if (negative || text[0] == '+') unsigned_text.remove_prefix(1);
  if (unsigned_text == "Infinity") return negative ? -HUGE_VAL : HUGE_VAL;
  if (unsigned_text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return not_a_number;
  double number = 0;
  auto [end, error] = std::from_chars(unsigned_text.data(), unsigned_text.data() + unsigned_text.size(), number);
  if (unsigned_text.empty() || end != unsigned_text.data() + unsigned_text.size()) return not_a_number;
  if (error == std::errc::invalid_argument) return not_a_number;
  return negative ? -number : number;
}

double text_to_number(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return 0;
  if (text.starts_with("0x")) return with_base(text.substr(2), 16);
  if (text.starts_with("0o")) return with_base(text.substr(2), 8);
  return decimal(text);
}

std::string number_to_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  if (number == 0) return "0";
  std::string text = fmt::format("{:.15g}", number);
  if (auto exponent = text.find('e'); exponent != std::string::npos) text[exponent] = 'E';
  return text;
}

/// Rank of a kind in a comparison: only numbers and texts stay what they are when kinds differ.
bool differ_in_kind(const Json& left, const Json& right) {
  if (left.is_number() && right.is_number()) return false;
  return left.type() != right.type();
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char letter) { return letter < 0x80; });
}

/// The character at the front of a text and how many bytes it has; a byte that begins none stands for itself.
std::pair<char32_t, std::size_t> first_character(std::string_view text) {
  auto lead = static_cast<unsigned char>(text[0]);
  std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
  if (length == 1 || text.size() < length) return {lead, 1};
  char32_t character = lead & (0xff >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) character = character << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
  return {character, length};
}

void append_character(std::string& out, char32_t character) {
  auto tail = [&](int shift) { out += static_cast<char>(0x80 | (character >> shift & 0x3f)); };
  if (character < 0x800) {
    out += static_cast<char>(0xc0 | character >> 6);
  } else if (character < 0x10000) {
    out += static_cast<char>(0xe0 | character >> 12);
    tail(6);
  } else {
    out += static_cast<char>(0xf0 | character >> 18);
    tail(12);
    tail(6);
  }
  tail(0);
}

std::string upper_case_unicode(std::string_view text) {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  std::string result;
  while (!text.empty()) {
    auto [character, length] = first_character(text);
    if (length == 1)
      result += upper(text[0]);
    else
      append_character(result, locale ? towupper_l(static_cast<wint_t>(character), locale) : character);
    text.remove_prefix(length);
  }
  return result;
}

}  // namespace

bool is_truthy(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return to_number(value) != 0 && !std::isnan(to_number(value));
  if (value.is_string()) return !value.get_ref<const std::string&>().empty();
  return !value.is_null();
}

bool is_absent(const Json& value) {
  return value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty());
}

bool is_primitive(const Json& value) { return !value.is_structured(); }

double to_number(const Json& value) {
  if (value.is_null()) return 0;
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return text_to_number(value.get_ref<const std::string&>());
  return not_a_number;
}

std::string to_text(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return number_to_text(value.get<double>());
  if (value.is_null()) return {};
  return value.is_array() ? "Array" : "Object";
}

bool loosely_equal(const Json& left, const Json& right) {
  if (differ_in_kind(left, right)) {
    if (!is_primitive(left) || !is_primitive(right)) return false;
    return to_number(left) == to_number(right);
  }
  if (left.is_null()) return true;
  if (left.is_boolean()) return left.get<bool>() == right.get<bool>();
  if (left.is_number()) return left.get<double>() == right.get<double>();
  if (left.is_string()) {
    return same_text(left.get_ref<const std::string&>(), right.get_ref<const std::string&>());
  }
  return &left == &right;
}

bool loosely_less(const Json& left, const Json& right) {
  if (!is_primitive(left) || !is_primitive(right)) return false;
  if (left.is_string() && right.is_string()) {
    return upper_case(left.get_ref<const std::string&>()) < upper_case(right.get_ref<const std::string&>());
  }
  if (left.is_null() && right.is_null()) return false;
  return to_number(left) < to_number(right);
}

bool same_text(std::string_view left, std::string_view right) {
  if (!is_ascii(left) || !is_ascii(right)) return upper_case(left) == upper_case(right);
  return std::ranges::equal(left, right, [](char a, char b) { return upper(a) == upper(b); });
}

std::string upper_case(std::string_view text) {
  if (!is_ascii(text)) return upper_case_unicode(text);
  std::string result(text);
  std::ranges::transform(result, result.begin(), upper);
  return result;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

const Json* find_member(const Json& object, std::string_view name, bool case_sensitive) {
  if (!object.is_object()) return nullptr;
  const auto& members = object.get_ref<const Json::object_t&>();
  for (const auto& [key, value] : members) {
    if (key == name) return &value;
  }
  if (case_sensitive) return nullptr;
  for (const auto& [key, value] : members) {
    if (same_text(key, name)) return &value;
  }
  return nullptr;
}

}  // namespace sluice::runtime

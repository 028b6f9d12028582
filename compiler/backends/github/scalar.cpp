#include "backends/github/scalar.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace sluice::github::yaml {
namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr std::string_view indicators = "-?:,[]{}#&*!|>'\"%@` ";
constexpr std::array<std::string_view, 11> words = {"null", "true", "false", "yes",  "no",  "on",
                                                    "off",  "y",    "n",     ".inf", ".nan"};

char32_t tail(std::string_view text, std::size_t length) {
  constexpr std::array<unsigned char, 5> masks = {0, 0, 0x1F, 0x0F, 0x07};
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (text.size() < length) return replacement;
  char32_t code = static_cast<unsigned char>(text[0]) & masks[length];
  for (std::size_t i = 1; i < length; ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return replacement;
    code = code << 6 | (byte & 0x3F);
  }
  bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < smallest[length] || code > 0x10FFFF || surrogate ? replacement : code;
}

/// The first character and how many bytes it takes; U+FFFD and 1 for a byte that begins none.
std::pair<char32_t, std::size_t> first_character(std::string_view text) {
  auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  bool encoded_replacement = text.starts_with("\xEF\xBF\xBD");
  if (lead < 0xC2 || lead > 0xF4) return {replacement, 1};
  char32_t code = tail(text, length);
  if (code == replacement && !encoded_replacement) return {replacement, 1};
  return {code, length};
}

/// Printable for YAML 1.1 and 1.2, and no line break for either.
bool printable(char32_t code, std::size_t bytes) {
  if (code < 0x20) return code == '\n' || code == '\t';
  if (code < 0x7F) return true;
  if (code < 0xA0 || code == 0x2028 || code == 0x2029 || code == 0xFEFF) return false;
  return code != 0xFFFE && code != 0xFFFF && (code != replacement || bytes == 3);
}

void append_escape(char32_t code, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  int width = code <= 0xFF ? 2 : code <= 0xFFFF ? 4 : 8;
  out += width == 2 ? "\\x" : width == 4 ? "\\u" : "\\U";
  for (int shift = 4 * (width - 1); shift >= 0; shift -= 4) out += digits[code >> shift & 0xF];
}

void append_double_quoted(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    auto [code, bytes] = first_character(text);
    if (code == '"' || code == '\\')
      (out += '\\') += static_cast<char>(code);
    else if (code == '\n')
      out += "\\n";
    else if (code == '\t')
      out += "\\t";
    else if (code == '\r')
      out += "\\r";
    else if (printable(code, bytes))
      out += text.substr(0, bytes);
    else
      append_escape(code, out);
    text.remove_prefix(bytes);
  }
  out += '"';
}

void append_single_quoted(std::string_view text, std::string& out) {
  out += '\'';
  for (char c : text) out.append(c == '\'' ? 2 : 1, c);
  out += '\'';
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Numbers of every base, sexagesimal ones, and dates are made of these; so are versions, which are quoted too.
bool numeric_looking(std::string_view text) {
  std::string_view unsigned_part = text.substr(text[0] == '+' || text[0] == '-' ? 1 : 0);
  if (unsigned_part.empty()) return false;
  // Some readers take even `e1` and `.` for numbers.
  bool exponent =
      (unsigned_part[0] == 'e' || unsigned_part[0] == 'E') && unsigned_part.size() > 1 && is_digit(unsigned_part[1]);
  if (!is_digit(unsigned_part[0]) && unsigned_part[0] != '.' && !exponent) return false;
  return std::ranges::all_of(unsigned_part, [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
           std::string_view("_.:+-xXoOtTzZ ").find(c) != std::string_view::npos;
  });
}

bool is_word(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char c, char l) { return (c >= 'A' && c <= 'Z' ? c + 32 : c) == l; });
}

bool one_line_printable(std::string_view text) {
  return is_printable(text) && text.find_first_of("\n\t") == std::string_view::npos;
}

}  // namespace

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    // Nearly all text is ASCII.
    auto byte = static_cast<unsigned char>(text[0]);
    if (byte >= 0x20 && byte < 0x7F) {
      text.remove_prefix(1);
      continue;
    }
    auto [code, bytes] = first_character(text);
    if (!printable(code, bytes)) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

bool resolves_to_other(std::string_view text) {
  constexpr std::size_t longest_word = 5;
  if (text.empty()) return true;
  if (text.size() <= longest_word) {
    if (text == "~" || text == "=" || text == "<<") return true;
    std::string_view unsigned_part = text.substr(text[0] == '+' || text[0] == '-' ? 1 : 0);
    for (std::string_view word : words)
      if (is_word(unsigned_part, word)) return true;
  }
  return numeric_looking(text);
}

bool is_plain(std::string_view text) {
  if (text.empty() || indicators.find(text.front()) != std::string_view::npos) return false;
  if (text.back() == ' ' || text.back() == ':') return false;
  bool ascii = true;
  char before = 0;
  for (char c : text) {
    if ((c == ' ' && before == ':') || (c == '#' && before == ' ')) return false;
    // Below the blank are the control characters, and, as signed numbers, all that is not ASCII.
    if (c < ' ' || c == 0x7F) {
      if (static_cast<unsigned char>(c) < 0x80) return false;
      ascii = false;
    }
    before = c;
  }
  return (ascii || is_printable(text)) && !resolves_to_other(text);
}

void append_scalar(std::string_view text, std::string& out) {
  if (is_plain(text)) {
    out += text;
  } else if (text.find_first_of("\"\\") != std::string_view::npos && one_line_printable(text)) {
    append_single_quoted(text, out);
  } else {
    append_double_quoted(text, out);
  }
}

std::optional<std::string_view> block_header(std::string_view text) {
  if (text.empty() || !is_printable(text)) return std::nullopt;
  std::size_t last = text.find_last_not_of('\n');
  if (last == std::string_view::npos) return std::nullopt;
  std::size_t newlines = text.size() - last - 1;
  // More than one would be `|+`, which takes in every blank line behind it: quoted instead. So is a last line of
  // blanks.
  if (newlines > 1) return std::nullopt;
  std::size_t last_line = text.find_last_of('\n', last) + 1;
  if (text.substr(last_line, last + 1 - last_line).find_first_not_of(" \t") == std::string_view::npos)
    return std::nullopt;
  // Without a digit a reader takes the indentation from the first line that is not empty.
  bool told = text[0] == ' ' || text[0] == '\t' || text[0] == '\n';
  if (newlines == 1) return told ? "|2" : "|";
  return told ? "|2-" : "|-";
}

}  // namespace sluice::github::yaml

#include "runtime/output/shown.h"

#include <algorithm>
#include <cstdint>

namespace sluice::runtime {
namespace {

constexpr char escape = '\x1b';
constexpr std::string_view colour_end = "\x1b[0m";

bool between(char letter, unsigned char first, unsigned char last) {
  auto byte = static_cast<unsigned char>(letter);
  return byte >= first && byte <= last;
}

/// How long the escape sequence is that `text` begins with; a text for the terminal that does not end is none.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return 1;
  if (text[1] == '[') {
    std::size_t end = 2;
    while (end < text.size() && between(text[end], 0x20, 0x3f)) ++end;
    return end < text.size() && between(text[end], 0x40, 0x7e) ? end + 1 : end;
  }
  if (std::string_view("]PX^_").find(text[1]) != std::string_view::npos) {
    std::size_t bell = text.find('\a', 2), terminator = text.find("\x1b\\", 2);
    if (bell == terminator) return 2;
    return bell < terminator ? bell + 1 : terminator + 2;
  }
  std::size_t end = 1;
  while (end < text.size() && between(text[end], 0x20, 0x2f)) ++end;
  return end < text.size() && between(text[end], 0x30, 0x7e) ? end + 1 : end;
}

bool is_colour(std::string_view sequence) {
  return sequence.size() > 2 && sequence[1] == '[' && sequence.back() == 'm' &&
         sequence.substr(2).find_first_not_of("0123456789;:") == sequence.size() - 3;
}

/// How many bytes the character has that `text` begins with; 0 where they are no UTF-8.
std::size_t character_length(std::string_view text) {
  auto first = static_cast<unsigned char>(text[0]);
  std::size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!between(text[i], 0x80, 0xbf)) return 0;
  }
  bool wrong = (first == 0xe0 && between(text[1], 0x80, 0x9f)) || (first == 0xed && between(text[1], 0xa0, 0xbf)) ||
               (first == 0xf0 && between(text[1], 0x80, 0x8f)) || (first == 0xf4 && between(text[1], 0x90, 0xbf));
  return wrong ? 0 : length;
}

/// Adds the character that `text` begins with, if it may be shown, and takes it off.
void take_character(std::string_view& text, std::string& out) {
  std::size_t length = character_length(text);
  if (length == 0)
    out += "\xef\xbf\xbd";
  else if (text[0] == '\n')
    out += ' ';
  else if (length == 1 ? text[0] == '\t' || between(text[0], 0x20, 0x7e)
                       : text[0] != '\xc2' || between(text[1], 0xa0, 0xbf))
    out += text.substr(0, length);
  text.remove_prefix(std::max<std::size_t>(1, length));
}

}  // namespace

bool is_plain(std::string_view text) {
  constexpr std::size_t round = 64;  // of a fixed length, so that it becomes vector instructions
  auto is_odd = [](char letter) {
    auto byte = static_cast<signed char>(letter);  // from 0x80 on negative
    return static_cast<int>(byte < 0x20 && byte != '\n' && byte != '\t') | static_cast<int>(byte == 0x7f);
  };
  for (; text.size() >= round; text.remove_prefix(round)) {
    int odd = 0;
    for (std::size_t i = 0; i < round; ++i) odd |= is_odd(text[i]);
    if (odd != 0) return false;
  }
  return std::ranges::none_of(text, is_odd);
}

void append_shown(std::string_view line, bool colour, std::string& out) {
  if (is_plain(line) && line.find('\n') == std::string_view::npos) {
    out += line;
    return;
  }
  while (line.ends_with('\r')) line.remove_suffix(1);
  if (std::size_t back = line.rfind('\r'); back != std::string_view::npos) line.remove_prefix(back + 1);
  bool painted = false;
  while (!line.empty()) {
    if (line[0] != escape) {
      take_character(line, out);
      continue;
    }
    std::size_t length = escape_length(line);
    if (colour && is_colour(line.substr(0, length))) {
      out += line.substr(0, length);
      painted = true;
    }
    line.remove_prefix(length);
  }
  if (painted) out += colour_end;
}

std::string shown(std::string_view line, bool colour) {
  std::string out;
  append_shown(line, colour, out);
  return out;
}

std::string fitted(std::string_view line, std::size_t columns) {
  std::string out;
  std::size_t used = 0;
  bool painted = false;
  while (!line.empty()) {
    bool is_escape = line[0] == escape;
    std::size_t length = is_escape ? escape_length(line) : std::max<std::size_t>(1, character_length(line));
    if (!is_escape && ++used > columns) break;
    painted = painted || is_escape;
    out += line[0] == '\t' ? std::string_view(" ") : line.substr(0, length);
    line.remove_prefix(length);
  }
  if (painted) out += colour_end;
  return out;
}

}  // namespace sluice::runtime

#include "runtime/engine/command_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

/// The next line, without its end, taken off the front; whether it had an end.
std::string_view next_line(std::string_view& text, bool* ended = nullptr) {
  std::size_t end = text.find('\n');
  if (ended != nullptr) *ended = end != std::string_view::npos;
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

std::expected<std::string, std::string> read_until(std::string_view delimiter, std::string_view& text) {
  std::string value;
  for (bool first = true, ended = true; !text.empty(); first = false) {
    std::string_view line = next_line(text, &ended);
    if (line == delimiter) return value;
    if (!ended) return std::unexpected(fmt::format("no line of its own ends it with `{}`", delimiter));
    if (!first) value += '\n';
    value += line;
  }
  return std::unexpected(fmt::format("the delimiter `{}` has no matching end", delimiter));
}

struct Escape {
  std::string_view code;
  char letter;
};

constexpr Escape text_escapes[] = {{"%25", '%'}, {"%0D", '\r'}, {"%0A", '\n'}};
constexpr Escape property_escapes[] = {{"%25", '%'}, {"%0D", '\r'}, {"%0A", '\n'}, {"%3A", ':'}, {"%2C", ','}};
constexpr Escape old_escapes[] = {{"%25", '%'}, {"%0D", '\r'}, {"%0A", '\n'}, {"%3B", ';'}, {"%5D", ']'}};

std::string unescaped(std::string_view text, std::span<const Escape> escapes) {
  std::string result;
  while (!text.empty()) {
    auto escape = std::ranges::find_if(escapes, [&](const Escape& one) { return text.starts_with(one.code); });
    bool plain = escape == escapes.end();
    result += plain ? text[0] : escape->letter;
    text.remove_prefix(plain ? 1 : escape->code.size());
  }
  return result;
}

/// `key=value` one after the other. A key or a value that is empty makes the pair none; blanks are a part of both.
Assignments parse_properties(std::string_view text, char separator, std::span<const Escape> escapes) {
  Assignments properties;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(separator), text.size());
    std::string_view pair = text.substr(0, end);
    pair.remove_prefix(std::min(pair.find_first_not_of('='), pair.size()));
    std::size_t equals = std::min(pair.find('='), pair.size());
    std::string_view value = pair.substr(equals);
    value.remove_prefix(std::min(value.find_first_not_of('='), value.size()));
    if (!value.empty()) properties.emplace_back(pair.substr(0, equals), unescaped(value, escapes));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return properties;
}

Outcome take_line(std::string_view line, std::string_view& rest, Assignments& into) {
  std::size_t equals = line.find('='), heredoc = line.find("<<");
  std::size_t mark = std::min(equals, heredoc);
  if (mark == std::string_view::npos) return std::unexpected(fmt::format("invalid format `{}`", line));
  std::string name(line.substr(0, mark));
  if (name.empty()) return std::unexpected(fmt::format("invalid format `{}`: the name is empty", line));
  if (equals < heredoc) {
    into.emplace_back(std::move(name), line.substr(equals + 1));
    return {};
  }
  std::string_view delimiter = line.substr(heredoc + 2);
  if (delimiter.empty()) return std::unexpected(fmt::format("invalid format `{}`: the delimiter is empty", line));
  auto value = read_until(delimiter, rest);
  if (!value) return std::unexpected(fmt::format("invalid value of `{}`: {}", name, value.error()));
  into.emplace_back(std::move(name), std::move(*value));
  return {};
}

/// The mark that some programs put before UTF-8 is no part of the text. A zero byte, which every UTF-16 text has,
/// cannot stand in a variable.
Outcome take_marks(std::string_view& text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (text.find('\0') == std::string_view::npos) return {};
  return std::unexpected(std::string("it holds a zero byte; write it in UTF-8"));
}

}  // namespace

Outcome take_assignments(std::string_view text, Assignments& into) {
  if (Outcome marks = take_marks(text); !marks) return marks;
  while (!text.empty()) {
    std::string_view line = next_line(text);
    if (line.empty()) continue;
    if (Outcome taken = take_line(line, text, into); !taken) return taken;
  }
  return {};
}

std::expected<Assignments, std::string> parse_assignments(std::string_view text) {
  Assignments assignments;
  if (Outcome taken = take_assignments(text, assignments); !taken) return std::unexpected(taken.error());
  return assignments;
}

std::vector<std::string> parse_path_lines(std::string_view text) {
  std::vector<std::string> folders;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    std::string_view line = next_line(text);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) folders.emplace_back(line);
  }
  return folders;
}

std::string WorkflowCommand::property(std::string_view property_name) const {
  std::string last;
  for (const auto& [key, value] : properties) {
    if (same_text(key, property_name)) last = value;
  }
  return last;
}

std::optional<WorkflowCommand> parse_workflow_command(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t\r\v\f"), line.size()));
  bool old_form = line.starts_with("##[");
  if (!old_form && !line.starts_with("::")) return std::nullopt;
  std::size_t begin = old_form ? 3 : 2;
  std::size_t end = line.find(old_form ? "]" : "::", begin);
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view head = line.substr(begin, end - begin);
  std::size_t blank = std::min(head.find(' '), head.size());
  std::string_view given = head.substr(std::min(blank + 1, head.size()));
  std::string_view text = line.substr(end + (old_form ? 1 : 2));
  WorkflowCommand command;
  for (char letter : head.substr(0, blank)) {
    command.name += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  if (command.name.empty()) return std::nullopt;
  command.properties =
      old_form ? parse_properties(given, ';', old_escapes) : parse_properties(trimmed(given), ',', property_escapes);
  command.text = old_form ? unescaped(text, old_escapes) : unescaped(text, text_escapes);
  return command;
}

}  // namespace sluice::runtime

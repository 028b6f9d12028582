#include "runtime/engine/command_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

/// The next line, without its end, taken off the front.
std::string_view next_line(std::string_view& text) {
  std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::expected<std::string, std::string> read_until(std::string_view delimiter, std::string_view& text) {
  std::string value;
  bool first = true;
  while (!text.empty()) {
    std::string_view line = next_line(text);
    if (line == delimiter) return value;
    if (!first) value += '\n';
    first = false;
    value += line;
  }
  return std::unexpected(fmt::format("the delimiter `{}` has no matching end", delimiter));
}

struct Escape {
  std::string_view code;
  char letter;
  bool only_in_properties;
};

constexpr Escape escapes[] = {
    {"%25", '%', false}, {"%0D", '\r', false}, {"%0A", '\n', false}, {"%3A", ':', true}, {"%2C", ',', true}};

std::string unescaped(std::string_view text, bool property) {
  std::string result;
  while (!text.empty()) {
    auto escape = std::ranges::find_if(escapes, [&](const Escape& candidate) {
      return text.starts_with(candidate.code) && (property || !candidate.only_in_properties);
    });
    bool plain = escape == std::end(escapes);
    result += plain ? text[0] : escape->letter;
    text.remove_prefix(plain ? 1 : escape->code.size());
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> parse_properties(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> properties;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(','), text.size());
    std::string_view property = text.substr(0, end);
    if (std::size_t equals = property.find('='); equals != std::string_view::npos) {
      properties.emplace_back(trimmed(property.substr(0, equals)), unescaped(property.substr(equals + 1), true));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return properties;
}

}  // namespace

std::expected<std::vector<std::pair<std::string, std::string>>, std::string> parse_assignments(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> assignments;
  while (!text.empty()) {
    std::string_view line = next_line(text);
    if (line.empty()) continue;
    std::size_t equals = line.find('='), heredoc = line.find("<<");
    std::size_t mark = std::min(equals, heredoc);
    if (mark == std::string_view::npos) return std::unexpected(fmt::format("invalid format `{}`", line));
    std::string name(line.substr(0, mark));
    if (name.empty()) return std::unexpected(fmt::format("invalid format `{}`: the name is empty", line));
    if (equals < heredoc) {
      assignments.emplace_back(std::move(name), line.substr(equals + 1));
      continue;
    }
    std::string_view delimiter = line.substr(heredoc + 2);
    if (delimiter.empty()) return std::unexpected(fmt::format("invalid format `{}`: the delimiter is empty", line));
    auto value = read_until(delimiter, text);
    if (!value) return std::unexpected(fmt::format("invalid value of `{}`: {}", name, value.error()));
    assignments.emplace_back(std::move(name), std::move(*value));
  }
  return assignments;
}

std::vector<std::string> parse_path_lines(std::string_view text) {
  std::vector<std::string> folders;
  while (!text.empty()) {
    if (std::string_view line = next_line(text); !line.empty()) folders.emplace_back(line);
  }
  return folders;
}

std::string WorkflowCommand::property(std::string_view property_name) const {
  for (const auto& [key, value] : properties) {
    if (key == property_name) return value;
  }
  return {};
}

std::optional<WorkflowCommand> parse_workflow_command(std::string_view line) {
  line = trimmed(line);
  bool old_form = line.starts_with("##[");
  if (!old_form && !line.starts_with("::")) return std::nullopt;
  std::size_t begin = old_form ? 3 : 2;
  std::size_t end = line.find(old_form ? "]" : "::", begin);
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view head = line.substr(begin, end - begin);
  std::size_t blank = std::min(head.find(' '), head.size());
  WorkflowCommand command;
  command.name = head.substr(0, blank);
  if (command.name.empty()) return std::nullopt;
  command.properties = parse_properties(head.substr(blank));
  command.text = unescaped(line.substr(end + (old_form ? 1 : 2)), false);
  return command;
}

}  // namespace sluice::runtime

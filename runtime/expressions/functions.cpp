#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "runtime/expressions/evaluate.h"
#include "runtime/expressions/glob.h"
#include "runtime/expressions/matrix.h"
#include "runtime/expressions/values.h"
#include "runtime/system/sha256.h"

namespace sluice::runtime {
namespace {

using Arguments = std::span<const Json>;
using Result = std::expected<Json, std::string>;

Result contains(Arguments arguments, const Scope&) {
  const Json &searched = arguments[0], &item = arguments[1];
  if (searched.is_array()) {
    return std::ranges::any_of(searched, [&](const Json& element) { return loosely_equal(element, item); });
  }
  if (!is_primitive(searched) || !is_primitive(item)) return false;
  return upper_case(to_text(searched)).find(upper_case(to_text(item))) != std::string::npos;
}

Result starts_with(Arguments arguments, const Scope&) {
  if (!is_primitive(arguments[0]) || !is_primitive(arguments[1])) return false;
  return upper_case(to_text(arguments[0])).starts_with(upper_case(to_text(arguments[1])));
}

Result ends_with(Arguments arguments, const Scope&) {
  if (!is_primitive(arguments[0]) || !is_primitive(arguments[1])) return false;
  return upper_case(to_text(arguments[0])).ends_with(upper_case(to_text(arguments[1])));
}

/// The number between braces that begin at `position`; moves it behind the closing one.
std::expected<std::size_t, std::string> placeholder(std::string_view pattern, std::size_t& position) {
  std::size_t index = 0;
  const char* begin = pattern.data() + position + 1;
  auto [end, error] = std::from_chars(begin, pattern.data() + pattern.size(), index);
  if (error != std::errc() || end == pattern.data() + pattern.size() || *end != '}') {
    return std::unexpected(fmt::format("The following format string is invalid: {}", pattern));
  }
  position = static_cast<std::size_t>(end - pattern.data()) + 1;
  return index;
}

Result format_text(Arguments arguments, const Scope&) {
  std::string pattern = to_text(arguments[0]), out;
  for (std::size_t i = 0; i < pattern.size();) {
    char letter = pattern[i];
    bool doubled = i + 1 < pattern.size() && pattern[i + 1] == letter;
    if ((letter != '{' && letter != '}') || doubled) {
      out += letter;
      i += letter == '{' || letter == '}' ? 2 : 1;
      continue;
    }
    if (letter == '}') return std::unexpected(fmt::format("The following format string is invalid: {}", pattern));
    auto index = placeholder(pattern, i);
    if (!index) return std::unexpected(index.error());
    if (*index + 1 >= arguments.size()) {
      return std::unexpected(
          fmt::format("The following format string references more arguments than were supplied: {}", pattern));
    }
    out += to_text(arguments[*index + 1]);
  }
  return out;
}

Result join(Arguments arguments, const Scope&) {
  const Json& items = arguments[0];
  if (is_primitive(items)) return to_text(items);
  if (!items.is_array()) return "";
  std::string separator = ",", out;
  if (arguments.size() > 1 && is_primitive(arguments[1])) separator = to_text(arguments[1]);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += separator;
    out += to_text(items[i]);
  }
  return out;
}

Result to_json(Arguments arguments, const Scope&) { return to_json_text(arguments[0]); }

Result from_json(Arguments arguments, const Scope&) {
  std::string text = to_text(arguments[0]);
  if (trimmed(text).empty()) return std::unexpected("fromJSON: the text is empty, so it is no JSON");
  Json value = parse_json(text);
  if (value.is_discarded()) {
    return std::unexpected(fmt::format("fromJSON: this is no JSON: {}", text.substr(0, 200)));
  }
  return value;
}

Result hash_files(Arguments arguments, const Scope& scope) {
  if (scope.workspace().empty()) return std::unexpected("hashFiles is known only inside steps");
  std::vector<std::string> patterns;
  for (const Json& argument : arguments) {
    std::string text = to_text(argument);
    if (text != "--follow-symbolic-links") std::ranges::move(pattern_lines(text), std::back_inserter(patterns));
  }
  Sha256 all;
  bool any = false;
  auto files = find_files(scope.workspace(), patterns, HiddenFiles::included);
  put_in_search_order(files, patterns);
  for (const std::filesystem::path& file : files) {
    auto digest = hash_file(scope.workspace() / file);
    if (!digest) return std::unexpected(fmt::format("hashFiles: {}", digest.error()));
    all.add({reinterpret_cast<const char*>(digest->data()), digest->size()});
    any = true;
  }
  return any ? hexadecimal(all.finish()) : std::string();
}

/// Not a function of GitHub's: what the local back end makes of a matrix that is not known before the run.
Result matrix_legs(Arguments arguments, const Scope&) { return named_legs(arguments[0], arguments[1], arguments[2]); }

struct Function {
  std::string_view name;
  std::size_t least, most;
  Result (*call)(Arguments, const Scope&);
};

constexpr Function functions[] = {
    {"contains", 2, 2, contains},
    {"startswith", 2, 2, starts_with},
    {"endswith", 2, 2, ends_with},
    {"format", 1, 255, format_text},
    {"join", 1, 2, join},
    {"tojson", 1, 1, to_json},
    {"fromjson", 1, 1, from_json},
    {"hashfiles", 1, 255, hash_files},
    {"matrix-legs", 3, 3, matrix_legs},
};

}  // namespace

std::expected<Json, std::string> call_function(std::string_view name, std::span<const Json> arguments,
                                               const Scope& scope) {
  for (const Function& function : functions) {
    if (function.name != name) continue;
    if (arguments.size() < function.least) return std::unexpected(fmt::format("Too few parameters supplied: {}", name));
    if (arguments.size() > function.most) return std::unexpected(fmt::format("Too many parameters supplied: {}", name));
    return function.call(arguments, scope);
  }
  return std::unexpected(fmt::format("there is no function `{}`", name));
}

}  // namespace sluice::runtime

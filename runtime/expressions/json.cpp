#include "runtime/expressions/json.h"

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

void break_line(std::string& out, int level) {
  if (level < 0) return;
  out += '\n';
  out.append(static_cast<std::size_t>(level) * 2, ' ');
}

std::string quoted(const std::string& text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }

/// `level` is the depth of the value, negative for one line.
void append(std::string& out, const Json& value, int level) {
  if (value.is_string()) {
    out += quoted(value.get_ref<const std::string&>());
  } else if (is_primitive(value)) {
    out += value.is_null() ? "null" : to_text(value);
  } else if (value.empty()) {
    out += value.is_array() ? "[]" : "{}";
  } else {
    int inner = level < 0 ? level : level + 1;
    out += value.is_array() ? '[' : '{';
    bool first = true;
    for (const auto& [key, item] : value.items()) {
      if (!first) out += ',';
      first = false;
      break_line(out, inner);
      if (value.is_object()) out += quoted(key) + (level < 0 ? ":" : ": ");
      append(out, item, inner);
    }
    break_line(out, level);
    out += value.is_array() ? ']' : '}';
  }
}

}  // namespace

std::string to_json_text(const Json& value) {
  std::string out;
  append(out, value, 0);
  return out;
}

std::string to_json_line(const Json& value) {
  std::string out;
  append(out, value, -1);
  return out;
}

Json parse_json(std::string_view text) { return Json::parse(text, nullptr, false, true); }

}  // namespace sluice::runtime

#pragma once
#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

#include "graph/graph.h"

/// Private to `write_json`.
namespace sluice::graph {

void append_json(std::string& out, std::string_view text);       ///< as a quoted string
void append_json(std::string& out, const Graph&, ExpressionId);  ///< as a tree, on one line

/// Lays out objects and arrays, a member a line. Members are written by `name`, and then a value or an opening.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
    first_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!first_) line();
    out_ += bracket;
    first_ = false;
  }
  void name(std::string_view key) {
    element();
    append_json(out_, key);
    out_ += ": ";
  }
  void element() {
    if (!first_) out_ += ',';
    line();
    first_ = false;
  }

  void string(std::string_view key, std::string_view value) {
    if (!value.empty()) name(key), append_json(out_, value);
  }
  void number(std::string_view key, std::int64_t value) {
    name(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  /// Written only where it holds.
  void flag(std::string_view key, bool value) {
    if (value) name(key), out_ += "true";
  }
  template <class Strings>
  void strings(std::string_view key, const Strings& values) {
    if (values.empty()) return;
    name(key);
    inline_strings(values);
  }
  template <class Strings>
  void inline_strings(const Strings& values) {
    std::string_view separator = "[";
    for (const auto& value : values) {
      out_ += separator, append_json(out_, value);
      separator = ", ";
    }
    out_ += ']';
  }
  /// An array of objects; `write` writes the members of one.
  template <class Items, class Write>
  void objects(std::string_view key, const Items& items, Write write) {
    if (items.empty()) return;
    name(key), open('[');
    for (const auto& item : items) element(), open('{'), write(item), close('}');
    close(']');
  }
  std::string& out() { return out_; }

 private:
  void line() {
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  std::string& out_;
  std::size_t depth_ = 0;
  bool first_ = true;
};

}  // namespace sluice::graph

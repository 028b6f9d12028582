#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::github::yaml {

/// A value on one line: a string, quoted where it must be, or a text that stands for itself (`true`, `5`).
struct Scalar {
  std::string text;
  bool bare = false;
};

/// Writes YAML block by block at the end of a string, in the order of the calls, with comments. Inside an item of a
/// list the first entry stands behind the dash.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void blank() { out_ += '\n'; }
  void comment(std::string_view text);  ///< every line of it behind a `#`

  void open(std::string_view key);  ///< what follows is the value of `key`, until `close`
  void close() { indentation_ -= 2; }
  void begin_item();  ///< what follows is one item, until `end_item`
  void end_item() { indentation_ -= 2; }

  void entry(std::string_view key, const Scalar& value, std::string_view comment = {});
  void text(std::string_view key, std::string_view value, std::string_view comment = {});
  void bare(std::string_view key, std::string_view value, std::string_view comment = {});
  void number(std::string_view key, std::int64_t value);
  void nothing(std::string_view key);                                     ///< `key:`
  void script(std::string_view key, std::string_view value);              ///< in lines wherever quotes would be needed
  void folded(std::string_view key, std::span<const std::string> lines);  ///< read as one line, joined by blanks
  /// `[a, b]` where it fits the line, else one item a line.
  void list(std::string_view key, std::span<const Scalar> values);
  void item(const Scalar& value);

  std::size_t depth() const { return deepest_ / 2 + 1; }  ///< levels of lists and maps, the whole file among them
  std::size_t nodes() const { return nodes_; }            ///< as GitHub counts them: keys, scalars, lists and maps

 private:
  void go_deeper();
  void begin_line();
  void key(std::string_view name);
  void scalar(const Scalar& value);
  void end_line(std::string_view comment);
  void block(std::string_view header, std::string_view text);

  std::string& out_;
  std::size_t indentation_ = 0;
  std::size_t deepest_ = 0;
  std::size_t nodes_ = 1;
  bool dash_ = false;
};

/// Whether every one of the lines keeps its form in a folded scalar.
bool can_fold(std::span<const std::string> lines);

}  // namespace sluice::github::yaml

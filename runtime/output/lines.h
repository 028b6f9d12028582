#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/output/secrets.h"

namespace sluice::runtime {

/// Makes masked lines of what a process writes, in chunks as they come. A line longer than `longest_line` is handed on
/// in parts, so memory stays bounded; no secret is missed because it spans two chunks or parts.
class LineReader {
 public:
  static constexpr std::size_t longest_line = std::size_t{64} << 10;

  struct Sink {
    /// Masked whole lines, each with its newline; the last may lack it where a long line goes on.
    std::function<void(std::string_view block)> lines;
    /// A whole line, unmasked, that may be a workflow command. Nothing: it is none. Else what is shown in its place,
    /// with its newline, or the empty text.
    std::function<std::optional<std::string>(std::string_view line)> command;
  };

  LineReader(const Secrets& secrets, Sink sink) : secrets_(secrets), sink_(std::move(sink)) {}

  void add(std::string_view chunk);
  void finish();  ///< what is left becomes a line

 private:
  void take_lines(std::string_view lines);
  void emit(std::string_view lines);
  void relieve();

  const Secrets& secrets_;
  Sink sink_;
  std::string rest_;  ///< the line that has not ended yet
  std::string masked_;
  std::size_t hidden_ = 0;    ///< how much of `rest_`'s beginning belongs to a secret that was shown as `***` already
  bool inside_line_ = false;  ///< a part of the line in `rest_` was handed on already
};

}  // namespace sluice::runtime

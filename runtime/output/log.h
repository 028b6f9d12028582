#pragma once
#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/system/files.h"

namespace sluice::runtime {

/// The log of one step or service: every line with the time it was read, in UTC: `2026-11-23T06:30:01.123Z text`.
/// Escape sequences stay as they came. Where a group begins and ends and what was an annotation is marked as in
/// GitHub's own logs: `##[group]title`, `##[endgroup]`, `##[error]text`, `##[warning]text`, `##[notice]text`.
class Log {
 public:
  explicit Log(std::filesystem::path file) : path_(std::move(file)) {}

  /// Lines, masked already; the last may lack its newline where a long line goes on. The file, and the folder that it
  /// lies in, is made with the first of them: a step that prints nothing costs no file.
  Outcome add(std::string_view block);

  /// Empty until something was written.
  const std::filesystem::path& file() const { return file_; }

 private:
  Outcome open();

  std::filesystem::path path_, file_;
  Descriptor descriptor_;
  bool at_line_start_ = true;
};

constexpr std::size_t stamp_length = sizeof "2026-11-23T06:30:01.123Z " - 1;

/// Now, in UTC, with a blank behind it. The day and the second are worked out anew only when they change.
class Stamp {
 public:
  std::string_view now();

 private:
  char text_[stamp_length + 1] = {};
  std::time_t second_ = -1;
};

/// Where the text of a line of a log begins; 0 where it has no time.
std::size_t stamp_end(std::string_view line);

/// What a line of a log begins with, without its time: `group`, `endgroup`, `error`, `warning`, `notice`, or nothing.
std::string_view mark_of(std::string_view text);

/// A line as a person reads it: `error: text` for `##[error]text`, the title alone of a group.
std::string without_mark(std::string_view text);

/// The last lines of a log, without their times.
std::vector<std::string> last_log_lines(const std::filesystem::path& file, std::size_t count);

}  // namespace sluice::runtime

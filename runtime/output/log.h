#pragma once
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/system/files.h"

namespace sluice::runtime {

/// The log of one step or service: every line with the time it was read, in UTC: `2026-11-23T06:30:01.123Z text`.
class Log {
 public:
  static std::expected<Log, std::string> open(const std::filesystem::path& file);

  /// Lines, masked already; the last may lack its newline where a long line goes on.
  Outcome add(std::string_view block);

  const std::filesystem::path& file() const { return file_; }

 private:
  Log(std::filesystem::path file, Descriptor descriptor) : file_(std::move(file)), descriptor_(std::move(descriptor)) {}

  std::filesystem::path file_;
  Descriptor descriptor_;
  std::string buffer_;
  bool at_line_start_ = true;
};

/// The last lines of a log, without their times.
std::vector<std::string> last_log_lines(const std::filesystem::path& file, std::size_t count);

}  // namespace sluice::runtime

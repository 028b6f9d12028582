#include "runtime/output/log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <time.h>

#include <cerrno>
#include <cstring>

namespace sluice::runtime {
namespace {

constexpr std::size_t stamp_length = sizeof "2026-11-23T06:30:01.123Z " - 1;

std::string stamp() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts{};
  gmtime_r(&now.tv_sec, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z ", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, now.tv_nsec / 1'000'000);
}

}  // namespace

std::expected<Log, std::string> Log::open(const std::filesystem::path& file) {
  Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!descriptor) return system_error("write the log", file);
  return Log(file, std::move(descriptor));
}

Outcome Log::add(std::string_view block) {
  buffer_.clear();
  std::string time = stamp();
  while (!block.empty()) {
    std::size_t newline = block.find('\n');
    std::size_t end = newline == std::string_view::npos ? block.size() : newline + 1;
    if (at_line_start_) buffer_ += time;
    buffer_ += block.substr(0, end);
    at_line_start_ = newline != std::string_view::npos;
    block.remove_prefix(end);
  }
  if (Outcome written = write_all(descriptor_.get(), buffer_); !written) {
    return std::unexpected(fmt::format("cannot write the log `{}`: {}", file_.string(), written.error()));
  }
  return {};
}

std::vector<std::string> last_log_lines(const std::filesystem::path& file, std::size_t count) {
  std::vector<std::string> lines = last_lines(file, count);
  for (std::string& line : lines) {
    if (line.size() >= stamp_length && line[stamp_length - 2] == 'Z') line.erase(0, stamp_length);
    if (line.ends_with('\r')) line.pop_back();
  }
  return lines;
}

}  // namespace sluice::runtime

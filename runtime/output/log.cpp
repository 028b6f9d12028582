#include "runtime/output/log.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace sluice::runtime {
namespace {

/// What is written is put together here; one for all logs, as one thread writes them all.
class Writer {
 public:
  explicit Writer(int descriptor) : descriptor_(descriptor) {}

  void add(std::string_view text) {
    while (!text.empty()) {
      if (used_ == buffer.size()) flush();
      std::size_t count = std::min(text.size(), buffer.size() - used_);
      std::memcpy(buffer.data() + used_, text.data(), count);
      used_ += count;
      text.remove_prefix(count);
    }
  }
  Outcome finish() {
    flush();
    return std::move(outcome_);
  }

 private:
  void flush() {
    if (outcome_) outcome_ = write_all(descriptor_, {buffer.data(), used_});
    used_ = 0;
  }

  static thread_local std::array<char, std::size_t{512} << 10> buffer;
  int descriptor_;
  std::size_t used_ = 0;
  Outcome outcome_;
};

thread_local std::array<char, std::size_t{512} << 10> Writer::buffer;

}  // namespace

std::string_view Stamp::now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (now.tv_sec != second_) {
    second_ = now.tv_sec;
    tm parts{};
    gmtime_r(&second_, &parts);
    fmt::format_to_n(text_, stamp_length, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.000Z ", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
  }
  auto milliseconds = static_cast<unsigned>(now.tv_nsec / 1'000'000);
  for (std::size_t place = stamp_length - 2; place > stamp_length - 5; milliseconds /= 10)
    text_[--place] = static_cast<char>('0' + milliseconds % 10);
  return {text_, stamp_length};
}

Outcome Log::open() {
  constexpr int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
  descriptor_ = Descriptor(::open(path_.c_str(), flags, 0600));
  if (!descriptor_ && errno == ENOENT) {
    if (Outcome made = make_folders(path_.parent_path()); !made) return made;
    descriptor_ = Descriptor(::open(path_.c_str(), flags, 0600));
  }
  if (!descriptor_) return system_error("write the log", path_);
  file_ = path_;
  return {};
}

Outcome Log::add(std::string_view block) {
  static thread_local Stamp stamp;
  if (block.empty()) return {};
  if (!descriptor_) {
    if (Outcome opened = open(); !opened) return opened;
  }
  std::string_view time = stamp.now();
  Writer writer(descriptor_.get());
  while (!block.empty()) {
    std::size_t newline = block.find('\n');
    std::size_t end = newline == std::string_view::npos ? block.size() : newline + 1;
    if (at_line_start_) writer.add(time);
    writer.add(block.substr(0, end));
    at_line_start_ = newline != std::string_view::npos;
    block.remove_prefix(end);
  }
  if (Outcome written = writer.finish(); !written) {
    return std::unexpected(fmt::format("cannot write the log `{}`: {}", file_.string(), written.error()));
  }
  return {};
}

std::size_t stamp_end(std::string_view line) {
  bool stamped = line.size() >= stamp_length && line[10] == 'T' && line[stamp_length - 2] == 'Z';
  return stamped ? stamp_length : 0;
}

std::string_view mark_of(std::string_view text) {
  if (!text.starts_with("##[")) return {};
  for (std::string_view mark : {"group", "endgroup", "error", "warning", "notice"}) {
    if (text.substr(3).starts_with(mark) && text.substr(3 + mark.size()).starts_with(']')) return mark;
  }
  return {};
}

std::string without_mark(std::string_view text) {
  std::string_view mark = mark_of(text);
  if (mark.empty()) return std::string(text);
  text.remove_prefix(mark.size() + 4);
  return mark.ends_with("group") ? std::string(text) : fmt::format("{}: {}", mark, text);
}

std::vector<std::string> last_log_lines(const std::filesystem::path& file, std::size_t count) {
  if (file.empty()) return {};
  std::vector<std::string> lines = last_lines(file, count);
  for (std::string& line : lines) {
    line.erase(0, stamp_end(line));
    if (line.ends_with('\r')) line.pop_back();
  }
  std::erase(lines, "##[endgroup]");
  return lines;
}

}  // namespace sluice::runtime

#pragma once
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/output/status.h"
#include "runtime/system/files.h"

namespace sluice::runtime {

/// One log of a run.
struct LogPlace {
  std::string leg;   ///< its folder below `logs/`: `test`, `test-3.11-0`, `test-attempt-2`
  std::string name;  ///< `01-build`, `service-db`
  std::filesystem::path file;
};

/// Which lines of a run's logs are wanted.
struct LogFilter {
  std::vector<std::string> stages;  ///< of the run, in its order; empty: not known, legs come by name
  std::string stage;                ///< this stage, or this leg, alone; empty: all
  std::optional<std::size_t> step;  ///< the number in front of the name
  std::string text;                 ///< lines that hold it, colours aside
};

struct LogLine {
  std::string_view time;  ///< `2026-11-23T06:30:01.123Z`; empty in the middle of a line
  std::string_view text;  ///< a very long line comes in parts
  bool ends = true;       ///< the line, or nothing more of it is there
};

class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void line(const LogPlace& place, const LogLine& line) = 0;
  virtual void pause() {}  ///< nothing more has been written so far
};

/// Reads the logs of a run's folder (`.sluice/runs/7`), leg after leg and step after step, in pieces: memory does not
/// grow with them. Gives how many lines, or parts of long ones, were wanted.
std::expected<std::size_t, std::string> read_log(const std::filesystem::path& run, const LogFilter& filter,
                                                 LogSink& sink);

/// The same, and then what is written while the run lasts, as it comes; inotify says when there is something.
std::expected<std::size_t, std::string> follow_log(const std::filesystem::path& run, const LogFilter& filter,
                                                   LogSink& sink);

/// How logs are shown to a person.
struct LogView {
  Screen screen;
  bool times = false;
  bool fold = false;  ///< of a group the title, its annotations, and the last lines if it did not end
};

/// A sink that writes to a screen: a heading for each step, groups indented.
std::unique_ptr<LogSink> log_printer(LogView view);

}  // namespace sluice::runtime

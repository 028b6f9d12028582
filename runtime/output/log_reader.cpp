#include "runtime/output/log_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <map>
#include <tuple>

#include "runtime/output/log.h"
#include "runtime/output/shown.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_size = std::size_t{64} << 10;

bool belongs(const std::string& leg, const std::string& stage) {
  return leg == stage || (leg.starts_with(stage) && leg[stage.size()] == '-');
}

/// The place of a leg's stage in the run's order: of those that fit the one with the longest name.
std::size_t stage_of(const std::string& leg, const std::vector<std::string>& stages) {
  std::size_t found = stages.size();
  for (std::size_t i = 0; i < stages.size(); ++i) {
    bool better = found == stages.size() || stages[i].size() > stages[found].size();
    if (better && belongs(leg, stages[i])) found = i;
  }
  return found;
}

bool is_wanted(const std::string& leg, const LogFilter& filter) {
  if (filter.stage.empty() || leg == filter.stage) return true;
  std::size_t stage = stage_of(leg, filter.stages);
  return stage < filter.stages.size() ? filter.stages[stage] == filter.stage : belongs(leg, filter.stage);
}

/// The number that a name begins or ends with; what has none comes last.
std::size_t number_of(std::string_view digits) {
  std::size_t number = std::string::npos;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::size_t last_number(const std::string& leg) {
  std::size_t dash = leg.rfind('-');
  return dash == std::string::npos ? 0 : number_of(std::string_view(leg).substr(dash + 1));
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename());
  }
  return names;
}

/// Reads what is new in the logs of a run each time that it is asked.
class Reader {
 public:
  Reader(const fs::path& run, const LogFilter& filter, LogSink& sink)
      : logs_(run / "logs"), filter_(filter), sink_(sink), piece_(piece_size, '\0') {}

  std::vector<std::string> legs() const {
    std::vector<std::string> legs = names_in(logs_);
    std::erase_if(legs, [&](const std::string& leg) { return !is_wanted(leg, filter_); });
    std::ranges::sort(legs, {}, [&](const std::string& leg) {
      return std::tuple(stage_of(leg, filter_.stages), leg.substr(0, leg.rfind('-')), last_number(leg), leg);
    });
    return legs;
  }

  Outcome read_all() {
    for (const std::string& leg : legs()) {
      if (Outcome done = read_leg(leg); !done) return done;
    }
    return {};
  }

  Outcome read_leg(const std::string& leg) {
    std::vector<std::string> files = names_in(logs_ / leg);
    std::erase_if(files, [](const std::string& name) { return !name.ends_with(".log"); });
    std::ranges::sort(files, {}, [](const std::string& name) { return std::tuple(number_of(name), name); });
    for (const std::string& name : files) {
      if (filter_.step && number_of(name) != *filter_.step) continue;
      LogPlace place{leg, name.substr(0, name.size() - 4), logs_ / leg / name};
      if (Outcome done = read_file(place); !done) return done;
    }
    return {};
  }

  std::size_t count() const { return count_; }
  void take_unfinished() { unfinished_too_ = true; }  ///< the run is over: a line that has no end is one

 private:
  struct State {
    off_t offset = 0;  ///< of what was not handed on yet
    bool inside_line = false;
  };

  Outcome read_file(const LogPlace& place) {
    Descriptor file(open(place.file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return system_error("read the log", place.file);
    State& state = states_[place.file];
    while (true) {
      ssize_t count = pread(file.get(), piece_.data(), piece_.size(), state.offset);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error("read the log", place.file);
      if (count == 0) return {};
      std::string_view piece(piece_.data(), static_cast<std::size_t>(count));
      std::size_t taken = take(place, piece, state);
      if (taken == 0) return {};  // a line that is still being written
      state.offset += static_cast<off_t>(taken);
    }
  }

  /// Hands whole lines on, and the part of one that is as long as a piece. Gives how much that was.
  std::size_t take(const LogPlace& place, std::string_view piece, State& state) {
    std::size_t taken = 0;
    while (taken < piece.size()) {
      std::size_t newline = piece.find('\n', taken);
      bool ends = newline != std::string_view::npos;
      if (!ends && (taken > 0 || (piece.size() < piece_size && !unfinished_too_))) break;
      std::string_view text = piece.substr(taken, (ends ? newline : piece.size()) - taken);
      taken += text.size() + (ends ? 1 : 0);
      LogLine line{{}, text, ends};
      if (std::size_t begin = state.inside_line ? 0 : stamp_end(text)) {
        line.time = text.substr(0, begin - 1);
        line.text = text.substr(begin);
      }
      state.inside_line = !ends;
      hand_on(place, line);
    }
    return taken;
  }

  void hand_on(const LogPlace& place, const LogLine& line) {
    if (!filter_.text.empty()) {
      bool found = is_plain(line.text) ? line.text.find(filter_.text) != std::string_view::npos
                                       : shown(line.text).find(filter_.text) != std::string::npos;
      if (!found) return;
    }
    ++count_;
    sink_.line(place, line);
  }

  fs::path logs_;
  const LogFilter& filter_;
  LogSink& sink_;
  std::string piece_;
  std::map<fs::path, State> states_;
  std::size_t count_ = 0;
  bool unfinished_too_ = false;
};

/// Says which legs have something new.
class Watcher {
 public:
  explicit Watcher(const fs::path& run) : run_(run), inotify_(inotify_init1(IN_CLOEXEC)) {}

  Outcome watch(const Reader& reader) {
    constexpr std::uint32_t made = IN_CREATE | IN_MOVED_TO, written = made | IN_MODIFY;
    if (!inotify_) return std::unexpected(fmt::format("cannot watch files: {}", strerror(errno)));
    if (inotify_add_watch(inotify_.get(), run_.c_str(), made | IN_CLOSE_WRITE) < 0) return system_error("watch", run_);
    inotify_add_watch(inotify_.get(), (run_ / "logs").c_str(), made);  // there may be none yet
    for (const std::string& leg : reader.legs()) {
      int watch = inotify_add_watch(inotify_.get(), (run_ / "logs" / leg).c_str(), written);
      if (watch >= 0) legs_[watch] = leg;
    }
    return {};
  }

  /// The legs that were written to. Nothing: a file or a folder is new, so all may have changed.
  std::vector<std::string> wait() {
    alignas(inotify_event) char buffer[16384];
    ssize_t count = read(inotify_.get(), buffer, sizeof buffer);
    std::vector<std::string> changed;
    for (ssize_t i = 0; i < count;) {
      inotify_event event;
      std::memcpy(&event, buffer + i, sizeof event);
      i += static_cast<ssize_t>(sizeof event + event.len);
      auto leg = legs_.find(event.wd);
      if (leg == legs_.end()) return {};
      if (std::ranges::find(changed, leg->second) == changed.end()) changed.push_back(leg->second);
    }
    return changed;
  }

 private:
  fs::path run_;
  Descriptor inotify_;
  std::map<int, std::string> legs_;
};

}  // namespace

std::expected<std::size_t, std::string> read_log(const fs::path& run, const LogFilter& filter, LogSink& sink) {
  Reader reader(run, filter, sink);
  reader.take_unfinished();
  if (Outcome done = reader.read_all(); !done) return std::unexpected(done.error());
  sink.pause();
  return reader.count();
}

std::expected<std::size_t, std::string> follow_log(const fs::path& run, const LogFilter& filter, LogSink& sink) {
  Reader reader(run, filter, sink);
  Watcher watcher(run);
  std::vector<std::string> changed;
  while (true) {
    // First watch, then look: what comes in between is told.
    if (changed.empty()) {
      if (Outcome watched = watcher.watch(reader); !watched) return std::unexpected(watched.error());
      changed = reader.legs();
    }
    std::error_code error;
    bool ended = fs::exists(run / "result.json", error);
    if (ended) reader.take_unfinished();
    for (const std::string& leg : ended ? reader.legs() : changed) {
      if (Outcome done = reader.read_leg(leg); !done) return std::unexpected(done.error());
    }
    sink.pause();
    if (ended) return reader.count();
    changed = watcher.wait();
  }
}

}  // namespace sluice::runtime

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

#include "runtime/output/glyphs.h"
#include "runtime/output/screen_writer.h"
#include "runtime/output/shown.h"
#include "runtime/output/status.h"
#include "runtime/system/event_loop.h"

namespace sluice::runtime {
namespace {

class LiveStatus final : public Status {
 public:
  explicit LiveStatus(Screen screen) : screen_(screen), writer_(screen.descriptor) {}
  ~LiveStatus() override { writer_.write(cleared() + staying_); }

  void attach(EventLoop& loop, ProcessTable& processes) override { writer_.attach(loop, processes); }

  void run_started(const std::string& run_id, const std::string& title,
                   const std::vector<std::string>& stages) override {
    title_ = fmt::format("run {}: {}", run_id, shown(title));
    waiting_ = stages.size();
    begun_ = Clock::now();
  }
  void leg_started(const std::string& leg) override {
    running_[leg] = {Clock::now(), {}, {}, {}};
    order_.push_back(leg);
  }
  void step_started(const std::string& leg, const std::string& step) override {
    running_[leg].step = shown(step);
    running_[leg].line.clear();
    running_[leg].group.clear();
  }
  void lines(const std::string& leg, const std::string&, std::string_view block) override {
    if (!running_[leg].group.empty()) return;
    if (block.ends_with('\n')) block.remove_suffix(1);
    std::size_t newline = block.rfind('\n');
    running_[leg].line = block.substr(newline == std::string_view::npos ? 0 : newline + 1).substr(0, 1000);
  }
  void group_started(const std::string& leg, const std::string&, const std::string& title) override {
    running_[leg].group = title.empty() ? " " : shown(title);
    running_[leg].line.clear();
  }
  void group_ended(const std::string& leg, const std::string&) override { running_[leg].group.clear(); }
  void step_finished(const std::string& leg, const StepReport&) override { running_[leg].group.clear(); }
  void service_changed(const std::string& leg, const std::string& service, const std::string& what) override {
    if (auto found = running_.find(leg); found != running_.end())
      found->second.line = fmt::format("service {}: {}", service, what);
  }
  void annotated(const std::string& leg, const std::string& level, const std::string& text) override {
    say(fmt::format("  {} {}: {}", shown(leg), level, shown(text, screen_.colour)));
  }
  void leg_finished(const std::string& stage, const LegReport& report) override {
    running_.erase(report.name);
    std::erase(order_, report.name);
    if (report.name != stage) show(report.name, report.result, report.allowed, report.duration, report.reason);
  }
  void stage_finished(const StageReport& report) override {
    if (waiting_ > 0) --waiting_;
    show(report.id, report.result, report.allowed, report.duration, report.reason);
  }
  void run_finished(const RunReport& report) override {
    writer_.write(cleared() + std::exchange(staying_, {}) + summary_text(report, screen_.colour));
    writer_.finish();
  }

  std::optional<Duration> refresh_every() const override { return Duration(100); }
  void refresh() override { draw(); }

 private:
  struct Running {
    Instant since;
    std::string step, group, line;
  };

  void show(const std::string& name, Result result, bool allowed, Duration duration, const std::string& reason) {
    Glyph glyph = glyph_of(result, allowed);
    std::string mark =
        screen_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", glyph.colour, glyph.mark) : std::string(glyph.mark);
    say(fmt::format("{} {} {} {}", mark, shown(name), duration_text(duration), shown(reason)));
  }

  /// A line that stays, above what is redrawn, from the next time on.
  void say(const std::string& line) { staying_.append(line).append("\n"); }

  std::string cleared() {
    std::string out = drawn_ > 0 ? fmt::format("\x1b[{}A\r\x1b[J", drawn_) : "";
    drawn_ = 0;
    return out;
  }

  void draw() {
    if (writer_.is_behind()) return;
    winsize size{};
    bool known = ioctl(screen_.descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
    std::size_t columns = known ? size.ws_col : 80, rows = known ? size.ws_row : 24;
    std::string out = cleared() + std::exchange(staying_, {});
    std::size_t room = rows > 3 ? rows - 3 : 0, shown = 0;
    for (const std::string& leg : order_) {
      if (shown == room) break;
      out += row(leg, columns) + "\n";
      ++shown;
    }
    std::string time = duration_text(since(begun_));
    std::string foot = fmt::format("{} · {} running, {} to go · {}", title_, running_.size(), waiting_, time);
    out += fitted(foot, columns - 1) + "\n";
    drawn_ = shown + 1;
    writer_.write(out);
  }

  std::string row(const std::string& leg, std::size_t columns) const {
    const Running& running = running_.at(leg);
    std::string text = fmt::format("{} {} {}", shown(leg), duration_text(since(running.since)), running.step);
    if (!running.group.empty()) text += " ▸ " + running.group;
    if (!running.line.empty()) text += " │ " + shown(running.line, screen_.colour);
    return "▸ " + fitted(text, columns > 3 ? columns - 3 : 0);
  }

  static Duration since(Instant begin) { return std::chrono::duration_cast<Duration>(Clock::now() - begin); }

  Screen screen_;
  ScreenWriter writer_;
  std::string title_, staying_;
  Instant begun_ = Clock::now();
  std::size_t waiting_ = 0, drawn_ = 0;
  std::map<std::string, Running> running_;
  std::vector<std::string> order_;
};

}  // namespace

std::unique_ptr<Status> live_status(Screen screen) { return std::make_unique<LiveStatus>(screen); }

std::unique_ptr<Status> choose_status(Screen screen) {
  const char* terminal = std::getenv("TERM");
  bool can = isatty(screen.descriptor) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
  return can ? live_status(screen) : plain_status(screen);
}

}  // namespace sluice::runtime

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "runtime/output/glyphs.h"
#include "runtime/output/screen_writer.h"
#include "runtime/output/shown.h"
#include "runtime/output/status.h"

namespace sluice::runtime {
namespace {

constexpr std::size_t most_at_once = std::size_t{256} << 10;

class PlainStatus final : public Status {
 public:
  explicit PlainStatus(Screen screen) : screen_(screen), writer_(screen.descriptor) {}

  void attach(EventLoop& loop, ProcessTable& processes) override { writer_.attach(loop, processes); }

  void run_started(const std::string& run_id, const std::string& title,
                   const std::vector<std::string>& stages) override {
    for (const std::string& stage : stages) width_ = std::max(width_, std::min<std::size_t>(stage.size(), 32));
    say(fmt::format("run {}: {}\n", run_id, shown(title)));
  }
  void leg_started(const std::string&) override {}
  void step_started(const std::string& leg, const std::string& step) override {
    grouped_.erase(leg);
    say(leg, "▸ " + shown(step));
  }
  void lines(const std::string& leg, const std::string&, std::string_view block) override {
    if (!writer_.is_seen()) return;
    std::string front = prefix(leg);
    bool as_it_is = is_plain(block);
    out_.clear();
    while (!block.empty()) {
      std::size_t end = std::min(block.find('\n'), block.size());
      out_ += front;
      if (as_it_is)
        out_ += block.substr(0, end);
      else
        append_shown(block.substr(0, end), screen_.colour, out_);
      out_ += '\n';
      block.remove_prefix(std::min(end + 1, block.size()));
      if (out_.size() < most_at_once) continue;
      say(out_);
      out_.clear();
    }
    say(out_);
  }
  void group_started(const std::string& leg, const std::string&, const std::string& title) override {
    grouped_.erase(leg);
    say(leg, "▾ " + shown(title));
    grouped_.insert(leg);
  }
  void group_ended(const std::string& leg, const std::string&) override { grouped_.erase(leg); }
  void step_finished(const std::string& leg, const StepReport& report) override {
    grouped_.erase(leg);
    if (report.outcome == Result::success || report.outcome == Result::skipped) return;
    std::string allowed = report.conclusion == Result::success ? " (allowed)" : "";
    std::string why = report.message.empty() ? "" : ": " + shown(report.message);
    say(leg, fmt::format("✗ {}: {}{}{}", shown(report.title), to_text(report.outcome), allowed, why));
  }
  void service_changed(const std::string& leg, const std::string& service, const std::string& what) override {
    say(leg, fmt::format("service {}: {}", service, shown(what)));
  }
  void annotated(const std::string& leg, const std::string& level, const std::string& text) override {
    std::string word = painted(level + ":", level == "error" ? "31" : level == "warning" ? "33" : "36", screen_.colour);
    std::string_view rest = text;
    do {
      std::size_t end = std::min(rest.find('\n'), rest.size());
      say(leg, fmt::format("{} {}", word, shown(rest.substr(0, end), screen_.colour)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    } while (!rest.empty());
  }
  void leg_finished(const std::string&, const LegReport& report) override {
    Glyph glyph = glyph_of(report.result, report.allowed);
    std::string why = report.reason.empty() ? "" : ": " + shown(report.reason);
    say(report.name,
        fmt::format("{} {} in {}{}", glyph.mark, to_text(report.result), duration_text(report.duration), why));
  }
  void stage_finished(const StageReport& report) override {
    if (!report.legs.empty()) return;
    std::string why = report.reason.empty() ? "" : ": " + shown(report.reason);
    say(report.id, fmt::format("{} {}{}", glyph_of(report.result, false).mark, to_text(report.result), why));
  }
  void stage_undone(const StageReport& report) override { say(report.id, std::string(to_text(report.undone))); }
  void waiting(const std::vector<std::string>& reasons) override {
    for (const std::string& reason : reasons) say(fmt::format("waits for {}\n", shown(reason)));
  }
  void run_finished(const RunReport& report) override {
    say(summary_text(report, screen_.colour));
    writer_.finish();
  }

 private:
  std::string prefix(const std::string& leg) const {
    return fmt::format("{:<{}} │ {}", shown(leg), width_, grouped_.contains(leg) ? "  " : "");
  }
  void say(std::string_view text) { writer_.write(text); }
  void say(const std::string& leg, const std::string& line) { say(prefix(leg) + line + "\n"); }

  Screen screen_;
  ScreenWriter writer_;
  std::size_t width_ = 0;
  std::unordered_set<std::string> grouped_;  ///< legs that are in a group
  std::string out_;
};

}  // namespace

std::unique_ptr<Status> plain_status(Screen screen) { return std::make_unique<PlainStatus>(screen); }

}  // namespace sluice::runtime

#include <fmt/format.h>

#include <algorithm>

#include "runtime/output/glyphs.h"
#include "runtime/output/status.h"
#include "runtime/system/files.h"

namespace sluice::runtime {
namespace {

class PlainStatus final : public Status {
 public:
  explicit PlainStatus(Screen screen) : screen_(screen) {}

  void run_started(const std::string& run_id, const std::string& title,
                   const std::vector<std::string>& stages) override {
    for (const std::string& stage : stages) width_ = std::max(width_, std::min<std::size_t>(stage.size(), 32));
    say(fmt::format("run {}: {}\n", run_id, title));
  }
  void leg_started(const std::string&) override {}
  void step_started(const std::string& leg, const std::string& step) override {
    say(prefix(leg) + fmt::format("▸ {}\n", step));
  }
  void lines(const std::string& leg, const std::string&, std::string_view block) override {
    std::string front = prefix(leg), out;
    while (!block.empty()) {
      std::size_t end = std::min(block.find('\n'), block.size());
      out += front;
      out += block.substr(0, end);
      out += '\n';
      block.remove_prefix(std::min(end + 1, block.size()));
    }
    say(out);
  }
  void step_finished(const std::string& leg, const StepReport& report) override {
    if (report.outcome == Result::success || report.outcome == Result::skipped) return;
    std::string allowed = report.conclusion == Result::success ? " (allowed)" : "";
    std::string why = report.message.empty() ? "" : ": " + report.message;
    say(prefix(leg) + fmt::format("✗ {}: {}{}{}\n", report.title, to_text(report.outcome), allowed, why));
  }
  void service_changed(const std::string& leg, const std::string& service, const std::string& what) override {
    say(prefix(leg) + fmt::format("service {}: {}\n", service, what));
  }
  void annotated(const std::string& leg, const std::string& level, const std::string& text) override {
    say(prefix(leg) + fmt::format("{}: {}\n", level, text));
  }
  void leg_finished(const std::string&, const LegReport& report) override {
    Glyph glyph = glyph_of(report.result, report.allowed);
    std::string why = report.reason.empty() ? "" : ": " + report.reason;
    say(prefix(report.name) +
        fmt::format("{} {} in {}{}\n", glyph.mark, to_text(report.result), duration_text(report.duration), why));
  }
  void stage_finished(const StageReport& report) override {
    if (!report.legs.empty()) return;
    std::string why = report.reason.empty() ? "" : ": " + report.reason;
    say(prefix(report.id) + fmt::format("{} {}{}\n", glyph_of(report.result, false).mark, to_text(report.result), why));
  }
  void run_finished(const RunReport& report) override { say(summary_text(report, screen_.colour)); }

 private:
  std::string prefix(const std::string& leg) const { return fmt::format("{:<{}} │ ", leg, width_); }
  void say(std::string_view text) { (void)write_all(screen_.descriptor, text); }  // nobody reads: the run goes on

  Screen screen_;
  std::size_t width_ = 0;
};

}  // namespace

std::unique_ptr<Status> plain_status(Screen screen) { return std::make_unique<PlainStatus>(screen); }

}  // namespace sluice::runtime

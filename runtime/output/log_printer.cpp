#include <fmt/format.h>

#include <deque>

#include "runtime/output/glyphs.h"
#include "runtime/output/log.h"
#include "runtime/output/log_reader.h"
#include "runtime/output/shown.h"
#include "runtime/system/files.h"

namespace sluice::runtime {
namespace {

constexpr std::size_t most_at_once = std::size_t{64} << 10;
constexpr std::size_t kept_lines = 20;  // of a folded group, in case that it does not end
constexpr std::size_t most_kept = 4096;

class LogPrinter final : public LogSink {
 public:
  explicit LogPrinter(LogView view) : view_(view) {}
  ~LogPrinter() override {
    leave();
    pause();
  }

  void line(const LogPlace& place, const LogLine& line) override {
    if (place.file != file_) enter(place);
    bool begins = !line.time.empty();
    if (begins) end_line();
    std::string_view mark = begins ? mark_of(line.text) : std::string_view();
    if (mark.ends_with("group")) {
      kept_.clear();
      in_group_ = mark == "group";
      if (in_group_) put(line, (view_.fold ? "▸ " : "▾ ") + shown(without_mark(line.text)), false);
    } else if (!mark.empty()) {
      std::string_view paint = mark == "error" ? "31" : mark == "warning" ? "33" : "36";
      put(line, painted(shown(without_mark(line.text)), paint, view_.screen.colour), in_group_);
    } else if (in_group_ && view_.fold) {
      keep(line);
    } else {
      put(line, shown(line.text, view_.screen.colour), in_group_);
    }
    if (out_.size() >= most_at_once) pause();
  }

  void pause() override {
    (void)write_all(view_.screen.descriptor, out_);
    out_.clear();
  }

 private:
  void enter(const LogPlace& place) {
    leave();
    if (!file_.empty()) out_ += '\n';
    file_ = place.file;
    out_ += painted(fmt::format("{} › {}", shown(place.leg), shown(place.name)), "1", view_.screen.colour) + "\n";
  }

  /// A group that did not end is why one reads the log.
  void leave() {
    end_line();
    for (const std::string& text : kept_) out_ += text;
    kept_.clear();
    in_group_ = false;
  }

  void end_line() {
    if (inside_line_) out_ += '\n';
    inside_line_ = false;
  }

  std::string front(const LogLine& line, bool indented) const {
    if (line.time.empty()) return {};
    return (view_.times ? std::string(line.time) + " " : std::string()) + (indented ? "  " : "");
  }

  void put(const LogLine& line, const std::string& text, bool indented) {
    out_ += front(line, indented) + text;
    if (line.ends) out_ += '\n';
    inside_line_ = !line.ends;
  }

  void keep(const LogLine& line) {
    if (line.time.empty()) return;
    kept_.push_back(front(line, true) + shown(line.text.substr(0, most_kept), view_.screen.colour) + "\n");
    if (kept_.size() > kept_lines) kept_.pop_front();
  }

  LogView view_;
  std::filesystem::path file_;
  std::string out_;
  std::deque<std::string> kept_;
  bool in_group_ = false, inside_line_ = false;
};

}  // namespace

std::unique_ptr<LogSink> log_printer(LogView view) { return std::make_unique<LogPrinter>(view); }

}  // namespace sluice::runtime

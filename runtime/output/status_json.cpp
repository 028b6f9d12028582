#include "runtime/expressions/json.h"
#include "runtime/output/log.h"
#include "runtime/output/screen_writer.h"
#include "runtime/output/shown.h"
#include "runtime/output/status.h"

namespace sluice::runtime {
namespace {

constexpr int version = 1;  // of docs/events.md: a new one where a field changes or goes, not where one is added
constexpr std::size_t most_at_once = std::size_t{256} << 10;

class JsonStatus final : public Status {
 public:
  explicit JsonStatus(Screen screen) : writer_(screen.descriptor) {}

  void attach(EventLoop& loop, ProcessTable& processes) override { writer_.attach(loop, processes); }

  void run_started(const std::string& run_id, const std::string& title,
                   const std::vector<std::string>& stages) override {
    say("run-started", {{"version", version}, {"run", run_id}, {"title", title}, {"stages", stages}});
  }
  void leg_started(const std::string& leg) override { say("leg-started", {{"leg", leg}}); }
  void step_started(const std::string& leg, const std::string& step) override {
    say("step-started", {{"leg", leg}, {"step", step}});
  }
  void lines(const std::string& leg, const std::string& step, std::string_view block) override {
    if (!writer_.is_seen()) return;
    std::string front = to_json_line(head("line", {{"leg", leg}, {"step", step}}));
    front.back() = ',';
    std::string out;
    while (!block.empty()) {
      std::size_t end = std::min(block.find('\n'), block.size());
      out.append(front).append("\"text\":");
      append_quoted(block.substr(0, end), out);
      out += end == block.size() ? ",\"continues\":true}\n" : "}\n";
      block.remove_prefix(std::min(end + 1, block.size()));
      if (out.size() < most_at_once) continue;
      write(out);
      out.clear();
    }
    write(out);
  }
  void group_started(const std::string& leg, const std::string& step, const std::string& title) override {
    say("group-started", {{"leg", leg}, {"step", step}, {"title", title}});
  }
  void group_ended(const std::string& leg, const std::string& step) override {
    say("group-ended", {{"leg", leg}, {"step", step}});
  }
  void step_finished(const std::string& leg, const StepReport& report) override {
    say("step-finished", {{"leg", leg},
                          {"step", report.title},
                          {"outcome", to_text(report.outcome)},
                          {"conclusion", to_text(report.conclusion)},
                          {"milliseconds", report.duration.count()},
                          {"message", report.message},
                          {"log", report.log.string()}});
  }
  void service_changed(const std::string& leg, const std::string& service, const std::string& what) override {
    say("service", {{"leg", leg}, {"service", service}, {"state", what}});
  }
  void annotated(const std::string& leg, const std::string& level, const std::string& text) override {
    say("annotation", {{"leg", leg}, {"level", level}, {"text", text}});
  }
  void step_annotated(const std::string& leg, const std::string& step, const std::string& level,
                      const std::string& text) override {
    say("annotation", {{"leg", leg}, {"step", step}, {"level", level}, {"text", text}});
  }
  void leg_finished(const std::string& stage, const LegReport& report) override {
    say("leg-finished", {{"stage", stage},
                         {"leg", report.name},
                         {"result", to_text(report.result)},
                         {"allowed", report.allowed},
                         {"reason", report.reason},
                         {"milliseconds", report.duration.count()}});
  }
  void stage_finished(const StageReport& report) override {
    say("stage-finished", {{"stage", report.id},
                           {"result", to_text(report.result)},
                           {"allowed", report.allowed},
                           {"reason", report.reason},
                           {"milliseconds", report.duration.count()}});
  }
  void stage_undone(const StageReport& report) override {
    say("stage-undone", {{"stage", report.id}, {"undone", to_text(report.undone)}});
  }
  void waiting(const std::vector<std::string>& reasons) override { say("run-waiting", {{"reasons", reasons}}); }
  void run_finished(const RunReport& report) override {
    say("run-finished", {{"run", report.run_id},
                         {"outcome", to_text(report.outcome)},
                         {"milliseconds", report.duration.count()},
                         {"folder", report.folder.string()}});
    writer_.finish();
  }

 private:
  /// What every event begins with: its name and the time, then what is its own.
  Json head(const char* event, const Json& fields) {
    std::string_view now = stamp_.now();
    Json object = {{"event", event}, {"at", std::string(now.substr(0, now.size() - 1))}};
    object.update(fields);
    return object;
  }
  void say(const char* event, const Json& fields) { write(to_json_line(head(event, fields)) + "\n"); }
  void write(std::string_view text) { writer_.write(text); }

  static void append_quoted(std::string_view text, std::string& out) {
    if (is_plain(text) && text.find_first_of("\t\"\\") == std::string_view::npos)
      out.append("\"").append(text).append("\"");
    else
      out += to_json_line(Json(std::string(text)));
  }

  ScreenWriter writer_;
  Stamp stamp_;
};

}  // namespace

std::unique_ptr<Status> json_status(Screen screen) { return std::make_unique<JsonStatus>(screen); }

}  // namespace sluice::runtime

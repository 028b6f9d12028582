#include "runtime/expressions/json.h"
#include "runtime/output/status.h"
#include "runtime/system/files.h"

namespace sluice::runtime {
namespace {

class JsonStatus final : public Status {
 public:
  explicit JsonStatus(Screen screen) : screen_(screen) {}

  void run_started(const std::string& run_id, const std::string& title,
                   const std::vector<std::string>& stages) override {
    say({{"event", "run-started"}, {"run", run_id}, {"title", title}, {"stages", stages}});
  }
  void leg_started(const std::string& leg) override { say({{"event", "leg-started"}, {"leg", leg}}); }
  void step_started(const std::string& leg, const std::string& step) override {
    say({{"event", "step-started"}, {"leg", leg}, {"step", step}});
  }
  void lines(const std::string& leg, const std::string& step, std::string_view block) override {
    std::string out;
    while (!block.empty()) {
      std::size_t end = std::min(block.find('\n'), block.size());
      Json line = {{"event", "line"}, {"leg", leg}, {"step", step}, {"text", std::string(block.substr(0, end))}};
      out += to_json_line(line) + "\n";
      block.remove_prefix(std::min(end + 1, block.size()));
    }
    (void)write_all(screen_.descriptor, out);
  }
  void step_finished(const std::string& leg, const StepReport& report) override {
    say({{"event", "step-finished"},
         {"leg", leg},
         {"step", report.title},
         {"outcome", to_text(report.outcome)},
         {"conclusion", to_text(report.conclusion)},
         {"milliseconds", report.duration.count()},
         {"message", report.message},
         {"log", report.log.string()}});
  }
  void service_changed(const std::string& leg, const std::string& service, const std::string& what) override {
    say({{"event", "service"}, {"leg", leg}, {"service", service}, {"state", what}});
  }
  void annotated(const std::string& leg, const std::string& level, const std::string& text) override {
    say({{"event", "annotation"}, {"leg", leg}, {"level", level}, {"text", text}});
  }
  void leg_finished(const std::string& stage, const LegReport& report) override {
    say({{"event", "leg-finished"},
         {"stage", stage},
         {"leg", report.name},
         {"result", to_text(report.result)},
         {"allowed", report.allowed},
         {"reason", report.reason},
         {"milliseconds", report.duration.count()}});
  }
  void stage_finished(const StageReport& report) override {
    say({{"event", "stage-finished"},
         {"stage", report.id},
         {"result", to_text(report.result)},
         {"allowed", report.allowed},
         {"reason", report.reason},
         {"milliseconds", report.duration.count()}});
  }
  void run_finished(const RunReport& report) override {
    say({{"event", "run-finished"},
         {"run", report.run_id},
         {"outcome", to_text(report.outcome)},
         {"milliseconds", report.duration.count()},
         {"folder", report.folder.string()}});
  }

 private:
  void say(const Json& event) { (void)write_all(screen_.descriptor, to_json_line(event) + "\n"); }

  Screen screen_;
};

}  // namespace

std::unique_ptr<Status> json_status(Screen screen) { return std::make_unique<JsonStatus>(screen); }

}  // namespace sluice::runtime

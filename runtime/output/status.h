#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::runtime {

enum class Result { success, failure, cancelled, skipped, blocked };
/// `waiting`: the process may end, the run goes on when what it waits for has come.
enum class RunOutcome { succeeded, failed, cancelled, rolled_back, rollback_failed, waiting };
/// What became of the rollbacks of a stage. Superseded: a newer run has deployed there since, so nothing was touched.
enum class Undone { nothing, done, failed, superseded };

std::string_view to_text(Result result);
std::string_view to_text(RunOutcome outcome);
std::string_view to_text(Undone undone);

using Duration = std::chrono::milliseconds;

struct StepReport {
  std::string title;
  Result outcome = Result::skipped;     ///< what happened
  Result conclusion = Result::skipped;  ///< what it counts as: `allow_failure` turns a failure into success
  Duration duration{};
  std::string message;  ///< why it failed, where the output does not say: `timed out after 5m`
  std::filesystem::path log;
  std::vector<std::string> last_lines;  ///< of a failed step
};

struct LegReport {
  std::string name;  ///< the stage's id, with the values of its matrix: `test (3.11)`
  Result result = Result::skipped;
  bool allowed = false;  ///< it failed, and may
  std::string reason;    ///< a service that died, a timeout
  Duration duration{};
  std::vector<StepReport> steps;
};

struct StageReport {
  std::string id, title;
  Result result = Result::skipped;
  bool allowed = false;
  std::string reason;
  Duration duration{};
  Undone undone = Undone::nothing;
  std::vector<LegReport> legs;  ///< those of its rollbacks behind
};

struct RunReport {
  std::string run_id;
  std::string title;
  std::filesystem::path folder;
  RunOutcome outcome = RunOutcome::succeeded;
  Duration duration{};
  std::vector<StageReport> stages;
  std::vector<std::string> waiting_for;  ///< of a run that waits
};

class EventLoop;
class ProcessTable;

/// Who watches a run. All text that comes here is masked.
class Status {
 public:
  virtual ~Status() = default;

  /// Before anything else, where a loop is there to say when a slow reader can take more; holds until `run_finished`.
  virtual void attach(EventLoop& /*loop*/, ProcessTable& /*processes*/) {}
  virtual void run_started(const std::string& run_id, const std::string& title,
                           const std::vector<std::string>& stages) = 0;
  virtual void leg_started(const std::string& leg) = 0;
  virtual void step_started(const std::string& leg, const std::string& step) = 0;
  /// Whole lines of output; the last lacks its newline where a very long line goes on.
  virtual void lines(const std::string& leg, const std::string& step, std::string_view block) = 0;
  virtual void step_finished(const std::string& leg, const StepReport& report) = 0;
  /// `started`, `ready`, `stopped`, `died`, …
  virtual void service_changed(const std::string& leg, const std::string& service, const std::string& what) = 0;
  /// `error`, `warning`, `notice` of the runner itself.
  virtual void annotated(const std::string& leg, const std::string& level, const std::string& text) = 0;
  /// The same of a step. What it printed for that is no line of output.
  virtual void step_annotated(const std::string& leg, const std::string& /*step*/, const std::string& level,
                              const std::string& text) {
    annotated(leg, level, text);
  }
  /// The lines that follow, until the group or the step ends, belong together. A group in a group ends that one.
  virtual void group_started(const std::string& /*leg*/, const std::string& /*step*/, const std::string& /*title*/) {}
  virtual void group_ended(const std::string& /*leg*/, const std::string& /*step*/) {}
  virtual void leg_finished(const std::string& stage, const LegReport& report) = 0;
  virtual void stage_finished(const StageReport& report) = 0;
  virtual void run_finished(const RunReport& report) = 0;
  virtual void stage_undone(const StageReport&) {}
  /// All that is left waits for these: a person, a time, another run.
  virtual void waiting(const std::vector<std::string>&) {}

  /// How often `refresh` wants to be called; nothing: never.
  virtual std::optional<Duration> refresh_every() const { return std::nullopt; }
  virtual void refresh() {}
};

/// Where a status is shown.
struct Screen {
  int descriptor = 1;
  bool colour = false;
};

/// A screen's properties as found: colour only on a terminal, and not where NO_COLOR is set.
Screen find_screen(int descriptor);

std::unique_ptr<Status> plain_status(Screen screen);   ///< `stage │ line`, for files and other programs' eyes
std::unique_ptr<Status> live_status(Screen screen);    ///< redrawn in place, at most ten times a second
std::unique_ptr<Status> json_status(Screen screen);    ///< one JSON object a line and event
std::unique_ptr<Status> choose_status(Screen screen);  ///< live on a terminal that can, else plain

/// The table of stages, and of each failed step the name, the last lines and the log.
std::string summary_text(const RunReport& report, bool colour);

std::string duration_text(Duration duration);  ///< `0.3s`, `12s`, `2m05s`, `1h02m`

}  // namespace sluice::runtime

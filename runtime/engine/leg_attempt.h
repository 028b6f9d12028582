#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/leg_run.h"
#include "runtime/engine/run_state.h"
#include "runtime/system/process_tree.h"

namespace sluice::runtime {

class ActionRun;
struct ActionFrame;

/// One attempt of one leg: a fresh workspace, services, steps, outputs; at its end nothing of it is left running.
class LegAttempt {
 public:
  LegAttempt(RunState& run, const LegIdentity& leg, Wakeup& wakeup, int place, int number);
  ~LegAttempt();

  Task<Done> run();

  /// Stops what runs and lets only those steps follow that want to run with that status.
  void halt(Result status, std::string reason);

  Result result() const { return job_status_; }
  bool failure_is_allowed() const { return allowed_; }
  const std::string& reason() const { return reason_; }
  std::vector<StepReport> take_reports() { return std::move(reports_); }
  Json take_outputs() { return std::move(outputs_); }

 private:
  friend class LegScope;
  friend class ActionRun;
  struct StepRun;     ///< what belongs to the step that runs now: step_run.h
  struct ServiceRun;  ///< service_run.h
  enum class End { exited, timed_out, stopped };
  using Failure = std::optional<std::string>;  ///< why a step failed; nothing: it did not

  // leg_attempt.cpp: from the first folder to the last process
  Outcome make_place();
  void fill_contexts();
  void start_timeout();
  void fail(std::string reason);
  void collect_outputs();
  Task<Done> stop_tree(Process& process, TreeQuery query);
  Task<Done> kill_tree(TreeQuery query);
  Task<Done> clean_up();
  bool out_of_time() const;

  // step_run.cpp: conditions, attempts, results
  Task<Done> run_step(StepRun& now);
  std::string title_of(const StepRun& now) const;
  std::optional<bool> wants_to_run(StepRun& now);
  Outcome evaluate_env(StepRun& now);
  Task<Done> run_attempts(StepRun& now);
  Task<Failure> run_action(StepRun& now);
  Failure run_upload(StepRun& now, const Upload& upload);
  Failure run_download(StepRun& now, const Download& download);
  void conclude(StepRun& now, const Failure& failure);
  void record(StepRun& now);
  void show(StepRun& now, std::string_view block);
  void say(StepRun& now, const std::string& line);
  Outcome open_log(StepRun& now);

  // step_script.cpp: processes of steps and what they say to the runner
  Task<Failure> run_script(StepRun& now, const Script& script);
  Task<Failure> run_command(StepRun& now, Command command);
  Task<End> supervise(StepRun& now, Process& process);
  bool halt_stops(const StepRun& now) const;
  std::expected<Command, std::string> step_command(StepRun& now, const Script& script);
  Variables step_environment(const StepRun& now) const;
  std::optional<std::string> take_command(StepRun& now, std::string_view line);
  std::string annotate(StepRun& now, const std::string& level, const std::string& text, const std::string& where);
  Failure take_command_files(StepRun& now);
  Outcome empty_command_files();

  // service_run.cpp
  Task<Done> start_services();
  Task<Done> start_service(ServiceRun& service);
  Task<bool> ask_ready(ServiceRun& service, Instant deadline);
  Task<Done> stop_services();
  Outcome prepare_service(ServiceRun& service);
  std::expected<std::unique_ptr<Process>, std::string> start_service_script(ServiceRun& service, bool ready);
  void fail_service(ServiceRun& service, const std::string& why);

  RunState& run_;
  const LegIdentity& leg_;
  const Stage& stage_;
  Wakeup& wakeup_;
  int number_;
  std::string tracking_;  ///< `RUN.LEG.`
  std::filesystem::path workspace_, logs_;
  std::filesystem::path files_, temp_;  ///< of the place: used by one leg after the other, each finds them empty

  Result job_status_ = Result::success;
  std::string reason_;
  bool allowed_ = false;
  int halts_ = 0;
  Instant clean_up_until_ = never;
  std::optional<EventLoop::TimerId> timeout_;

  Json github_, env_, shown_env_, steps_, job_, runner_;
  Variables environment_;
  std::vector<std::string> path_folders_;  ///< of GITHUB_PATH, the latest last
  std::vector<std::unique_ptr<ServiceRun>> services_;
  std::vector<std::unique_ptr<Process>> leftovers_;  ///< ended, but children of theirs may still write
  std::vector<pid_t> sessions_;
  std::vector<StepReport> reports_;
  Json outputs_ = Json::object();
  std::unique_ptr<ActionRun> actions_;
  const ActionFrame* frame_ = nullptr;  ///< of the composite action whose steps run now
};

}  // namespace sluice::runtime

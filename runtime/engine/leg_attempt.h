#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/attempt_state.h"
#include "runtime/engine/command_files.h"
#include "runtime/system/process_tree.h"

namespace sluice::runtime {

struct WorkflowCommand;

/// One attempt of one leg: a fresh workspace, services, steps, outputs; at its end nothing of it is left running. Or,
/// of what is armed, the steps that undo it. Inside of an environment it goes on where an earlier life of the run
/// stopped.
class LegAttempt : AttemptState {
 public:
  LegAttempt(RunState& run, const LegIdentity& leg, Wakeup& wakeup, int place, int number, const Armed* undo = nullptr);
  ~LegAttempt();

  Task<Done> run();

  /// Stops what runs and lets only those steps follow that want to run with that status.
  void halt(Result status, std::string reason);

  Result result() const { return job_status_; }
  bool abandoned() const { return abandoned_; }  ///< the process ends while it waits
  bool failure_is_allowed() const { return allowed_; }
  const std::string& reason() const { return reason_; }
  std::vector<StepReport> take_reports() { return std::move(reports_); }
  Json take_outputs() { return std::move(outputs_); }

 private:
  friend class LegScope;
  friend class ActionRun;
  enum class End { exited, timed_out, stopped };
  using Failure = std::optional<std::string>;  ///< why a step failed; nothing: it did not

  // leg_attempt.cpp: from the first folder to the last process
  Outcome make_place();
  Outcome clear_place();
  void fill_contexts();
  void start_timeout();
  void fail(std::string reason);
  void collect_outputs();
  Task<Done> stop_tree(Process& process, TreeQuery query, std::optional<Seconds> grace = {});
  Task<Done> kill_tree(TreeQuery query);
  Task<Done> clean_up();
  bool out_of_time() const;

  // leg_sandbox.cpp: where processes run with --isolate; null without
  Task<bool> open_sandbox();  ///< false: nothing of the leg may run
  Task<Done> close_sandbox();
  View sandbox_view() const;
  Failure way_out(const Step& step) const;
  const Enclosure* enclosure() const;

  // step_run.cpp: conditions, attempts, results
  Task<Done> run_step(StepRun& now);
  std::string title_of(const StepRun& now) const;
  std::string action_name(std::size_t index) const;
  std::optional<bool> wants_to_run(StepRun& now);
  Outcome evaluate_env(StepRun& now);
  Task<Done> run_attempts(StepRun& now);
  Task<Failure> run_action(StepRun& now);
  Failure do_at_once(StepRun& now);
  void conclude(StepRun& now, const Failure& failure);
  void record(StepRun& now);
  void keep_context(StepRun& now);
  void log_lines(StepRun& now, std::string_view block);
  void show(StepRun& now, std::string_view block);
  void say(StepRun& now, const std::string& line);

  // step_past.cpp: what an earlier life of the run did
  bool has_effects() const { return undo_ != nullptr || goes_on(stage_); }
  const StepPast* before(const StepRun& now) const;
  void note(RecordKind kind, const StepRun& now, std::string data = {});
  void note_attempt();
  void note_finished(StepRun& now);
  bool replay(StepRun& now);
  Task<bool> is_settled(StepRun& now);
  Task<std::optional<bool>> ask_probe(StepRun& now);
  Task<std::string> ask_person(StepRun& now);

  // waiting_steps.cpp: steps that wait, ask again and again, or change what is armed
  Task<Failure> run_poll(StepRun& now, const Script& script, const Poll& poll);
  Task<Failure> run_sleep(StepRun& now, const Sleep& sleep);
  void arm(const Arm& arm);
  bool was_armed(const Arm& arm) const;  ///< in an earlier life, and not disarmed since

  // step_script.cpp: processes of steps and what they say to the runner
  Task<Failure> run_script(StepRun& now, const Script& script);
  Task<Failure> run_command(StepRun& now, Command command);
  Task<End> supervise(StepRun& now, Process& process);
  bool halt_stops(const StepRun& now) const;
  std::expected<Command, std::string> step_command(StepRun& now, const Script& script);
  Variables step_environment(const StepRun& now) const;
  std::optional<std::string> take_command(StepRun& now, std::string_view line);
  void annotate(StepRun& now, const std::string& level, const std::string& text, const std::string& where);
  void change_group(StepRun& now, const WorkflowCommand& command);
  Failure take_command_files(StepRun& now);
  Outcome empty_command_files();
  Failure read_command_files(StepRun& now, const std::map<std::string, std::string>& texts);
  void keep_summary(const std::string& text);

  // step_commands.cpp: what they change by it
  bool is_protected(const std::string& name) const;
  static void give_output(StepRun& now, const std::string& name, const std::string& value);
  void give_variable(StepRun& now, const std::string& name, const std::string& value);
  void give_folder(StepRun& now, const std::string& folder);
  std::string refuse(StepRun& now, const std::string& command, const std::string& why);
  bool opted_in(const std::string& variable) const;
  std::string stop_commands(StepRun& now, const WorkflowCommand& command);
  std::string change_environment(StepRun& now, const WorkflowCommand& command);
  std::string add_mask(StepRun& now, const WorkflowCommand& command);
  std::optional<std::string> change_step(StepRun& now, const WorkflowCommand& command, std::string_view line);

  // step_store.cpp: artifacts and caches
  Task<Failure> run_upload(StepRun& now, const Upload& upload);
  Task<Failure> run_download(StepRun& now, const Download& download);
  Task<Failure> run_cache(StepRun& now, const Cache& cache);
  Task<Failure> do_job(StepRun& now, Job& job);
  std::expected<ArtifactRequest, std::string> request_of(const StepRun& now, const Upload& upload) const;
  CachePlaces cache_places() const;
  Task<Done> run_post_work();
  Task<std::string> save_cache(const PostWork& work);

  // service_run.cpp, service_process.cpp
  Task<Done> start_services();
  Task<Done> start_service(ServiceRun& service);
  Task<Failure> try_service(ServiceRun& service);
  Task<bool> ask_ready(ServiceRun& service, Instant deadline);
  Task<Done> stop_services();
  Task<Done> stop_service(ServiceRun& service);
  Outcome prepare_service(ServiceRun& service);
  Outcome make_service_folder(ServiceRun& service);
  std::expected<Command, std::string> service_script(ServiceRun& service, bool ready);
  std::expected<Command, std::string> container_command(ServiceRun& service, bool ready);
  std::expected<std::unique_ptr<Process>, std::string> launch_service(ServiceRun& service, bool ready);
  Task<Done> remove_container(ServiceRun& service);
  void fail_service(ServiceRun& service, const std::string& why);
};

}  // namespace sluice::runtime

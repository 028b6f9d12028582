#pragma once
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <set>

#include "simulate/simulate.h"

namespace sluice::simulate {

constexpr Seconds never = std::numeric_limits<Seconds>::max() / 4;

/// A rollback that stands ready, with what its body may speak of.
struct Armed {
  std::size_t leg = 0, rollback = 0, record = 0;
  Json steps, env;
};

/// A leg of a stage, or one rollback of it, while it works.
struct Work {
  std::size_t stage = 0, leg = 0;
  std::optional<std::size_t> rollback = {};
  const std::vector<runtime::Step>* todo = nullptr;
  std::size_t next = 0;    ///< the step that runs, or the one behind those that ran
  std::size_t record = 0;  ///< of the step that runs
  int attempt = 1;
  unsigned generation = 0;  ///< what was planned for an older one does not happen
  bool at_work = false, pausing = false, begun = false, done = false;
  bool fails = false, stopped = false;  ///< the step that runs
  bool halted = false, cancelled = false, allowed = false;
  Result status = Result::success;
  Seconds deadline = never, clean_up_until = never;
  Json steps = Json::object(), env = Json::object(), matrix = Json::object(), outputs = Json::object();
  std::function<void()> ended = {};
};

/// How far a stage has come.
struct StageState {
  std::size_t unfinished = 0;
  std::vector<std::size_t> dependents = {};
  bool ancestor_failed = false, ancestor_bad = false, done = false;
  bool waits = false;  ///< at its gate
  unsigned generation = 0;
  std::vector<Work*> legs = {};
  std::size_t legs_begun = 0, legs_running = 0;
  std::vector<std::size_t> ended_legs = {};
  bool fail_fast = false, legs_cancelled = false;
  std::vector<Armed> armed = {};
  bool triggered = false, undoing = false, undone = false;
};

/// One course of a run. The names are those of runtime/engine, which this follows.
class Simulation {
 public:
  Simulation(const Model& model, const Scenario& scenario);
  Outcome run();

 private:
  friend class StageView;
  friend class WorkView;
  using Then = std::function<void(Undone)>;

  // stages.cpp
  void start_stage(std::size_t index);
  bool decide(std::size_t index);
  void begin_gate(std::size_t index);
  void gate_answered(std::size_t index, Result result);
  void begin_legs(std::size_t index);
  void work_ended(std::size_t index, Result result);
  void finish_stage(std::size_t index);
  void cancel_run();
  void stop_run();
  void strike(const Place& place);
  std::string why_not(std::size_t index);

  // legs.cpp
  std::vector<Json> legs_of(std::size_t index);
  void begin_more_legs(std::size_t index);
  void leg_ended(Work& work);
  void cancel_legs(std::size_t index);
  void cancel_leg(Work& work);
  void fold_legs(std::size_t index);
  Json merged_outputs(std::size_t index) const;

  // attempts.cpp
  void begin_attempt(Work& work);
  void advance(Work& work);
  void begin_step(Work& work, const runtime::Step& step);
  void end_step(Work& work);
  void end_attempt(Work& work);
  void try_again(Work& work);
  void halt(Work& work, Result status);
  bool wants_to_run(Work& work, const runtime::Step& step);
  bool do_at_once(Work& work, const runtime::Step& step);
  Seconds lasts(const Work& work, const runtime::Step& step, bool fails, bool hangs) const;
  void keep(Work& work, const runtime::Step& step, Result outcome, Result conclusion);
  bool strikes(Event::Kind kind, const Work& work) const;
  Json evaluated(const runtime::Bindings& bindings, const View& view, Json into);

  // undo.cpp
  void undo(std::size_t stage, std::optional<std::size_t> leg, Then then);
  void undo_next(std::size_t stage, std::vector<Armed> todo, Undone so_far, Then then);
  bool is_superseded(std::size_t stage) const;
  std::vector<bool> dependents_of(std::size_t stage) const;
  bool may_start(std::size_t stage) const;
  bool may_follow(std::size_t stage) const;
  void trigger_ancestors(std::size_t stage);
  void start_due();
  void release_locks();

  // simulation.cpp
  void post(Seconds at, std::function<void()> what);
  RunOutcome result() const;

  const Model& model_;
  const Scenario& scenario_;
  Assumptions assumptions_;
  Outcome outcome_;
  std::map<std::pair<Seconds, std::size_t>, std::function<void()>> queue_;
  std::size_t sequence_ = 0;
  Seconds now_ = 0;
  std::deque<Work> works_;
  std::vector<StageState> stages_;
  Json needs_ = Json::object(), pipeline_env_ = Json::object();
  std::set<std::size_t> struck_;  ///< events of the scenario that happen once, and did
  bool cancelled_ = false, stopped_ = false;
  std::size_t undone_ = 0;  ///< rollbacks that ran
};

/// Contexts of a stage as a whole.
class StageView : public View {
 public:
  StageView(const Simulation& run, std::size_t stage) : run_(run), stage_(stage) {}
  const Json* context(std::string_view name) const override;
  runtime::StatusAnswers status(std::span<const std::string> stages) const override;
  std::optional<runtime::StatusAnswers> as_if;  ///< instead of what is true

 protected:
  const Simulation& run_;
  std::size_t stage_;

 private:
  mutable std::optional<Json> needs_;
};

/// Contexts of a step.
class WorkView : public StageView {
 public:
  WorkView(const Simulation& run, const Work& work);
  const Json* context(std::string_view name) const override;
  runtime::StatusAnswers status(std::span<const std::string>) const override;
  Json env;  ///< what steps see: with the step's own

 private:
  const Work& work_;
  Json job_;
};

/// Fills where the run leaves the environments.
void find_environments(const Model& model, Outcome& outcome);

}  // namespace sluice::simulate

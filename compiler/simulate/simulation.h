#pragma once
#include <deque>
#include <functional>
#include <map>

#include "simulate/simulate.h"
#include "simulate/work.h"

namespace sluice::simulate {

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
  bool looks_after_itself(std::size_t index);
  bool ends_early() const { return cancelled_ || stopped_; }
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
  Seconds lasts(const Work& work, const runtime::Step& step, bool hangs) const;
  void plan_end(Work& work, Seconds end);
  Seconds end_of_try(Work& work);
  void keep(Work& work, const runtime::Step& step, Result outcome, Result conclusion);
  bool strikes(Event::Kind kind, const Work& work);
  Json evaluated(const runtime::Bindings& bindings, const View& view, Json into);

  // undo.cpp
  void undo(std::size_t stage, std::optional<std::size_t> leg, Then then);
  void undo_next(std::size_t stage, std::vector<Armed> todo, Undone so_far, Then then);
  bool is_superseded(std::size_t stage);
  std::vector<bool> dependents_of(std::size_t stage) const;
  bool may_start(std::size_t stage) const;
  bool may_follow(std::size_t stage) const;
  void trigger(std::size_t stage);
  void trigger_late(std::size_t stage);
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
  bool cancelled_ = false, stopped_ = false;
  std::size_t undone_ = 0;  ///< rollbacks that ran
};

/// Fills where the run leaves the environments.
void find_environments(const Model& model, Outcome& outcome);

}  // namespace sluice::simulate

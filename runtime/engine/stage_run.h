#pragma once
#include <memory>
#include <vector>

#include "runtime/engine/leg_run.h"
#include "runtime/engine/run_state.h"

namespace sluice::runtime {

/// Decides whether a stage whose predecessors are all done runs, runs its legs, undoes them where they failed, and
/// gives it its result. Then those that waited for it are started. Frees itself.
Detached run_stage(RunState& run, std::size_t index);

/// Lets stages run whose predecessors are all done. The caller counts it as busy until it ends.
void start_stage(RunState& run, std::size_t index);

/// A stage between its first leg's start and its last leg's end.
class StageRun {
 public:
  StageRun(RunState& run, std::size_t index) : run_(run), index_(index), wakeup_(run.loop) {}

  /// What is left of the legs is run; `matrix` is null for a stage without one.
  Task<Done> run_legs();

  /// The run is cancelled: so are the legs, unless the stage's condition still holds.
  void cancel();
  void stop();  ///< the same, but for legs that have begun
  void wake();

  bool abandoned() const;  ///< the process ends while a leg waits

  Wakeup& wakeup() { return wakeup_; }

  std::vector<std::unique_ptr<LegRun>> legs;
  bool fail_fast = false;

 private:
  void start_leg(LegRun& leg);
  void leg_done(LegRun& leg);
  void cancel_legs();
  bool holds() const;
  std::size_t most_at_once() const;

  RunState& run_;
  std::size_t index_;
  Wakeup wakeup_;
  std::size_t started_ = 0, running_ = 0;
  bool cancelled_ = false;

  friend Detached drive_leg(StageRun& stage, LegRun& leg);
};

}  // namespace sluice::runtime

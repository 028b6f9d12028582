#pragma once
#include <memory>
#include <string>

#include "runtime/engine/leg_identity.h"
#include "runtime/engine/run_state.h"

namespace sluice::runtime {

class LegAttempt;
struct Armed;

/// One leg of a stage: waits for a place, runs its attempts. Or, given what is armed, one rollback of it, which nothing
/// cancels.
class LegRun {
 public:
  LegRun(RunState& run, LegIdentity identity, const Armed* undo = nullptr);
  ~LegRun();

  Task<Done> run();

  void cancel();  ///< in order: `always()` steps still run
  void stop();    ///< it does not start, if it has not yet
  void wake();    ///< something of the run has changed
  void grant_place(int place);

  const LegIdentity identity;
  LegReport report;
  Json outputs = Json::object();
  Instant started = never;  ///< when it got its place
  int finished_as = 0;      ///< the order in which legs came to their end

  /// The process ends while this leg waits: it has no result yet.
  bool abandoned() const { return abandoned_; }

 private:
  bool restore();
  Task<Done> run_attempts();
  Task<bool> undo_attempt();
  Task<Done> pause();
  Task<Done> wait_for_place();
  void note_retry(int number);
  void note_end();
  int first_attempt() const;
  double urgency() const;

  RunState& run_;
  const Armed* undo_;
  Wakeup wakeup_;
  std::unique_ptr<LegAttempt> attempt_;
  int place_ = 0;  ///< none yet
  bool cancelled_ = false, abandoned_ = false;
  bool began_ = false;  ///< in an earlier life of the run, which has not brought it to its end
};

}  // namespace sluice::runtime

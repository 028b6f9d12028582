#pragma once
#include <memory>
#include <vector>

#include "runtime/engine/leg_identity.h"
#include "runtime/engine/run_state.h"

namespace sluice::runtime {

class LegRun;

/// A rollback that stands ready, with what its body may speak of: names from above the place where it was armed.
struct Armed {
  LegIdentity leg;
  int rollback = 0;  ///< index into Stage::rollbacks
  Json steps = Json::object(), env = Json::object();
  int attempt = 1;  ///< of the leg, which armed it
};

/// What is armed, as a record of the journal.
std::string told(const Armed& armed, const std::map<std::string, std::string>& secrets);

/// What undoes what the stages of a run did. A stage's own failure is undone before the stage ends; that of one which
/// depends on it once every such stage has ended, dependents first. Cancelling does not touch it.
class Rollbacks {
 public:
  explicit Rollbacks(RunState& run);
  ~Rollbacks();

  void arm(Armed armed);
  /// Arms what an earlier life of the run had armed in a leg and not brought to an end.
  void restore(std::size_t stage, int leg, const LegPast& past);
  void commit(std::size_t stage);
  bool any_armed(std::size_t stage) const { return !stages_[stage].armed.empty(); }

  /// Runs what is armed in a stage, the last armed first; of one leg alone where `leg` is given.
  Task<Undone> undo(std::size_t stage, int leg = -1);

  /// A stage has its result; `triggers`: what it depends on has to be undone.
  void stage_ended(std::size_t stage, bool triggers);
  bool idle() const { return open_ == 0; }
  /// Whether a rollback in the stage may still have to run.
  bool may_follow(std::size_t stage) const;
  void wake();

 private:
  struct StageRollbacks {
    std::vector<Armed> armed;  ///< in the order of arming
    bool triggered = false, running = false, ended = false;
  };

  bool is_superseded(std::size_t stage);
  Task<Undone> undo_one(const Armed& armed);
  void trigger(std::size_t stage);
  void trigger_ancestors(std::size_t stage);
  bool may_start(std::size_t stage) const;
  void start_due();
  std::vector<bool> dependents_of(std::size_t stage) const;  ///< all the way down, without those that handle failures

  RunState& run_;
  std::vector<StageRollbacks> stages_;
  std::vector<LegRun*> running_;
  std::size_t open_ = 0;  ///< stages that are triggered and not undone yet

  friend Detached drive_rollback(Rollbacks& rollbacks, std::size_t stage);
};

}  // namespace sluice::runtime

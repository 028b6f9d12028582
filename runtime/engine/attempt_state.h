#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/desk.h"
#include "runtime/engine/leg_run.h"
#include "runtime/engine/post_work.h"
#include "runtime/engine/rollbacks.h"
#include "runtime/engine/run_state.h"
#include "runtime/isolation/sandbox.h"

namespace sluice::runtime {

class ActionRun;
struct ActionFrame;

/// What all parts of an attempt of a leg share.
class AttemptState {
 protected:
  struct StepRun;     ///< what belongs to the step that runs now
  struct ServiceRun;  ///< what belongs to a service while the leg lives

  AttemptState(RunState& run, const LegIdentity& leg, Wakeup& wakeup, int place, int number, const Armed* undo);
  ~AttemptState();

  RunState& run_;
  const LegIdentity& leg_;
  const Stage& stage_;
  const Armed* undo_;
  const std::vector<Step>& todo_;
  const AttemptPast* past_ = nullptr;  ///< of an earlier life of the run
  Wakeup& wakeup_;
  std::unique_ptr<Desk> own_desk_;  ///< of an attempt that goes on after a crash, and needs its files then
  Desk& desk_;
  const std::filesystem::path& files_;  ///< the desk's folder
  int number_;
  std::string tracking_;  ///< `RUN.LEG.`
  std::filesystem::path workspace_, logs_;
  std::filesystem::path kept_;  ///< where a workspace is left for people to look at
  std::filesystem::path temp_;

  Result job_status_ = Result::success;
  std::string reason_;
  bool allowed_ = false, abandoned_ = false;
  int halts_ = 0;
  Instant clean_up_until_ = never;
  std::optional<EventLoop::TimerId> timeout_;

  Json github_, env_, shown_env_, steps_, job_;
  Variables environment_;                  ///< over those of the desk
  std::vector<std::string> path_folders_;  ///< of GITHUB_PATH, the latest last
  std::unique_ptr<Sandbox> sandbox_;
  std::vector<std::unique_ptr<ServiceRun>> services_;
  std::vector<std::unique_ptr<Process>> leftovers_;  ///< ended, but children of theirs may still write
  std::vector<pid_t> sessions_;
  std::vector<PostWork> post_work_;
  std::vector<StepReport> reports_;
  Json outputs_ = Json::object();
  std::unique_ptr<ActionRun> actions_;
  const ActionFrame* frame_ = nullptr;  ///< of the composite action whose steps run now
};

}  // namespace sluice::runtime

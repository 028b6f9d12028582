#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/actions/definition.h"
#include "runtime/actions/reference.h"
#include "runtime/engine/leg_attempt.h"
#include "runtime/engine/step_run.h"

namespace sluice::runtime {

/// What the steps of a composite action see in place of the stage's own.
struct ActionFrame {
  Json inputs = Json::object(), steps = Json::object();
  Json github = Json::object();  ///< what differs in it: `action_path` …
  Json env = Json::object();     ///< of all the steps around it
  Result status = Result::success;
  bool asked_for_status = true;  ///< by `success()` and the like; not in `pre` and `post`, which ask the job
};

/// One use of an action in one leg, from its `pre` to its `post`.
struct ActionUse {
  std::string title;
  const UseAction* use = nullptr;
  int level = 0;  ///< how many composites are around it
  ActionReference reference;
  std::filesystem::path folder;
  std::optional<ActionDefinition> definition;
  std::string image;                                       ///< of a Docker action, once it is built
  std::vector<std::pair<std::string, std::string>> state;  ///< GITHUB_STATE: what it tells its own later phases
  bool post_registered = false;
  std::vector<std::unique_ptr<ActionUse>> nested;  ///< of a composite: one a step, null for scripts
  Json steps = Json::object();                     ///< of a composite: as its main phase has left them

  bool has_pre() const;
  bool has_post() const;
  void save_state(const std::string& name, const std::string& value);
};

/// The actions of one attempt of a leg, as actions/runner runs them (ActionRunner.cs, ActionManager.cs,
/// CompositeActionHandler.cs, NodeScriptActionHandler.cs, ContainerActionHandler.cs): `pre` of all that are not of the
/// workspace before the first step, then each in its place, then the `post` of those that got so far, the latest first.
class ActionRun {
 public:
  explicit ActionRun(LegAttempt& leg) : leg_(leg), uses_(leg.stage_.steps.size()) {}

  Task<Done> run_pre();
  Task<Done> run_post();

  using Failure = LegAttempt::Failure;
  /// The phase that the step is in.
  Task<Failure> run(LegAttempt::StepRun& now, const UseAction& use);

 private:
  using StepRun = LegAttempt::StepRun;
  using Phase = StepRun::Phase;

  // action_run.cpp
  ActionUse& use_of(std::size_t step, const UseAction& use);
  Outcome load(ActionUse& one);
  Outcome load_nested(ActionUse& one);
  std::expected<Json, std::string> inputs_of(StepRun& now, const ActionUse& one);
  void warn_of_inputs(StepRun& now, const ActionUse& one);
  Task<Failure> run_phase(StepRun& now, ActionUse& one);
  Task<Failure> run_javascript(StepRun& now, ActionUse& one, const Json& inputs);
  Variables environment_of(StepRun& now, const ActionUse& one, const Json& inputs) const;

  // action_composite.cpp
  Task<Failure> run_composite(StepRun& now, ActionUse& one, const Json& inputs);
  Task<Failure> run_nested_steps(StepRun& now, ActionUse& one, ActionFrame& frame);
  Task<Failure> run_nested(StepRun& now, const CompositeStep& step, ActionFrame& frame);
  Task<Failure> run_nested_action(StepRun& now, const CompositeStep& step);
  bool ends_here(StepRun& now, int halts) const;
  Failure conclude(StepRun& now, ActionFrame& frame, const Failure& failure);
  Failure collect_outputs(StepRun& now, const CompositeAction& composite);

  // action_docker.cpp
  Task<Failure> run_docker(StepRun& now, ActionUse& one, const Json& inputs);
  Task<Failure> build_image(StepRun& now, ActionUse& one, const std::filesystem::path& engine);
  std::expected<Command, std::string> container_command(StepRun& now, const ActionUse& one, const Json& inputs,
                                                        const std::filesystem::path& engine, const std::string& name);
  static std::string entrypoint_of(const StepRun& now, const DockerAction& docker, const Json& inputs);
  Variables container_environment(StepRun& now, const ActionUse& one, const Json& inputs) const;
  std::string inside(const std::string& path) const;

  LegAttempt& leg_;
  std::vector<std::unique_ptr<ActionUse>> uses_;  ///< by the stage's steps
  std::vector<std::size_t> posts_;                ///< steps, in the order in which their `post` was registered
};

}  // namespace sluice::runtime

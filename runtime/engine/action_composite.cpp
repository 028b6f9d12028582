#include <fmt/format.h>

#include <algorithm>

#include "runtime/engine/action_run.h"
#include "runtime/engine/leg_scope.h"

namespace sluice::runtime {
namespace {

/// While it lives expressions see that frame.
class FrameGuard {
 public:
  FrameGuard(const ActionFrame*& place, const ActionFrame& frame)
      : place_(place), before_(std::exchange(place, &frame)) {}
  ~FrameGuard() { place_ = before_; }
  FrameGuard(const FrameGuard&) = delete;
  FrameGuard& operator=(const FrameGuard&) = delete;

 private:
  const ActionFrame*& place_;
  const ActionFrame* before_;
};

}  // namespace

Task<ActionRun::Failure> ActionRun::run_composite(StepRun& now, ActionUse& one, const Json& inputs) {
  ActionFrame frame;
  frame.inputs = inputs;
  frame.github = {{"action_path", one.folder.string()}, {"action_repository", ""}, {"action_ref", ""}};
  if (now.frame != nullptr) frame.env = now.frame->env;
  frame.env.update(now.env);
  frame.asked_for_status = now.phase == Phase::main;
  if (now.phase == Phase::post) frame.steps = one.steps;
  FrameGuard guard(leg_.frame_, frame);
  Task<Failure> running = run_nested_steps(now, one, frame);
  Failure failure = co_await running;
  if (now.phase != Phase::main) co_return failure;
  leg_.shown_env_ = leg_.env_;
  leg_.shown_env_.update(frame.env);
  Failure outputs = collect_outputs(now, std::get<CompositeAction>(one.definition->runs));
  one.steps = std::move(frame.steps);
  co_return failure ? failure : outputs;
}

/// The first failure that counts. `pre` and `post` run those steps alone that have one, `post` the last one first.
Task<ActionRun::Failure> ActionRun::run_nested_steps(StepRun& now, ActionUse& one, ActionFrame& frame) {
  const auto& steps = std::get<CompositeAction>(one.definition->runs).steps;
  Failure first;
  bool stopped = false;
  int halts = leg_.halts_;
  for (std::size_t i = 0; i < steps.size() && !ends_here(now, halts); ++i) {
    std::size_t index = now.phase == Phase::post ? steps.size() - 1 - i : i;
    ActionUse* use = one.nested[index].get();
    if (now.phase == Phase::pre && (use == nullptr || !use->has_pre())) continue;
    if (now.phase == Phase::post && (use == nullptr || !use->post_registered)) continue;
    StepRun inner(steps[index].step, now.number);
    inner.phase = now.phase;
    inner.place = now.place;
    inner.deadline = now.deadline;
    inner.outer = &now;
    inner.frame = &frame;
    inner.use = use;
    if (now.phase == Phase::pre) inner.condition = &use->definition->pre_if;
    if (now.phase == Phase::post) inner.condition = &use->definition->post_if;
    Task<Failure> running = run_nested(inner, steps[index], frame);
    Failure failure = co_await running;
    if (failure && !first) first = std::move(failure);
    stopped = stopped || inner.stopped;
  }
  now.stopped = now.stopped || stopped;
  co_return first;
}

/// Whether what has come meanwhile leaves no room for another step.
bool ActionRun::ends_here(StepRun& now, int halts) const {
  bool halted = leg_.out_of_time() || (leg_.halts_ != halts && leg_.halt_stops(now));
  now.stopped = now.stopped || halted;
  return halted || Clock::now() >= now.deadline;
}

Task<ActionRun::Failure> ActionRun::run_nested(StepRun& now, const CompositeStep& step, ActionFrame& frame) {
  frame.github["action_status"] = to_text(frame.status);
  if (Outcome evaluated = leg_.evaluate_env(now); !evaluated) co_return conclude(now, frame, evaluated.error());
  auto wanted = evaluate_condition(*now.condition, LegScope(leg_, &frame));
  if (!wanted) co_return conclude(now, frame, fmt::format("its condition cannot be evaluated: {}", wanted.error()));
  if (!*wanted) {
    now.report.outcome = now.report.conclusion = Result::skipped;
    if (!now.step.id.empty() && now.phase == Phase::main)
      frame.steps[now.step.id] = {{"outputs", Json::object()}, {"outcome", "skipped"}, {"conclusion", "skipped"}};
    co_return std::nullopt;
  }
  now.report.title = leg_.title_of(now);
  std::string_view phase = now.phase == Phase::pre ? "Pre " : now.phase == Phase::post ? "Post " : "";
  leg_.say(now, fmt::format("> {}{}", phase, now.report.title));
  Task<Failure> running = run_nested_action(now, step);
  Failure failure = co_await running;
  Failure files = leg_.take_command_files(now);
  co_return conclude(now, frame, failure ? failure : files);
}

Task<ActionRun::Failure> ActionRun::run_nested_action(StepRun& now, const CompositeStep& step) {
  if (now.use != nullptr) {
    if (Outcome loaded = load(*now.use); !loaded) co_return loaded.error();
    if (now.phase != Phase::post && now.use->has_post()) now.use->post_registered = true;
    Task<Failure> running = run_phase(now, *now.use);
    Failure failure = co_await running;
    co_return failure;
  }
  Script script = std::get<Script>(now.step.action);
  auto shell = evaluate_text(step.shell, LegScope(leg_, now.frame));
  if (!shell) co_return fmt::format("its shell: {}", shell.error());
  script.shell = std::move(*shell);
  Task<Failure> running = leg_.run_script(now, script);
  Failure failure = co_await running;
  co_return failure;
}

/// As `LegAttempt::conclude`, with the action in place of the job.
ActionRun::Failure ActionRun::conclude(StepRun& now, ActionFrame& frame, const Failure& failure) {
  Result outcome = !failure ? Result::success : Result::failure;
  if (failure && now.stopped && leg_.job_status_ == Result::cancelled) outcome = Result::cancelled;
  Result conclusion = outcome;
  Failure counts;
  if (failure) {
    counts = fmt::format("`{}`: {}", now.report.title, *failure);
    auto allowed = evaluate_condition(now.step.allow_failure, LegScope(leg_, &frame));
    if (outcome == Result::failure && !now.stopped && allowed && *allowed) {
      conclusion = Result::success;
      leg_.say(now, *counts);
      counts.reset();
    }
  }
  if (!now.step.id.empty() && now.phase == Phase::main) {
    frame.steps[now.step.id] = {
        {"outputs", std::move(now.outputs)}, {"outcome", to_text(outcome)}, {"conclusion", to_text(conclusion)}};
  }
  if (conclusion != Result::success && frame.status != Result::cancelled) frame.status = conclusion;
  return counts;
}

ActionRun::Failure ActionRun::collect_outputs(StepRun& now, const CompositeAction& composite) {
  Json outputs = Json::object();
  Outcome evaluated = evaluate_bindings(composite.outputs, LegScope(leg_), outputs);
  if (!evaluated) return fmt::format("its output {}", evaluated.error());
  now.outputs.update(outputs);
  return std::nullopt;
}

}  // namespace sluice::runtime

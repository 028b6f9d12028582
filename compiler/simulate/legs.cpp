#include <algorithm>

#include "runtime/expressions/values.h"
#include "simulate/simulation.h"
#include "simulate/views.h"

namespace sluice::simulate {

/// The values of each leg; one of which nothing is known where the matrix is made by a stage.
std::vector<Json> Simulation::legs_of(std::size_t index) {
  const runtime::Stage& stage = model_.plan.stages[index];
  if (!stage.matrix) return {Json::object()};
  StageView view(*this, index);
  Json legs = Evaluator(view, assumptions_).value(stage.matrix->legs);
  if (legs.is_discarded() || !legs.is_array() || legs.empty()) return {open_object()};
  std::vector<Json> found;
  for (const Json& leg : legs) found.push_back(leg.is_array() && leg.size() == 2 ? leg[0] : leg);
  return found;
}

void Simulation::begin_legs(std::size_t index) {
  StageState& state = stages_[index];
  const runtime::Stage& stage = model_.plan.stages[index];
  if (stage.matrix) {
    StageView view(*this, index);
    state.fail_fast = Evaluator(view, assumptions_).decide(stage.matrix->fail_fast);
  }
  for (Json& values : legs_of(index)) {
    Work& work = works_.emplace_back();
    work.stage = index;
    work.leg = state.legs.size();
    work.todo = &stage.steps;
    work.matrix = std::move(values);
    work.ended = [this, &work] { leg_ended(work); };
    state.legs.push_back(&work);
  }
  begin_more_legs(index);
}

void Simulation::begin_more_legs(std::size_t index) {
  StageState& state = stages_[index];
  const auto& matrix = model_.plan.stages[index].matrix;
  std::size_t most =
      matrix && matrix->max_parallel ? static_cast<std::size_t>(std::max(1, *matrix->max_parallel)) : state.legs.size();
  while (state.legs_begun < state.legs.size() && state.legs_running < most) {
    Work& work = *state.legs[state.legs_begun++];
    ++state.legs_running;
    work.begun = !state.legs_cancelled && !stopped_;
    work.cancelled = !work.begun;
    if (work.begun) {
      post(now_, [this, &work] { begin_attempt(work); });
    } else {
      work.status = Result::cancelled;
      post(now_, work.ended);
    }
  }
}

void Simulation::leg_ended(Work& work) {
  StageState& state = stages_[work.stage];
  if (work.done) return;
  work.done = true;
  --state.legs_running;
  state.ended_legs.push_back(work.leg);
  bool failed = work.status == Result::failure && !work.allowed;
  if (failed && state.fail_fast) cancel_legs(work.stage);
  begin_more_legs(work.stage);
  if (state.ended_legs.size() == state.legs.size()) fold_legs(work.stage);
}

/// One failed leg fails the stage; else one cancelled leg makes it cancelled.
void Simulation::fold_legs(std::size_t index) {
  bool failed = false, cancelled = false, allowed = false;
  for (const Work* leg : stages_[index].legs) {
    failed = failed || (leg->status == Result::failure && !leg->allowed);
    cancelled = cancelled || leg->status == Result::cancelled;
    allowed = allowed || leg->allowed;
  }
  outcome_.stages[index].allowed = allowed && !failed && !cancelled;
  bool any_failure = failed || (allowed && !cancelled);
  work_ended(index, any_failure ? Result::failure : cancelled ? Result::cancelled : Result::success);
}

void Simulation::cancel_legs(std::size_t index) {
  StageState& state = stages_[index];
  state.legs_cancelled = true;
  for (std::size_t i = 0; i < state.legs_begun; ++i) cancel_leg(*state.legs[i]);
}

void Simulation::cancel_leg(Work& work) {
  if (work.done) return;
  work.cancelled = true;
  if (work.pausing) {
    work.pausing = false;
    ++work.generation;
    post(now_, work.ended);
  } else if (work.begun) {
    halt(work, Result::cancelled);
  }
}

Json Simulation::merged_outputs(std::size_t index) const {
  Json outputs = Json::object();
  const StageState& state = stages_[index];
  for (std::size_t leg : state.ended_legs)
    for (const auto& [name, value] : state.legs[leg]->outputs.items())
      if (value.is_discarded() || !runtime::is_absent(value) || !outputs.contains(name)) outputs[name] = value;
  return outputs;
}

}  // namespace sluice::simulate

#include <algorithm>

#include "simulate/simulation.h"
#include "simulate/views.h"

namespace sluice::simulate {
namespace {

constexpr Seconds clean_up_within = 300;  // as runtime::Options has it

bool is_plain(const runtime::Expression& condition) {
  return condition.kind == runtime::Expression::Kind::call && condition.operands.empty();
}

}  // namespace

Json Simulation::evaluated(const runtime::Bindings& bindings, const View& view, Json into) {
  Evaluator evaluator(view, assumptions_);
  for (const auto& [name, expression] : bindings) {
    Json value = evaluator.value({runtime::Expression::Kind::text, {}, {expression}});
    into[name] = std::move(value);
  }
  return into;
}

void Simulation::begin_attempt(Work& work) {
  if (work.cancelled) {  // before it came to its first step
    work.status = Result::cancelled;
    return work.ended();
  }
  const runtime::Stage& stage = model_.plan.stages[work.stage];
  work.next = 0;
  work.status = Result::success;
  work.halted = work.pausing = false;
  work.clean_up_until = never;
  work.deadline = stage.timeout ? now_ + *stage.timeout : never;
  work.steps = Json::object();
  work.env = pipeline_env_;
  WorkView view(*this, work);
  work.env = evaluated(stage.env, view, pipeline_env_);
  advance(work);
}

void Simulation::advance(Work& work) {
  while (work.next < work.todo->size()) {
    const runtime::Step& step = (*work.todo)[work.next];
    bool runs = now_ < work.clean_up_until && wants_to_run(work, step);
    if (runs && !do_at_once(work, step)) return begin_step(work, step);
    if (!runs) keep(work, step, Result::skipped, Result::skipped);
    ++work.next;
  }
  end_attempt(work);
}

bool Simulation::wants_to_run(Work& work, const runtime::Step& step) {
  WorkView view(*this, work);
  if (!is_plain(step.condition)) view.env = evaluated(step.env, view, work.env);
  return Evaluator(view, assumptions_).decide(step.condition);
}

/// What takes no time and cannot fail.
bool Simulation::do_at_once(Work& work, const runtime::Step& step) {
  StageState& state = stages_[work.stage];
  if (const auto* arm = std::get_if<runtime::Arm>(&step.action)) {
    state.armed.push_back({work.leg, arm->rollback, outcome_.rollbacks.size(), work.steps, work.env});
    outcome_.rollbacks.push_back({work.stage, work.leg, arm->rollback, RollbackRan::State::armed, now_, {}, 0, 0});
    return true;
  }
  if (!std::holds_alternative<runtime::Commit>(step.action)) return false;
  for (const Armed& armed : state.armed) outcome_.rollbacks[armed.record].state = RollbackRan::State::committed;
  state.armed.clear();
  outcome_.stages[work.stage].committed = true;
  return true;
}

bool Simulation::strikes(Event::Kind kind, const Work& work) {
  bool any = false;
  for (std::size_t i = 0; i < scenario_.events.size(); ++i) {
    const Event& event = scenario_.events[i];
    bool here = event.kind == kind && event.at.stage == work.stage && event.at.rollback == work.rollback &&
                event.at.step == work.next && (!event.at.leg || event.at.leg == work.leg);
    if (here) outcome_.struck[i] = any = true;
  }
  return any;
}

/// One try of a step.
Seconds Simulation::lasts(const Work& work, const runtime::Step& step, bool hangs) const {
  if (hangs) return step.timeout && !step.poll ? *step.timeout : never;
  if (const auto* sleep = std::get_if<runtime::Sleep>(&step.action)) return sleep->duration;
  if (step.poll) {
    const runtime::Poll& poll = *step.poll;
    bool watch = poll.kind == runtime::Poll::Kind::watch;
    if (watch && work.fails) return std::min(poll.lasting, poll.tolerate * poll.every);
    return watch == work.fails ? 0 : poll.lasting;
  }
  return work.rollback || !has_effect(step) ? 0 : model_.script_lasts[work.stage];
}

void Simulation::begin_step(Work& work, const runtime::Step& step) {
  bool hangs = strikes(Event::Kind::hang, work);
  work.fails = hangs || strikes(Event::Kind::fail, work);
  work.stopped = false;
  work.at_work = true;
  work.once = lasts(work, step, hangs);
  work.pause = step.retry.pause;
  work.record = outcome_.steps.size();
  int tries = work.fails ? step.retry.attempts : 1;
  Place place{work.stage, work.rollback, work.next, work.leg};
  outcome_.steps.push_back({place, Result::success, Result::success, now_, now_, tries});
  plan_end(work, work.once >= never ? never : now_ + tries * work.once + (tries - 1) * work.pause);
  strike(place);
}

/// The step ends then, or when its leg's time is over.
void Simulation::plan_end(Work& work, Seconds end) {
  unsigned generation = ++work.generation;
  auto is_current = [&work, generation] { return work.generation == generation && work.at_work; };
  Seconds limit = work.halted ? work.clean_up_until : work.deadline;
  if (end > limit) {
    post(limit, [this, &work, is_current] {
      if (!is_current()) return;
      if (!work.halted) return halt(work, Result::failure);
      work.stopped = true;
      end_of_try(work);
      end_step(work);
    });
  }
  post(end, [this, &work, is_current] {
    if (is_current()) end_step(work);
  });
}

/// When the try that is under way ends, after which there is no other.
Seconds Simulation::end_of_try(Work& work) {
  StepRan& record = outcome_.steps[work.record];
  if (work.once >= never) return never;
  Seconds period = work.once + work.pause;
  Seconds before = period > 0 ? std::min<Seconds>((now_ - record.began) / period, record.tries - 1) : 0;
  record.tries = static_cast<int>(before) + 1;
  return std::max(now_, record.began + before * period + work.once);
}

void Simulation::end_step(Work& work) {
  const runtime::Step& step = (*work.todo)[work.next];
  work.at_work = false;
  ++work.generation;
  bool good = !work.fails && !work.stopped;
  Result outcome = good                                               ? Result::success
                   : work.stopped && work.status == Result::cancelled ? Result::cancelled
                                                                      : Result::failure;
  Result conclusion = outcome;
  if (outcome == Result::failure && !work.stopped) {
    WorkView view(*this, work);
    if (Evaluator(view, assumptions_).decide(step.allow_failure)) conclusion = Result::success;
  }
  if (conclusion == Result::failure && work.status == Result::success) work.status = Result::failure;
  StepRan& record = outcome_.steps[work.record];
  record.outcome = outcome;
  record.conclusion = conclusion;
  record.ended = now_;
  keep(work, step, outcome, conclusion);
  ++work.next;
  advance(work);
}

void Simulation::keep(Work& work, const runtime::Step& step, Result outcome, Result conclusion) {
  bool ran = outcome != Result::skipped;
  if (ran && has_effect(step)) work.env["*"] = unknown();  // by GITHUB_ENV
  if (step.id.empty()) return;
  work.steps[step.id] = {{"outputs", ran && has_effect(step) ? open_object() : Json::object()},
                         {"outcome", runtime::to_text(outcome)},
                         {"conclusion", runtime::to_text(conclusion)}};
}

void Simulation::halt(Work& work, Result status) {
  if (work.halted) return;
  work.halted = true;
  work.status = status;
  work.clean_up_until = now_ + clean_up_within;
  if (!work.at_work) return;
  Seconds end = end_of_try(work);
  // A cancelled leg goes on with a step whose condition still holds; one that is out of time does not.
  if (status == Result::cancelled && wants_to_run(work, (*work.todo)[work.next])) return plan_end(work, end);
  work.stopped = true;
  plan_end(work, now_);
}

void Simulation::end_attempt(Work& work) {
  if (work.rollback) return work.ended();
  const runtime::Stage& stage = model_.plan.stages[work.stage];
  WorkView view(*this, work);
  work.outputs = evaluated(stage.outputs, view, Json::object());
  work.allowed = work.status == Result::failure && Evaluator(view, assumptions_).decide(stage.allow_failure);
  bool last = work.status != Result::failure || work.attempt >= stage.retry.attempts;
  if (last || work.cancelled || cancelled_ || stopped_) return work.ended();
  if (stages_[work.stage].armed.empty()) return try_again(work);
  // What an attempt did is undone before the next one, which must not begin in its wreck.
  undo(work.stage, work.leg, [this, &work](Undone undone) {
    if (undone == Undone::failed || work.cancelled) return work.ended();
    try_again(work);
  });
}

void Simulation::try_again(Work& work) {
  ++work.attempt;
  work.pausing = true;
  unsigned generation = ++work.generation;
  post(now_ + model_.plan.stages[work.stage].retry.pause, [this, &work, generation] {
    if (work.generation == generation) begin_attempt(work);
  });
}

}  // namespace sluice::simulate

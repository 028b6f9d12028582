#include "simulate/scenarios.h"

#include <fmt/format.h>

#include "graph/text.h"
#include "simulate/simulate.h"

namespace sluice::simulate {
namespace {

using Kind = Event::Kind;

class Enumerator {
 public:
  explicit Enumerator(const Model& model) : model_(model), plain_(simulate(model, {})) {}

  std::vector<Event> singles() {
    add_start(Kind::cancel);
    add_start(Kind::stop);
    for (std::size_t i = 0; i < model_.plan.stages.size(); ++i) add_stage(i);
    return std::move(events_);
  }

  std::vector<Event> further() {
    for (std::size_t i = 0; i < model_.plan.stages.size(); ++i) {
      const runtime::Stage& stage = model_.plan.stages[i];
      for (std::size_t rollback = 0; rollback < stage.rollbacks.size(); ++rollback)
        add_rollback(i, rollback, stage.rollbacks[rollback]);
    }
    for (std::size_t i = 0; i < model_.plan.environments.size(); ++i) add_newer(i);
    return std::move(events_);
  }

 private:
  void add(Kind kind, Place at) { events_.push_back({kind, at, false, 0}); }

  void add_start(Kind kind) { events_.push_back({kind, {}, true, 0}); }

  void add_gate(std::size_t index, const runtime::Conditions& gate) {
    if (!gate.approvals.empty()) add(Kind::reject, {index});
    if (!gate.approvals.empty() && gate.expires) add(Kind::expire, {index});
    add(Kind::cancel, {index});
    add(Kind::stop, {index});
  }

  void add_stage(std::size_t index) {
    const runtime::Stage& stage = model_.plan.stages[index];
    if (stage.gate) add_gate(index, *stage.gate);
    bool legs = plain_.stages[index].legs > 1;
    std::optional<std::size_t> last;
    for (std::size_t step = 0; step < stage.steps.size(); ++step) {
      bool instant = !can_fail(stage.steps[step]) && !std::holds_alternative<runtime::Sleep>(stage.steps[step].action);
      if (instant) continue;
      if (can_fail(stage.steps[step])) add(Kind::fail, {index, {}, step});
      if (can_fail(stage.steps[step]) && legs) add(Kind::fail, {index, {}, step, 0});
      add(Kind::cancel, {index, {}, step});
      if (has_effect(stage.steps[step])) last = step;
    }
    if (last) add(Kind::hang, {index, {}, *last});
    if (last) add(Kind::stop, {index, {}, *last});
  }

  void add_rollback(std::size_t stage, std::size_t index, const runtime::Rollback& rollback) {
    for (std::size_t step = 0; step < rollback.steps.size(); ++step) {
      if (!can_fail(rollback.steps[step])) continue;
      add(Kind::fail, {stage, index, step});
      add(Kind::cancel, {stage, index, step});
    }
  }

  /// Behind a lock no newer run can come before we are out.
  void add_newer(std::size_t environment) {
    if (model_.plan.environments[environment].lock) return;
    for (const runtime::Stage& stage : model_.plan.stages) {
      if (stage.environment != environment || stage.rollbacks.empty()) continue;
      events_.push_back({Kind::newer, {}, false, environment});
      return;
    }
  }

  const Model& model_;
  Outcome plain_;
  std::vector<Event> events_;
};

}  // namespace

std::vector<Event> single_events(const Model& model) { return Enumerator(model).singles(); }

std::vector<Event> further_events(const Model& model) { return Enumerator(model).further(); }

bool each_course(const Model& model, Scenario scenario, std::size_t most,
                 const std::function<void(const Scenario&, const Outcome&)>& take) {
  for (std::size_t i = 0; i < most; ++i) {
    Outcome outcome = simulate(model, scenario);
    std::vector<Choice> made = outcome.choices;
    take(scenario, outcome);
    auto next = next_course(std::move(made));
    if (!next) return true;
    scenario.given = std::move(*next);
  }
  return false;
}

std::string_view to_text(Kind kind) {
  switch (kind) {
    case Kind::fail: return "fail";
    case Kind::hang: return "hang";
    case Kind::cancel: return "cancel";
    case Kind::stop: return "stop";
    case Kind::reject: return "reject";
    case Kind::expire: return "expire";
    case Kind::newer: return "newer";
  }
  return "";
}

const graph::Step* step_at(const Model& model, const Place& place) {
  if (!place.step) return nullptr;
  return place.rollback ? &model.step(place.stage, *place.rollback, *place.step)
                        : &model.step(place.stage, *place.step);
}

std::size_t number_of(const Model& model, const Place& place) {
  if (!place.step) return 0;
  return 1 + (place.rollback ? model.rollback_steps[place.stage][*place.rollback][*place.step]
                             : model.steps[place.stage][*place.step]);
}

std::string label_of(const Model& model, const Place& place) {
  const graph::Step* step = step_at(model, place);
  if (step == nullptr) return "";
  std::string label =
      step->id.empty() ? fmt::format("\"{}\"", graph::describe_text(model.graph, step->title)) : step->id;
  if (place.leg) label += fmt::format(" in leg {}", *place.leg + 1);
  return place.rollback ? fmt::format("rollback {} {}", *place.rollback + 1, label) : label;
}

std::string describe(const Model& model, const Event& event) {
  if (event.at_start) return fmt::format("{} before anything starts", to_text(event.kind));
  if (event.kind == Kind::newer) return "newer run in " + model.graph.environments[event.environment].name;
  std::string label = label_of(model, event.at);
  return fmt::format("{} {}{}{}", to_text(event.kind), model.graph.stages[event.at.stage].id, label.empty() ? "" : " ",
                     label);
}

}  // namespace sluice::simulate

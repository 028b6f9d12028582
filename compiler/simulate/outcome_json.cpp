#include "simulate/outcome_json.h"

#include "graph/text.h"
#include "simulate/scenarios.h"

namespace sluice::simulate {
namespace {

void put_step(const Model& model, const Place& place, Json& object) {
  const graph::Step* step = step_at(model, place);
  if (step == nullptr) return;
  object["step"] = number_of(model, place);
  if (!step->id.empty()) object["id"] = step->id;
  object["title"] = graph::describe_text(model.graph, step->title);
}

Json event_json(const Model& model, const Event& event) {
  Json object = {{"kind", to_text(event.kind)}};
  if (event.at_start) return object;
  if (event.kind == Event::Kind::newer) {
    object["environment"] = model.graph.environments[event.environment].name;
    return object;
  }
  object["stage"] = model.graph.stages[event.at.stage].id;
  if (event.at.rollback) object["rollback"] = *event.at.rollback + 1;
  put_step(model, event.at, object);
  if (event.at.leg) object["leg"] = *event.at.leg + 1;
  return object;
}

Json steps_json(const Model& model, const Outcome& outcome, std::size_t stage) {
  Json steps = Json::array();
  for (const StepRan& ran : outcome.steps) {
    if (ran.place.stage != stage) continue;
    Json step = Json::object();
    if (ran.place.rollback) step["rollback"] = *ran.place.rollback + 1;
    if (outcome.stages[stage].legs > 1) step["leg"] = *ran.place.leg + 1;
    step["step"] = number_of(model, ran.place);
    step["outcome"] = runtime::to_text(ran.outcome);
    if (ran.conclusion != ran.outcome) step["conclusion"] = runtime::to_text(ran.conclusion);
    if (ran.tries > 1) step["tries"] = ran.tries;
    steps.push_back(std::move(step));
  }
  return steps;
}

Json stages_json(const Model& model, const Outcome& outcome) {
  Json stages = Json::array();
  for (std::size_t i = 0; i < outcome.stages.size(); ++i) {
    const StageEnd& end = outcome.stages[i];
    Json stage = {{"stage", model.graph.stages[i].id}, {"result", runtime::to_text(end.result)}};
    if (end.allowed) stage["allowed"] = true;
    if (end.undone != Undone::nothing) stage["undone"] = runtime::to_text(end.undone);
    if (!end.because.empty()) stage["because"] = end.because;
    stage["began"] = end.began;
    stage["ended"] = end.ended;
    stage["steps"] = steps_json(model, outcome, i);
    stages.push_back(std::move(stage));
  }
  return stages;
}

Json rollbacks_json(const Model& model, const Outcome& outcome) {
  Json rollbacks = Json::array();
  for (const RollbackRan& one : outcome.rollbacks) {
    Json rollback = {{"stage", model.graph.stages[one.stage].id}, {"rollback", one.rollback + 1}};
    if (outcome.stages[one.stage].legs > 1) rollback["leg"] = one.leg + 1;
    rollback["state"] = to_text(one.state);
    if (one.order) rollback["order"] = *one.order;
    rollbacks.push_back(std::move(rollback));
  }
  return rollbacks;
}

Json environments_json(const Model& model, const Outcome& outcome) {
  Json environments = Json::array();
  for (std::size_t i = 0; i < outcome.environments.size(); ++i) {
    const EnvironmentEnd& end = outcome.environments[i];
    Json environment = {{"environment", model.graph.environments[i].name}, {"state", to_text(end.state)}};
    if (end.locked) environment["locked"] = *end.locked;
    if (end.released) environment["released"] = *end.released;
    environments.push_back(std::move(environment));
  }
  return environments;
}

}  // namespace

std::string json_line(const Model& model, const Scenario& scenario, const Outcome& outcome,
                      const std::vector<std::string>& broken) {
  Json events = Json::array(), given = Json::array();
  for (const Event& event : scenario.events) events.push_back(event_json(model, event));
  for (const Choice& choice : outcome.choices)
    given.push_back({{"condition", choice.condition}, {"holds", choice.holds}});
  Json line = {{"scenario", std::move(events)},
               {"given", std::move(given)},
               {"result", word_of(outcome.result)},
               {"seconds", outcome.seconds},
               {"stages", stages_json(model, outcome)},
               {"rollbacks", rollbacks_json(model, outcome)},
               {"environments", environments_json(model, outcome)}};
  if (!broken.empty()) line["broken"] = broken;
  return runtime::to_json_line(line) + "\n";
}

}  // namespace sluice::simulate

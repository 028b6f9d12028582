// The job that rolls a stage back behind it: where its own runner could not, and where a stage that depends on it
// fails.
#include <fmt/format.h>

#include <algorithm>

#include "backends/github/delivery_parts.h"

namespace sluice::github {

using graph::ExpressionId;
using graph::StageIndex;

namespace {

constexpr graph::Seconds time_of_rollback = 10 * 60;
constexpr graph::Seconds time_of_setup = 5 * 60;

}  // namespace

void Delivery::add_rollback_job(StageIndex index) {
  const graph::Stage& origin = source_.stages[index];
  Armed& armed = armed_[index];
  graph::Stage job;
  job.id = fresh_id(origin.id + "-rollback");
  job.title = make_.text("Roll back " + origin.id, origin.span);
  job.after = moved(index).after;
  job.span = origin.span;
  job.runs_on = origin.runs_on;
  job.runs_on_expression = origin.runs_on_expression;
  job.environment = origin.environment;
  if (job.environment) {
    job.environment->url = {};
    job.environment->deployment = false;
  }
  job.permissions = origin.permissions;
  job.env = origin.env;
  job.services = origin.services;
  job.matrix = origin.matrix;
  // Every leg is undone, whatever becomes of the others.
  if (job.matrix) job.fail_fast = make_.boolean(false);
  job.max_parallel = origin.max_parallel;
  job.timeout = time_of_setup;
  for (const graph::Rollback& rollback : origin.rollbacks)
    job.timeout += whole_minutes(rollback.within.value_or(time_of_rollback));
  Stages needed = {index};
  job.condition = make_.both(make_.call("always"), triggers(index, needed));
  job.condition = make_.both(job.condition, is_armed(index));
  job.asks_status = true;
  follow(job, needed);
  graph::Step decision = decision_step(job, origin, armed, origin.id);
  std::string id = decision.id;
  job.steps.push_back(std::move(decision));
  std::string undone = append_undoing(job, origin, id, make_.call("always"), &armed);
  job.outputs = {{"rolled-back", rolled_back(origin.rollbacks.size(), id, undone)}};
  if (origin.environment) job.outputs.emplace_back("superseded", make_.path({"steps", id, "outputs", "superseded"}));
  armed.job = push(std::move(job));
}

// Behind all that decides, and behind the rollbacks of those that depend on the stage.
void Delivery::follow(graph::Stage& job, const Stages& stages) {
  auto add = [&](StageIndex made) { job.after.push_back({made, true, job.span}); };
  for (StageIndex stage : stages)
    for (StageIndex made : jobs_[stage]) add(made);
  std::vector<bool> depends = dependents_of(stages.front());
  for (StageIndex other = 0; other < depends.size(); ++other) {
    if (!depends[other]) continue;
    for (StageIndex made : jobs_[other]) add(made);
    if (auto armed = armed_.find(other); armed != armed_.end()) add(armed->second.job);
  }
}

// It says that its rollback is due; or nothing at all, for its runner was lost.
ExpressionId Delivery::is_due(StageIndex index) {
  const graph::Stage& stage = source_.stages[index];
  ExpressionId due;
  for (std::size_t i = 0; i < stage.rollbacks.size(); ++i) {
    std::string output = own_output(stage, fmt::format("rollback-{}", i + 1));
    due = make_.either(due, make_.differs(make_.path({"needs", stage.id, "outputs", output}), "false"));
  }
  return due;
}

ExpressionId Delivery::is_armed(StageIndex index) {
  const graph::Stage& stage = source_.stages[index];
  ExpressionId due = is_due(index);
  ExpressionId result = make_.path({"needs", stage.id, "result"});
  // The outputs are those of the leg that ended last.
  if (stage.matrix) due = make_.either(make_.differs(result, "success"), due);
  return make_.both(make_.differs(result, "skipped"), due);
}

ExpressionId Delivery::went_wrong(const Stages& stages) {
  ExpressionId any;
  for (StageIndex stage : stages)
    for (StageIndex made : jobs_[stage]) any = make_.either(any, make_.is_bad(out_.stages[made].id));
  return any;
}

// Its own failure, that of those that depend on it, and whatever undoes another one on which it depends: what depends
// on what is undone is undone first.
ExpressionId Delivery::triggers(StageIndex index, Stages& needed) {
  const graph::Stage& stage = source_.stages[index];
  Stages own = followers_that_count(index);
  ExpressionId any =
      stage.allow_failure
          ? make_.differs(make_.path({"needs", stage.id, "outputs", own_output(stage, "failed")}), "false")
          : went_wrong({index});
  any = make_.either(any, went_wrong(own));
  needed.insert(needed.end(), own.begin(), own.end());
  for (const auto& [above, armed] : armed_) {
    if (above >= index || !dependents_of(above)[index]) continue;
    Stages others;
    for (StageIndex other : followers_that_count(above))
      if (other != index && std::ranges::find(own, other) == own.end() && !dependents_of(other)[index])
        others.push_back(other);
    if (others.empty()) continue;
    any = make_.either(any, make_.both(is_armed(above), went_wrong(others)));
    needed.push_back(above);
    needed.insert(needed.end(), others.begin(), others.end());
  }
  return any;
}

}  // namespace sluice::github

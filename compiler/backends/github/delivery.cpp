// Gates, entries of environments, locks and rollbacks, as stages and steps that a workflow has.
#include "backends/github/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "backends/github/delivery_parts.h"

namespace sluice::github {

using graph::StageIndex;

bool has_delivery(const graph::Graph& graph) {
  bool locks = std::ranges::any_of(graph.environments, [](const auto& one) { return one.lock.has_value(); });
  return locks || std::ranges::any_of(graph.stages, [](const graph::Stage& stage) {
           return stage.gate.has_value() || !stage.rollbacks.empty();
         });
}

Delivered deliver(const graph::Graph& graph) { return Delivery(graph).run(); }

Delivery::Delivery(const graph::Graph& source) : source_(source), make_(out_), jobs_(source.stages.size()) {
  out_ = source;
  out_.stages.clear();
}

Delivered Delivery::run() {
  for (StageIndex index = 0; index < source_.stages.size(); ++index) {
    const graph::Stage& stage = source_.stages[index];
    if (stage.notification) continue;
    if (stage.gate)
      add_gate(index);
    else
      add_stage(index);
  }
  // Those that depend on others are undone first.
  for (auto& [index, armed] : std::views::reverse(armed_)) add_rollback_job(index);
  hold_locks();
  for (StageIndex index = 0; index < source_.stages.size(); ++index)
    if (source_.stages[index].notification) add_notification(index);
  return std::move(made_);
}

void Delivery::report(ProblemKind kind, source::Span span, std::string text) {
  made_.problems.push_back({kind, span, std::move(text)});
}

// The stage with its edges as they are among what was made.
graph::Stage Delivery::moved(StageIndex index) const {
  graph::Stage stage = source_.stages[index];
  for (graph::Edge& edge : stage.after) edge.stage = jobs_[edge.stage].back();
  return stage;
}

StageIndex Delivery::push(graph::Stage stage) {
  std::ranges::sort(stage.after, {}, &graph::Edge::stage);
  auto twice = std::ranges::unique(stage.after, {}, &graph::Edge::stage);
  stage.after.erase(twice.begin(), twice.end());
  out_.stages.push_back(std::move(stage));
  return static_cast<StageIndex>(out_.stages.size() - 1);
}

std::string Delivery::fresh_id(const std::string& wanted) const {
  auto taken = [&](const std::string& id) {
    auto is = [&](const graph::Stage& stage) { return stage.id == id; };
    return std::ranges::any_of(source_.stages, is) || std::ranges::any_of(out_.stages, is);
  };
  std::string id = wanted;
  for (int count = 2; taken(id); ++count) id = fmt::format("{}-{}", wanted, count);
  return id;
}

void Delivery::add_stage(StageIndex index) {
  graph::Stage stage = moved(index);
  if (!stage.rollbacks.empty()) arm(index, stage);
  guard(index, stage);
  stage.rollbacks.clear();
  jobs_[index] = {push(std::move(stage))};
}

void Delivery::add_notification(StageIndex index) {
  graph::Stage stage = moved(index);
  for (const auto& [undone, armed] : armed_) stage.after.push_back({armed.job, true, stage.span});
  jobs_[index] = {push(std::move(stage))};
}

// All the way down, without those that look after failures themselves.
std::vector<bool> Delivery::dependents_of(StageIndex index) const {
  std::vector<bool> depends(source_.stages.size());
  depends[index] = true;
  for (StageIndex other = index + 1; other < source_.stages.size(); ++other) {
    const graph::Stage& stage = source_.stages[other];
    depends[other] = !stage.notification && !stage.asks_status &&
                     std::ranges::any_of(stage.after, [&](const graph::Edge& edge) { return depends[edge.stage]; });
  }
  depends[index] = false;
  return depends;
}

// Those whose failure undoes the stage.
Delivery::Stages Delivery::followers_that_count(StageIndex index) const {
  Stages found;
  std::vector<bool> depends = dependents_of(index);
  for (StageIndex other = 0; other < depends.size(); ++other)
    if (depends[other] && !source_.stages[other].allow_failure) found.push_back(other);
  return found;
}

void permit(graph::Stage& stage, std::string scope, std::string reason) {
  auto at = std::ranges::lower_bound(stage.permissions, scope, {}, &graph::Permission::scope);
  if (at != stage.permissions.end() && at->scope == scope) {
    if (at->access != graph::Access::none) return;
    *at = {std::move(scope), graph::Access::read, std::move(reason)};
    return;
  }
  stage.permissions.insert(at, {std::move(scope), graph::Access::read, std::move(reason)});
}

std::string own_output(const graph::Stage& origin, const std::string& wanted) {
  auto taken = [&](const std::string& name) {
    return std::ranges::any_of(origin.outputs, [&](const auto& output) { return output.first == name; });
  };
  std::string name = wanted;
  for (int count = 2; taken(name); ++count) name = fmt::format("{}-{}", wanted, count);
  return name;
}

graph::Seconds whole_minutes(graph::Seconds seconds) { return (seconds + 59) / 60 * 60; }

std::string fresh_step_id(const std::vector<graph::Step>& steps, const std::string& wanted) {
  std::string id = wanted;
  for (int count = 2; std::ranges::find(steps, id, &graph::Step::id) != steps.end(); ++count)
    id = fmt::format("{}-{}", wanted, count);
  return id;
}

}  // namespace sluice::github

// Locks, as concurrency: of the one job that takes it, or of the whole run.
#include <fmt/format.h>

#include <algorithm>

#include "backends/github/delivery_parts.h"
#include "graph/text.h"

namespace sluice::github {

using graph::ExpressionId;
using graph::StageIndex;

namespace {

/// Whether a condition can be asked before anything of the run has begun.
bool is_known_early(const graph::Graph& graph, ExpressionId id) {
  const graph::Expression& expression = graph[id];
  if (expression.kind == graph::Expression::Kind::context)
    return expression.text == "github" || expression.text == "inputs" || expression.text == "vars";
  if (expression.kind == graph::Expression::Kind::call && expression.text == "hashFiles") return false;
  return std::ranges::all_of(expression.operands, [&](ExpressionId part) { return is_known_early(graph, part); });
}

}  // namespace

// In the order of the environments; those that share a lock are one.
std::vector<Delivery::Region> Delivery::regions() const {
  std::vector<Region> found;
  for (std::size_t i = 0; i < source_.environments.size(); ++i) {
    const graph::DeclaredEnvironment& environment = source_.environments[i];
    if (!environment.lock) continue;
    auto at = std::ranges::find(found, environment.lock->name, &Region::lock);
    if (at == found.end()) {
      found.push_back({environment.lock->name, true, environment.span, {}});
      at = found.end() - 1;
    }
    if (environment.lock->queue == graph::Lock::Queue::fifo) at->latest = false;
    for (StageIndex index = 0; index < source_.stages.size(); ++index) {
      const graph::Stage& stage = source_.stages[index];
      if (stage.environment && stage.environment->declared == i && !stage.notification) at->stages.push_back(index);
    }
  }
  std::erase_if(found, [](const Region& region) { return region.stages.empty(); });
  return found;
}

void Delivery::hold_locks() {
  std::vector<Region> wide;
  for (const Region& region : regions()) {
    const graph::Stage& first = source_.stages[region.stages.front()];
    // Of several jobs that wait for one group, GitHub cancels all but the newest.
    if (region.stages.size() == 1 && !first.matrix && !first.concurrency)
      hold_by_job(region);
    else
      wide.push_back(region);
  }
  if (!wide.empty()) hold_by_run(wide);
}

void Delivery::hold_by_job(const Region& region) {
  StageIndex stage = region.stages.front();
  graph::Concurrency concurrency{make_.text("lock-" + region.lock), make_.boolean(false)};
  out_.stages[jobs_[stage].back()].concurrency = concurrency;
  std::string lost;
  if (auto armed = armed_.find(stage); armed != armed_.end()) {
    out_.stages[armed->second.job].concurrency = concurrency;
    lost = fmt::format("between `{}` and the job that rolls it back another run may get in", source_.stages[stage].id);
  }
  if (!region.latest) (lost += lost.empty() ? "" : "; ") += "of those that wait GitHub keeps the newest alone";
  if (!lost.empty()) report(ProblemKind::lock_not_held, region.span, fmt::format("lock `{}`: {}", region.lock, lost));
}

// One group for all of them: a run cannot have two.
void Delivery::hold_by_run(const std::vector<Region>& regions) {
  if (source_.concurrency) {
    for (const Region& region : regions)
      report(ProblemKind::lock_not_held, region.span,
             fmt::format("lock `{}` is not held: the pipeline has a `concurrency` of its own, and GitHub no second one",
                         region.lock));
    return;
  }
  std::string name = "lock";
  for (const Region& region : regions) name += (name == "lock" ? "-" : "+") + region.lock;
  ExpressionId group = make_.text(name);
  if (ExpressionId early = early_condition(regions)) {
    ExpressionId other = make_.call(
        "format", {make_.text("{0}-{1}"), make_.path({"github", "workflow"}), make_.path({"github", "run_id"})});
    group = make_.either(make_.both(early, group), other);
  }
  out_.concurrency = graph::Concurrency{group, make_.boolean(false)};
  for (const Region& region : regions) {
    std::string text =
        fmt::format("lock `{}` is held by the whole run on GitHub, also while people are asked", region.lock);
    if (!region.latest) text += "; of those that wait GitHub keeps the newest alone";
    if (regions.size() > 1) text += "; pipelines that take another set of locks are not kept out";
    report(ProblemKind::lock_not_held, region.span, text);
  }
}

// A run in which no stage takes the lock need not wait for it.
ExpressionId Delivery::early_condition(const std::vector<Region>& regions) {
  ExpressionId any;
  std::set<std::string> seen;
  for (const Region& region : regions)
    for (StageIndex index : region.stages) {
      const graph::Stage& stage = source_.stages[index];
      if (!stage.condition || stage.asks_status || !is_known_early(source_, stage.condition)) return {};
      if (seen.insert(graph::describe(source_, stage.condition)).second) any = make_.either(any, stage.condition);
    }
  return any;
}

}  // namespace sluice::github

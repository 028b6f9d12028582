#include <fmt/format.h>

#include <algorithm>

#include "simulate/forecast.h"

namespace sluice::simulate {
namespace {

constexpr Seconds rollback_within = 1800;  // where no `within` says otherwise
constexpr Seconds day = 86'400;            // of a stage without limit, which no graph of ours has

std::optional<Seconds> longest_step(const runtime::Step& step) {
  if (const auto* sleep = std::get_if<runtime::Sleep>(&step.action)) return sleep->duration;
  if (!can_fail(step)) return 0;
  if (step.poll) return step.poll->lasting + step.timeout.value_or(0);
  if (!step.timeout) return std::nullopt;
  return step.retry.attempts * *step.timeout + (step.retry.attempts - 1) * step.retry.pause;
}

/// All steps one after the other, but never more than `limit`.
Seconds longest_steps(const std::vector<runtime::Step>& steps, Seconds limit) {
  Seconds sum = 0;
  for (const runtime::Step& step : steps) {
    auto one = longest_step(step);
    if (!one) return limit;
    sum += *one;
  }
  return std::min(sum, limit);
}

Seconds longest_undoing(const runtime::Stage& stage, std::size_t legs) {
  Seconds sum = 0;
  for (const runtime::Rollback& one : stage.rollbacks)
    sum += longest_steps(one.steps, one.within.value_or(rollback_within));
  return sum * static_cast<Seconds>(std::max<std::size_t>(1, legs));
}

Seconds longest_work(const runtime::Stage& stage, std::size_t legs) {
  if (stage.steps.empty()) return 0;
  Seconds attempts = stage.retry.attempts;
  Seconds once =
      attempts * longest_steps(stage.steps, stage.timeout.value_or(day)) + (attempts - 1) * stage.retry.pause;
  if (attempts > 1) once += (attempts - 1) * longest_undoing(stage, 1);
  bool rows = stage.matrix && stage.matrix->max_parallel && *stage.matrix->max_parallel > 0;
  Seconds side_by_side = rows ? *stage.matrix->max_parallel : static_cast<Seconds>(legs);
  if (side_by_side < 1) side_by_side = 1;
  return once * ((static_cast<Seconds>(legs) + side_by_side - 1) / side_by_side);
}

/// How long a gate waits, and what of that nobody can tell.
Seconds longest_wait(const Model& model, std::size_t index, std::vector<std::string>& beside) {
  const runtime::Stage& stage = model.plan.stages[index];
  const runtime::Conditions& gate = *stage.gate;
  Seconds wait = gate.wait.value_or(0);
  if (!gate.approvals.empty() && gate.expires) wait = std::max(wait, *gate.expires);
  if (!gate.approvals.empty() && !gate.expires) beside.push_back(fmt::format("the approval at `{}`", stage.id));
  if (!gate.windows.empty() || !gate.freezes.empty()) beside.push_back(fmt::format("the times of `{}`", stage.id));
  for (const runtime::Environment& one : model.plan.environments)
    if (one.entry == index && one.lock) beside.push_back(fmt::format("the lock `{}`", one.lock->name));
  return wait;
}

}  // namespace

Limit longest_promotion(const Model& model, const Outcome& outcome) {
  Limit limit;
  std::vector<Seconds> ends(model.plan.stages.size(), 0);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const runtime::Stage& stage = model.plan.stages[i];
    for (std::size_t before : stage.after) ends[i] = std::max(ends[i], ends[before]);
    if (!outcome.stages[i].started) continue;
    if (stage.gate) ends[i] += longest_wait(model, i, limit.beside);
    ends[i] += longest_work(stage, std::max<std::size_t>(1, outcome.stages[i].legs));
    limit.seconds = std::max(limit.seconds, ends[i]);
  }
  return limit;
}

/// A stage is undone when all that depends on it has been.
Limit longest_rollback(const Model& model, const Outcome& outcome) {
  Limit limit;
  std::vector<Seconds> begins(model.plan.stages.size(), 0);
  for (std::size_t i = begins.size(); i-- > 0;) {
    const runtime::Stage& stage = model.plan.stages[i];
    Seconds end = begins[i];
    if (outcome.stages[i].started) end += longest_undoing(stage, outcome.stages[i].legs);
    if (!stage.handler)
      for (std::size_t before : stage.after) begins[before] = std::max(begins[before], end);
    limit.seconds = std::max(limit.seconds, end);
  }
  return limit;
}

}  // namespace sluice::simulate

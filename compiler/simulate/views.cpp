#include "simulate/views.h"

#include <algorithm>

namespace sluice::simulate {
namespace {

/// All stages that one follows, as `needs` holds them.
Json needs_of(const runtime::Plan& plan, std::size_t stage, const Json& all) {
  std::vector<bool> above(stage + 1, false);
  above[stage] = true;
  for (std::size_t i = stage + 1; i-- > 0;)
    if (above[i])
      for (std::size_t before : plan.stages[i].after) above[before] = true;
  Json needs = Json::object();
  for (std::size_t i = 0; i < stage; ++i)
    if (above[i] && all.contains(plan.stages[i].id)) needs[plan.stages[i].id] = all[plan.stages[i].id];
  return needs;
}

}  // namespace

const Json* StageView::context(std::string_view name) const {
  if (name == "github") return run_.scenario_.github ? &*run_.scenario_.github : nullptr;
  if (name == "inputs") return run_.scenario_.inputs ? &*run_.scenario_.inputs : nullptr;
  if (name == "env") return &run_.pipeline_env_;
  if (name != "needs") return nullptr;
  if (!run_.model_.reads_all_needs[stage_]) return &run_.needs_;
  if (!needs_) needs_ = needs_of(run_.model_.plan, stage_, run_.needs_);
  return &*needs_;
}

runtime::StatusAnswers StageView::status(std::span<const std::string> stages) const {
  if (as_if) return *as_if;
  const StageState& own = run_.stages_[stage_];
  bool cancelled = run_.ends_early();
  if (stages.empty()) return {!own.ancestor_bad && !cancelled, own.ancestor_failed, cancelled};
  runtime::StatusAnswers answers{!cancelled, false, cancelled};
  for (const std::string& id : stages) {
    auto found = std::ranges::find(run_.model_.plan.stages, id, &runtime::Stage::id);
    if (found == run_.model_.plan.stages.end()) continue;
    const StageEnd& end = run_.outcome_.stages[static_cast<std::size_t>(found - run_.model_.plan.stages.begin())];
    bool fine = end.allowed || end.result == Result::success || end.result == Result::skipped;
    answers.success = answers.success && fine;
    answers.failure = answers.failure || (end.result == Result::failure && !end.allowed);
  }
  return answers;
}

WorkView::WorkView(const Simulation& run, const Work& work)
    : StageView(run, work.stage), env(work.env), work_(work), job_(open_object()) {
  job_["status"] = runtime::to_text(work.status);
}

const Json* WorkView::context(std::string_view name) const {
  if (name == "matrix") return &work_.matrix;
  if (name == "env") return &env;
  if (name == "steps") return &work_.steps;
  if (name == "job") return &job_;
  return StageView::context(name);
}

runtime::StatusAnswers WorkView::status(std::span<const std::string>) const {
  return {work_.status == Result::success, work_.status == Result::failure, work_.status == Result::cancelled};
}

}  // namespace sluice::simulate

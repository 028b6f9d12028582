#include "runtime/engine/stage_scope.h"

#include <fmt/format.h>

#include "runtime/expressions/values.h"

namespace sluice::runtime {

const Json* RunScope::context(std::string_view name) const {
  if (name == "github") return &run_.github;
  if (name == "inputs") return &run_.options.inputs;
  if (name == "vars") return &run_.options.vars;
  if (name == "secrets") return &run_.secret_values;
  return nullptr;
}

const Json* StageScope::context(std::string_view name) const {
  if (name == "needs") return all_needs();
  if (name == "env") return &run_.pipeline_env;
  return RunScope(run_).context(name);
}

const Json* StageScope::context_member(std::string_view context, std::string_view name) const {
  if (context != "needs") return nullptr;
  auto found = run_.stage_index.find(std::string(name));
  if (found == run_.stage_index.end() || run_.stages[found->second].needs.is_null()) return nullptr;
  return &run_.stages[found->second].needs;
}

const Json* StageScope::all_needs() const {
  if (needs_) return &*needs_;
  std::vector<char> is_ancestor(stage_ + 1, 0);
  is_ancestor[stage_] = 1;
  for (std::size_t i = stage_ + 1; i-- > 0;) {
    if (!is_ancestor[i]) continue;
    for (std::size_t before : run_.plan.stages[i].after) is_ancestor[before] = 1;
  }
  needs_ = Json::object();
  for (std::size_t i = 0; i < stage_; ++i) {
    if (is_ancestor[i]) (*needs_)[run_.plan.stages[i].id] = run_.stages[i].needs;
  }
  return &*needs_;
}

StatusAnswers StageScope::status(std::span<const std::string> stages) const {
  if (as_if) return *as_if;
  const StageState& own = run_.stages[stage_];
  bool cancelled = run_.ends_early();
  if (stages.empty()) return {!own.ancestor_bad && !cancelled, own.ancestor_failed, cancelled};
  StatusAnswers answers{!cancelled, false, cancelled};
  for (const std::string& id : stages) {
    auto found = run_.stage_index.find(id);
    if (found == run_.stage_index.end()) continue;
    const StageReport& report = run_.stages[found->second].report;
    bool fine = report.allowed || report.result == Result::success || report.result == Result::skipped;
    answers.success = answers.success && fine;
    answers.failure = answers.failure || (report.result == Result::failure && !report.allowed);
  }
  return answers;
}

Outcome evaluate_bindings(const Bindings& bindings, const Scope& scope, Json& into) {
  for (const auto& [name, expression] : bindings) {
    auto value = evaluate_text(expression, scope);
    if (!value) return std::unexpected(fmt::format("`{}`: {}", name, value.error()));
    into[name] = std::move(*value);
  }
  return {};
}

}  // namespace sluice::runtime

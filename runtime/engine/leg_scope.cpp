#include "runtime/engine/leg_scope.h"

#include "runtime/expressions/values.h"

namespace sluice::runtime {

LegScope::LegScope(const LegAttempt& attempt) : StageScope(attempt.run_, attempt.leg_.stage), attempt_(attempt) {}

const Json* LegScope::context(std::string_view name) const {
  if (name == "matrix") return &attempt_.leg_.matrix;
  if (name == "strategy") return &attempt_.leg_.strategy;
  if (name == "env") return &attempt_.shown_env_;
  if (name == "steps") return &attempt_.steps_;
  if (name == "job") return &attempt_.job_;
  if (name == "runner") return &attempt_.desk_.runner();
  if (name != "github") return StageScope::context(name);
  if (!whole_github_) {
    whole_github_ = run_.github;
    whole_github_->update(attempt_.github_);
  }
  return &*whole_github_;
}

const Json* LegScope::context_member(std::string_view context, std::string_view name) const {
  if (context != "github") return StageScope::context_member(context, name);
  const Json* own = find_member(attempt_.github_, name);
  return own != nullptr ? own : find_member(run_.github, name);
}

StatusAnswers LegScope::status(std::span<const std::string>) const {
  Result status = attempt_.job_status_;
  return {status == Result::success, status == Result::failure, status == Result::cancelled};
}

}  // namespace sluice::runtime

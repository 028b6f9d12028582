#include "runtime/engine/leg_scope.h"

#include "runtime/engine/action_run.h"
#include "runtime/expressions/values.h"

namespace sluice::runtime {

LegScope::LegScope(const LegAttempt& attempt) : LegScope(attempt, attempt.frame_) {}

LegScope::LegScope(const LegAttempt& attempt, const ActionFrame* frame)
    : StageScope(attempt.run_, attempt.leg_.stage), attempt_(attempt), frame_(frame) {}

const Json* LegScope::context(std::string_view name) const {
  if (name == "matrix") return &attempt_.leg_.matrix;
  if (name == "strategy") return &attempt_.leg_.strategy;
  if (name == "env") return &attempt_.shown_env_;
  if (name == "inputs" && frame_ != nullptr) return &frame_->inputs;
  if (name == "steps") return frame_ != nullptr ? &frame_->steps : &attempt_.steps_;
  if (name == "job") return &attempt_.job_;
  if (name == "runner") return &attempt_.desk_.runner();
  if (name != "github") return StageScope::context(name);
  if (!whole_github_) {
    whole_github_ = run_.github;
    whole_github_->update(attempt_.github_);
    if (frame_ != nullptr) whole_github_->update(frame_->github);
  }
  return &*whole_github_;
}

const Json* LegScope::context_member(std::string_view context, std::string_view name) const {
  if (context != "github") return StageScope::context_member(context, name);
  const Json* own = frame_ != nullptr ? find_member(frame_->github, name) : nullptr;
  if (own == nullptr) own = find_member(attempt_.github_, name);
  return own != nullptr ? own : find_member(run_.github, name);
}

StatusAnswers LegScope::status(std::span<const std::string>) const {
  Result status = attempt_.job_status_;
  if (frame_ != nullptr && frame_->asked_for_status) {
    bool cancelled = status == Result::cancelled;
    return {frame_->status == Result::success && !cancelled, frame_->status == Result::failure, cancelled};
  }
  return {status == Result::success, status == Result::failure, status == Result::cancelled};
}

}  // namespace sluice::runtime

#pragma once
#include <optional>

#include "runtime/engine/leg_attempt.h"
#include "runtime/engine/stage_scope.h"

namespace sluice::runtime {

/// What expressions see inside of a leg.
class LegScope final : public StageScope {
 public:
  explicit LegScope(const LegAttempt& attempt);
  LegScope(const LegAttempt& attempt, const ActionFrame* frame);  ///< inside of that one, or of none

  const Json* context(std::string_view name) const override;
  const Json* context_member(std::string_view context, std::string_view name) const override;
  StatusAnswers status(std::span<const std::string> stages) const override;
  std::filesystem::path workspace() const override { return attempt_.workspace_; }

 private:
  const LegAttempt& attempt_;
  const ActionFrame* frame_;
  mutable std::optional<Json> whole_github_;
};

}  // namespace sluice::runtime

#pragma once
#include <optional>

#include "runtime/engine/run_state.h"

namespace sluice::runtime {

/// Contexts of a stage as a whole: `github inputs vars needs`, and the status functions over its ancestors.
class StageScope : public Scope {
 public:
  StageScope(const RunState& run, std::size_t stage) : run_(run), stage_(stage) {}

  const Json* context(std::string_view name) const override;
  const Json* context_member(std::string_view context, std::string_view name) const override;
  StatusAnswers status(std::span<const std::string> stages) const override;

  std::optional<StatusAnswers> as_if;  ///< instead of what is true

 protected:
  const RunState& run_;
  std::size_t stage_;

 private:
  const Json* all_needs() const;
  mutable std::optional<Json> needs_;
};

/// Contexts that are known when a run starts.
class RunScope : public Scope {
 public:
  explicit RunScope(const RunState& run) : run_(run) {}
  const Json* context(std::string_view name) const override;
  StatusAnswers status(std::span<const std::string>) const override { return {}; }

 private:
  const RunState& run_;
};

/// Evaluates bindings in order into an object of texts.
Outcome evaluate_bindings(const Bindings& bindings, const Scope& scope, Json& into);

}  // namespace sluice::runtime

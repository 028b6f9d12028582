#pragma once
#include <optional>

#include "simulate/simulation.h"

namespace sluice::simulate {

/// Contexts of a stage as a whole.
class StageView : public View {
 public:
  StageView(const Simulation& run, std::size_t stage) : run_(run), stage_(stage) {}
  const Json* context(std::string_view name) const override;
  runtime::StatusAnswers status(std::span<const std::string> stages) const override;
  std::optional<runtime::StatusAnswers> as_if;  ///< instead of what is true

 protected:
  const Simulation& run_;
  std::size_t stage_;

 private:
  mutable std::optional<Json> needs_;
};

/// Contexts of a step.
class WorkView : public StageView {
 public:
  WorkView(const Simulation& run, const Work& work);
  const Json* context(std::string_view name) const override;
  runtime::StatusAnswers status(std::span<const std::string>) const override;
  Json env;  ///< what steps see: with the step's own

 private:
  const Work& work_;
  Json job_;
};

}  // namespace sluice::simulate

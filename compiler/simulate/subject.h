#pragma once
#include <optional>
#include <string>
#include <vector>

#include "diagnostics/sink.h"
#include "simulate/model.h"
#include "simulate/outcome.h"
#include "syntax/ast.h"

namespace sluice::simulate {

/// What a test speaks of: `result`, `release`, `release.install`, `release.rollback`, `production`.
struct Subject {
  enum class Kind : std::uint8_t { result, duration, stage, step, rollback, environment };
  Kind kind = Kind::result;
  std::size_t index = 0;           ///< of the stage or the environment
  std::vector<std::size_t> steps;  ///< of the plan's stage: a phase has several
};

/// Finds it in the graph, where families are unfolded. What is not there is reported.
std::optional<Subject> find_subject(const Model& model, const ast::Expression& expression, diagnostics::Sink& sink);

/// The words that may be said of it: `ran` beside the ends that it can come to.
std::vector<std::string_view> words_for(const Subject& subject);

/// How it ended: a word of those.
std::string end_of(const Subject& subject, const Outcome& outcome);
bool has_run(const Subject& subject, const Outcome& outcome);

/// `release.rollback` as it was written.
std::string text_of(const ast::Expression& expression);

}  // namespace sluice::simulate

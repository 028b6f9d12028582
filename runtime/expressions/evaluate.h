#pragma once
#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "runtime/expressions/expression.h"
#include "runtime/expressions/json.h"

namespace sluice::runtime {

/// What the status functions say at one place of the run.
struct StatusAnswers {
  bool success = true;
  bool failure = false;
  bool cancelled = false;
};

/// The names an expression may look up. Every pointer given out stays valid as long as the scope does.
class Scope {
 public:
  virtual ~Scope() = default;

  /// A context by its lower-case name, or null where it has no value here.
  virtual const Json* context(std::string_view name) const = 0;

  /// One member of a context, for contexts that are costly to build as a whole; null: look into `context`.
  virtual const Json* context_member(std::string_view, std::string_view) const { return nullptr; }

  /// `stages` restricts `success('a', 'b')` to those; empty for all.
  virtual StatusAnswers status(std::span<const std::string> stages) const = 0;

  /// Where hashFiles looks; empty where it may not be called.
  virtual std::filesystem::path workspace() const { return {}; }
};

/// The value of an expression with GitHub's meaning of every operator and function, or what went wrong.
std::expected<Json, std::string> evaluate(const Expression& expression, const Scope& scope);

std::expected<std::string, std::string> evaluate_text(const Expression& expression, const Scope& scope);
std::expected<bool, std::string> evaluate_condition(const Expression& expression, const Scope& scope);

/// A literal as an expression, for those who build plans by hand.
Expression literal(const Json& value);

/// `contains(…)` and the like, with GitHub's names and case rules; `case` is not here: it is lazy.
std::expected<Json, std::string> call_function(std::string_view name, std::span<const Json> arguments,
                                               const Scope& scope);

}  // namespace sluice::runtime

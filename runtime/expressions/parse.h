#pragma once
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "runtime/expressions/expression.h"

namespace sluice::runtime {

/// What an expression may name where it stands.
struct ExpressionPlace {
  std::span<const std::string_view> contexts;  ///< in lower case
  bool status_functions = false;               ///< success(), failure(), always(), cancelled()
  bool hash_files = false;
};

/// What stands between `${{` and `}}`, in GitHub's grammar and with its limits (21,000 characters, 50 levels). An error
/// is GitHub's own text. Nothing but blanks is null.
std::expected<Expression, std::string> parse_expression(std::string_view text, const ExpressionPlace& place);

/// A text that may hold `${{ … }}`: one hole alone keeps its type, anything else is a text.
std::expected<Expression, std::string> parse_template(std::string_view text, const ExpressionPlace& place);

/// An `if`, with or without `${{ }}` around it, with the implied `success()` written out. Empty is `success()`.
std::expected<Expression, std::string> parse_condition(std::string_view text, const ExpressionPlace& place);

}  // namespace sluice::runtime

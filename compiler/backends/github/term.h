#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "backends/github/constant.h"

namespace sluice::github {

/// How tightly an expression's outermost operator binds, loosest first.
enum class Level : std::uint8_t { either, both, equality, relation, negation, primary };

/// What became of one expression of the graph: a constant, or a piece of GitHub's expression language.
struct Term {
  std::optional<Constant> constant;
  std::string code;  ///< without `${{ }}`; empty for a constant
  Level level = Level::primary;
  bool asks_status = false;  ///< calls success, failure, always or cancelled
  bool is_string = false;    ///< certainly a string
  bool is_decision = false;  ///< certainly true or false
};

/// The term as an operand of an operator of this level, in parentheses where it binds more loosely.
std::string operand(const Term& term, Level level);

Term constant(Constant::Kind kind, std::string text);
Term string(std::string text);
Term boolean(bool value);

Term both(Term left, Term right);
Term either(Term left, Term right);
Term negation(Term term);
Term relation(Relation relation, const Term& left, const Term& right);

}  // namespace sluice::github

#pragma once
#include <llvm/ADT/StringRef.h>

#include "check/text_problem.h"

namespace sluice::check {

/// What a filter's patterns are held against.
enum class Matched : unsigned char { branch, tag, path, text };

struct PatternProblem : TextProblem {
  enum class Kind : unsigned char {
    refused,  ///< GitHub cannot read it
    never,    ///< nothing has such a name
    useless,  ///< it says with marks what it could say without
  };
  Kind kind = Kind::refused;
};

/// The first problem of a pattern in GitHub's language: `*` and `**` are any text, `?` and `+` repeat what stands
/// before them, `[…]` is one of several letters, `!` in front takes away, `\` takes a mark's meaning.
std::optional<PatternProblem> problem_of_pattern(llvm::StringRef pattern, Matched matched);

}  // namespace sluice::check

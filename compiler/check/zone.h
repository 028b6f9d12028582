#pragma once
#include <llvm/ADT/StringRef.h>

#include "check/text_problem.h"

namespace sluice::check {

/// What is wrong with the name of a time zone. The answer is the same on every machine: the names stand in zones.def.
std::optional<TextProblem> problem_of_zone(llvm::StringRef zone);

}  // namespace sluice::check

#pragma once
#include <llvm/ADT/StringRef.h>

#include "check/text_problem.h"

namespace sluice::check {

/// The first thing that GitHub refuses of a cron, or that keeps it from ever running.
std::optional<TextProblem> problem_of_cron(llvm::StringRef cron);

/// The fewest minutes between two runs, 60 where there are more; of a cron without problem.
unsigned least_minutes_between(llvm::StringRef cron);

}  // namespace sluice::check

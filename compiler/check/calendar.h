#pragma once
#include <llvm/ADT/StringRef.h>

#include "check/text_problem.h"

/// The times of `window` and `freeze`. The runtime reads the same texts once more, from the same description
/// (docs/language.md, "Environments and gates").
namespace sluice::check {

/// `Mon-Fri 09:00-16:00; Sat 10:00-12:00`: days (none at all: every day), and from when to when. Hours that end before
/// they begin end on the next day.
std::optional<TextProblem> problem_of_window(llvm::StringRef times);

/// `2026-12-20`, a whole day, or `2026-12-20T12:00`.
std::optional<TextProblem> problem_of_instant(llvm::StringRef instant);

/// Whether nothing is left between the two, the last day included; of instants without problem.
bool is_empty_freeze(llvm::StringRef from, llvm::StringRef to);

}  // namespace sluice::check

#include "diagnostics/nearest.h"

#include <fmt/core.h>

#include <algorithm>

namespace sluice::diagnostics {

llvm::StringRef nearest(llvm::StringRef wanted, llvm::ArrayRef<llvm::StringRef> candidates) {
  llvm::StringRef best;
  // One mistake for every three letters, two letters changing places counting as two: more, and it is a guess.
  unsigned limit = wanted.size() < 4 ? 1 : std::max<unsigned>(2, static_cast<unsigned>(wanted.size()) / 3);
  for (llvm::StringRef candidate : candidates) {
    if (candidate.equals_insensitive(wanted)) return candidate;
    unsigned distance = wanted.edit_distance(candidate, true, limit + 1);
    if (distance > limit) continue;
    best = candidate;
    if (distance == 0) break;
    limit = distance - 1;
  }
  return best;
}

std::string list_of(llvm::ArrayRef<llvm::StringRef> names) {
  constexpr std::size_t most = 7;
  std::size_t shown = names.size() > most ? 3 : names.size();
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += (i + 1 == names.size()) ? " and " : ", ";
    text += fmt::format("`{}`", std::string_view(names[i]));
  }
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

}  // namespace sluice::diagnostics

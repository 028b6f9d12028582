#include "diagnostics/nearest.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

namespace sluice::diagnostics {

namespace {

// Letters added, left out, changed, or two that changed places.
unsigned distance_of(llvm::StringRef left, llvm::StringRef right, unsigned limit) {
  std::size_t difference = left.size() > right.size() ? left.size() - right.size() : right.size() - left.size();
  if (difference > limit) return limit + 1;
  std::vector<unsigned> before(right.size() + 1), row(right.size() + 1), next(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) row[j] = static_cast<unsigned>(j);
  for (std::size_t i = 1; i <= left.size(); ++i) {
    next[0] = static_cast<unsigned>(i);
    for (std::size_t j = 1; j <= right.size(); ++j) {
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (left[i - 1] != right[j - 1] ? 1U : 0U)});
      bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row[right.size()];
}

}  // namespace

llvm::StringRef nearest(llvm::StringRef wanted, llvm::ArrayRef<llvm::StringRef> candidates) {
  llvm::StringRef best;
  // One mistake for every three letters: more, and it is a guess.
  unsigned limit = wanted.size() < 2   ? 0
                   : wanted.size() < 4 ? 1
                                       : std::max<unsigned>(2, static_cast<unsigned>(wanted.size()) / 3);
  for (llvm::StringRef candidate : candidates) {
    if (candidate.equals_insensitive(wanted)) return candidate;
    unsigned distance = distance_of(wanted, candidate, limit);
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

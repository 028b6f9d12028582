#pragma once
#include <cstddef>
#include <optional>
#include <string>

namespace sluice::check {

/// A part of a text that GitHub does not take, and what to write instead.
struct TextProblem {
  std::size_t begin = 0, end = 0;  ///< the part, in bytes of the text
  std::string seen;
  std::string help;
  std::optional<std::string> replacement;  ///< of the part, where what was meant is certain
};

}  // namespace sluice::check

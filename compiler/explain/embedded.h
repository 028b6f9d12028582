#pragma once
#include <span>
#include <string_view>

namespace sluice::explain {

/// A text as it stood when the program was built.
struct EmbeddedFile {
  std::string_view name;  ///< `diagnostics.md`, `unused_let.cpp`
  std::string_view text;  ///< of a rule's source, the comment that it opens with
};

/// docs/diagnostics.md, and compiler/lint/rules/*.cpp.
std::span<const EmbeddedFile> files();

}  // namespace sluice::explain

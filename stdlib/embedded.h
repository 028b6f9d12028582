#pragma once
#include <span>
#include <string_view>

namespace sluice::stdlib {

/// One file of the library as it stood when the program was built.
struct EmbeddedFile {
  std::string_view name;  ///< file name in stdlib/: `python.pipe`, `pins.tsv`
  std::string_view text;
};

/// Every file of the library, ordered by name.
std::span<const EmbeddedFile> files();

}  // namespace sluice::stdlib

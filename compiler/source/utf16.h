#pragma once
#include <cstdint>
#include <string_view>

namespace sluice::source {

/// The 1-based column in UTF-16 code units, as editors and SARIF count, of the byte at the 1-based `column` of `line`.
inline std::uint32_t utf16_column(std::string_view line, std::uint32_t column) {
  std::uint32_t units = 1;
  for (char c : line.substr(0, column - 1)) {
    unsigned byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

}  // namespace sluice::source

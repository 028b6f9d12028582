#include "runtime/system/sizes.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <string_view>

namespace sluice::runtime {

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB"};
  double size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < std::size(units); ++unit) size /= 1024;
  bool whole = size == std::floor(size);
  return size < 10 && !whole ? fmt::format("{:.1f} {}", size, units[unit])
                             : fmt::format("{:.0f} {}", size, units[unit]);
}

}  // namespace sluice::runtime

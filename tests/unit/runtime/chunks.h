#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "runtime/output/lines.h"

namespace sluice::runtime::test {

/// All that comes out when a text is read in chunks of a size.
inline std::string read_in_chunks(const Secrets& secrets, const std::string& text, std::size_t size) {
  std::string out;
  LineReader reader(secrets, {[&](std::string_view block) { out += block; },
                              [](std::string_view) { return std::optional<std::string>(); }});
  for (std::size_t i = 0; i < text.size(); i += size) reader.add(std::string_view(text).substr(i, size));
  reader.finish();
  return out;
}

}  // namespace sluice::runtime::test

#pragma once
#include <cstdint>

namespace sluice::source {

/// A stretch of text, as two byte offsets into the space that `SourceManager` lays all its files out in, one after the
/// other. So a span says by itself in which file it lies. Offset 0 belongs to no file: an empty span is "nowhere".
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  bool known() const { return begin != 0; }
  bool operator==(const Span&) const = default;
};

/// From the beginning of the first to the end of the second.
inline Span join(Span first, Span last) { return {first.begin, last.end}; }

}  // namespace sluice::source

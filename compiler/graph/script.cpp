#include "graph/script.h"

#include <algorithm>

namespace sluice::graph {

std::uint32_t source_of(const Run& run, std::size_t offset) {
  auto behind = std::upper_bound(run.pieces.begin(), run.pieces.end(), offset,
                                 [](std::size_t at, const ScriptPiece& piece) { return at < piece.text; });
  const ScriptPiece& piece = behind == run.pieces.begin() ? *behind : *(behind - 1);
  return piece.source + (piece.copied ? static_cast<std::uint32_t>(offset - piece.text) : 0);
}

source::Span source_of(const Run& run, std::size_t begin, std::size_t end) {
  source::Span span{source_of(run, begin), source_of(run, end > begin ? end - 1 : begin) + 1};
  span.end = std::max(span.end, span.begin + 1);
  return span;
}

}  // namespace sluice::graph

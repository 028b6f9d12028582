#pragma once
#include "graph/graph.h"

namespace sluice::graph {

/// Where in the sources stands what an offset into a script's text was made from. The script has pieces.
std::uint32_t source_of(const Run& run, std::size_t offset);

/// The same for a part of the text; a hole's is where it begins.
source::Span source_of(const Run& run, std::size_t begin, std::size_t end);

}  // namespace sluice::graph

#pragma once
#include "diagnostics/sink.h"
#include "graph/graph.h"
#include "source/source_manager.h"

namespace sluice::labels {

/// Follows secrets, and what outsiders write, through a graph that `verify` accepts, and reports each that comes to
/// where it may not be. What a library's step does is told where the author called it.
void check_labels(const graph::Graph& graph, const source::SourceManager& sources, diagnostics::Sink& sink);

}  // namespace sluice::labels

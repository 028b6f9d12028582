#pragma once
#include <string>

#include "graph/graph.h"
#include "source/source_manager.h"

namespace sluice::graph {

/// Appends the graph as JSON (docs/graph.md says what the keys mean): complete, in a fixed order, two blanks an indent,
/// what is empty or not given left out, valid UTF-8 whatever the graph holds. With `sources`, places in the `.pipe`
/// file as `line:column`. The graph must be one that `verify` accepts.
void write_json(const Graph&, std::string& out, const source::SourceManager* sources = nullptr);

inline constexpr int json_version = 2;  ///< the value of `sluice-graph`; grows when a key changes its meaning

}  // namespace sluice::graph

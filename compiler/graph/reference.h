#pragma once
#include <llvm/ADT/SmallVector.h>

#include <optional>
#include <string_view>

#include "graph/graph.h"

namespace sluice::graph {

/// A path of names from a context: `steps.test.outputs.coverage`.
struct Reference {
  std::string_view root;
  llvm::SmallVector<std::string_view, 4> path;

  /// Whether the value is handed over as text, whatever its type: outputs and variables are, in both back ends.
  bool is_text() const;
};

/// None for an expression that is not such a path. Of what differs between the back ends, `backend`'s side is read.
std::optional<Reference> reference(const Graph& graph, ExpressionId id, Backend backend);

/// Whether the name may follow a dot.
bool is_name(std::string_view text);

}  // namespace sluice::graph

#pragma once
#include <llvm/ADT/SmallVector.h>

#include <optional>
#include <string_view>

#include "graph/graph.h"

namespace sluice::github {

/// A path of names from a context: `steps.test.outputs.coverage`.
struct Reference {
  std::string_view root;
  llvm::SmallVector<std::string_view, 4> path;

  /// Whether GitHub hands the value over as text, whatever its type.
  bool is_text() const;
};

/// None for an expression that is not such a path.
std::optional<Reference> reference(const graph::Graph& graph, graph::ExpressionId id);

/// Whether the name may follow a dot.
bool is_name(std::string_view text);

}  // namespace sluice::github

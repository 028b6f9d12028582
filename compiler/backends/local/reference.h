#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace sluice::local {

/// A path of names from a context: `steps.test.outputs.coverage`.
struct Reference {
  std::string_view root;
  std::vector<std::string_view> path;

  /// Whether the runtime holds the value as text, whatever its type.
  bool is_text() const;
};

/// None for an expression that is not such a path.
std::optional<Reference> reference(const graph::Graph& graph, graph::ExpressionId id);

}  // namespace sluice::local

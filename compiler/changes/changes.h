#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

/// What two versions of a file's pipelines mean differently.
namespace sluice::changes {

enum class Severity : std::uint8_t {
  weakens,   ///< something that protected is gone or asks for less, or something may do more
  changes,   ///< it means something else
  harmless,  ///< it asks for more, or only people see it
};

struct Change {
  Severity severity = Severity::changes;
  std::string kind;     ///< a stable name: `gate-removed`
  std::string subject;  ///< of the pipeline: `stage deploy`, `environment production`; empty: the pipeline itself
  std::string pipeline;
  std::string text;
};

/// Ordered by pipeline, then as in the new version, what is gone behind it.
std::vector<Change> compare(const std::vector<graph::Graph>& old_graphs, const std::vector<graph::Graph>& new_graphs);

std::string_view to_text(Severity severity);

}  // namespace sluice::changes

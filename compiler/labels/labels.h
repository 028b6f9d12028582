#pragma once
#include <set>
#include <string>
#include <utility>

#include "diagnostics/sink.h"
#include "graph/graph.h"
#include "source/source_manager.h"

namespace sluice::labels {

/// Inputs of actions that are run as code: the action as `uses` names it, and the input's name in capital letters.
using CodeInputs = std::set<std::pair<std::string, std::string>>;

/// Follows secrets, and what outsiders write, through a graph that `verify` accepts, and reports each that comes to
/// where it may not be. What a library's step does is told where the author called it. `code_inputs` are those of
/// actions of the repository; others' are known.
void check_labels(const graph::Graph& graph, const source::SourceManager& sources, diagnostics::Sink& sink,
                  const CodeInputs& code_inputs = {});

}  // namespace sluice::labels

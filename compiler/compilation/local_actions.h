#pragma once
#include <string>

#include "diagnostics/sink.h"
#include "graph/graph.h"
#include "labels/labels.h"

namespace sluice::compilation {

/// Holds every `uses "./path"` of a graph to what can be known of it before it runs: that the workspace is filled
/// before it, and, where its `action.yml` lies in `project`, that its inputs have those names and all that it needs.
/// An empty `project` is not known.
void check_local_actions(const graph::Graph& graph, const std::string& project, diagnostics::Sink& sink);

/// Inputs of actions of the repository that a script of theirs has pasted into it, itself or by an action inside.
labels::CodeInputs code_inputs(const graph::Graph& graph, const std::string& project);

}  // namespace sluice::compilation

#pragma once
#include "diagnostics/sink.h"
#include "graph/graph.h"
#include "simulate/scenario.h"
#include "syntax/ast.h"

namespace sluice::simulate {

/// Fills what is known of the contexts from `start NAME on EVENT { input: value }`: the inputs of the event's trigger,
/// and of `github` what else is given. False: something is not of the pipeline, which was reported.
bool read_start(const graph::Graph& graph, const ast::Statement& start, Scenario& scenario, diagnostics::Sink& sink);

}  // namespace sluice::simulate

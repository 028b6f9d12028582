#pragma once
#include <vector>

#include "check/program.h"
#include "diagnostics/sink.h"
#include "graph/graph.h"
#include "lower/pins.h"

namespace sluice::lower {

/// Unfolds each pipeline of a program that was checked without error: loops, calls and static choices are gone, scripts
/// hold no expressions, edges follow from data, permissions from actions. Reports what only the whole shows: cycles, a
/// budget that does not hold, values that no shell can hold. One graph a pipeline, in order; of use only if nothing was
/// reported as an error.
std::vector<graph::Graph> lower(const check::Program& program, const Pins& pins, const source::SourceManager& sources,
                                diagnostics::Sink& sink);

}  // namespace sluice::lower

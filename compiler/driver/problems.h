#pragma once
#include "backends/github/emit.h"
#include "compilation/compilation.h"
#include "diagnostics/sink.h"

namespace sluice::driver {

/// Reports what GitHub cannot keep, or refuses, with the code of its kind; at `pipeline` what is about the whole file.
void tell(github::Problem problem, source::Span pipeline, diagnostics::Sink& sink);

/// All that `emit` would report of the graphs of a sound compilation.
diagnostics::Sink problems_on_github(const std::vector<graph::Graph>& graphs,
                                     const compilation::Compilation& compilation);

/// Where the names of a sound compilation's pipelines stand, in the order of its graphs.
std::vector<source::Span> pipeline_names(const compilation::Compilation& compilation);

}  // namespace sluice::driver

#pragma once
#include <vector>

#include "diagnostics/sink.h"
#include "graph/graph.h"
#include "source/source_manager.h"

namespace sluice::driver {

/// The graphs of one file.
struct Unfolded {
  const std::vector<graph::Graph>* graphs;
  const source::SourceManager* sources;
};

/// What shellcheck says about the scripts of bash and sh in these files, at their places in the `.pipe` files: a
/// sink for each. One call of shellcheck serves all; a body that was unfolded several times is looked at once, and the
/// library's are not. Nothing where shellcheck is not installed; a sentence where it cannot be run.
struct ScriptFindings {
  std::vector<diagnostics::Sink> sinks;  ///< by file
  bool installed = true;
  std::string failure;
};
ScriptFindings check_scripts(const std::vector<Unfolded>& files);

}  // namespace sluice::driver

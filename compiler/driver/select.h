#pragma once
#include <expected>
#include <string>

#include "driver/session.h"
#include "graph/graph.h"

namespace sluice::driver {

/// A pipeline of a file without errors.
struct Selected {
  compilation::Compilation& compilation;
  const graph::Graph& graph;
};

/// Compiles the file and takes the pipeline of that name, or the first where no name is given. Otherwise the exit
/// status, after saying what is wrong: 1 for the file's mistakes, 2 where there is no such file or pipeline.
std::expected<Selected, int> select(Session& session, const std::string& file, const std::string& pipeline);

}  // namespace sluice::driver

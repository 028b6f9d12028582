#pragma once
#include <expected>
#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "runtime/plan/plan.h"

namespace sluice::driver {

struct RunSecrets {
  std::map<std::string, std::string> values;  ///< all of the file, and what the pipeline names of the environment
  std::string token;                          ///< `github.token`: GITHUB_TOKEN, empty where nobody gives one
  std::vector<std::string> warnings;
};

/// Secrets from the file, which is either a JSON object of texts or a line `NAME=value` each (`#` begins a comment;
/// quotes around a whole value are taken off); what it lacks from variables of the same name. The lack of one that the
/// plan must have is an error.
std::expected<RunSecrets, std::string> read_secrets(const graph::Graph& graph, const runtime::Plan& plan,
                                                    const std::string& file);

}  // namespace sluice::driver

#pragma once
#include <string>
#include <vector>

#include "backends/github/emit.h"
#include "graph/graph.h"

namespace sluice::github {

/// What an environment must be set up with on GitHub, for no workflow says it.
struct Protection {
  std::string environment;
  std::string gate;                    ///< the stage of the graph whose question it asks
  std::vector<std::string> reviewers;  ///< `ann`, a person; `@acme/platform`, a team
  bool prevent_self_review = false;
  int wait_minutes = 0;
};

struct Delivered {
  graph::Graph graph;
  std::vector<Protection> protections;
  std::vector<Problem> problems;  ///< what is lost on the way
};

/// Whether there is anything for `deliver` to do.
bool has_delivery(const graph::Graph& graph);

/// The same graph in stages and steps that a workflow has: gates and entries as jobs on environments that GitHub
/// guards, rollbacks as steps at the end of their stage and as jobs behind it, locks as concurrency. docs/github.md
/// says how.
Delivered deliver(const graph::Graph& graph);

}  // namespace sluice::github

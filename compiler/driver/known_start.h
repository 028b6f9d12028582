#pragma once
#include <expected>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "simulate/scenario.h"

namespace sluice::driver {

/// What is said of the event that starts a pipeline which is not run.
struct StartOptions {
  std::string event;  ///< as of run
  std::string event_file;
  std::string ref;                  ///< `refs/tags/v1`, or a branch; empty: as the repository stands
  std::vector<std::string> inputs;  ///< `NAME=VALUE`

  bool any() const { return !event.empty() || !event_file.empty() || !ref.empty() || !inputs.empty(); }
};

struct KnownStart {
  std::string event, ref;
  simulate::Scenario scenario;  ///< with the contexts that a run here would have
};

/// `file` is the pipeline's; an error says what does not fit it.
std::expected<KnownStart, std::string> read_known_start(const graph::Graph& graph, const std::string& file,
                                                        const StartOptions& options);

}  // namespace sluice::driver

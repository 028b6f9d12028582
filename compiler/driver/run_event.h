#pragma once
#include <expected>
#include <string>

#include "driver/run_repository.h"
#include "graph/graph.h"
#include "runtime/expressions/json.h"

namespace sluice::driver {

/// What starts a run.
struct Event {
  std::string name;                         ///< GitHub's: `push`, `workflow_dispatch` …
  const graph::Trigger* trigger = nullptr;  ///< of the graph; null for a pipeline without any
};

/// The JSON object in the file; an empty one where no file is named.
std::expected<runtime::Json, std::string> read_payload(const std::string& file);

/// The event of that name. Where none is asked for: the one that the payload looks like; with inputs one that takes
/// inputs; else push, workflow_dispatch, or the pipeline's first trigger. An event that is no trigger of the pipeline
/// is an error.
std::expected<Event, std::string> choose_event(const graph::Graph& graph, const std::string& asked,
                                               const runtime::Json& payload, bool has_inputs);

/// The `github` context. What the payload lacks of the event's usual form is made up from the repository.
runtime::Json github_context(const Event& event, const runtime::Json& payload, const Repository& repository);

}  // namespace sluice::driver

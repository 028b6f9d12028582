#pragma once
#include <expected>
#include <string>
#include <vector>

#include "driver/run_event.h"
#include "graph/graph.h"
#include "runtime/expressions/json.h"

namespace sluice::driver {

/// The `inputs` context of the event's trigger: from `given` (`NAME=VALUE` each, the last one holds), else from the
/// payload's `inputs`, else the default, each with its type. A name that is no input, a value that is not of its type
/// and the lack of a required one are errors.
std::expected<runtime::Json, std::string> read_inputs(const graph::Graph& graph, const Event& event,
                                                      const std::vector<std::string>& given,
                                                      const runtime::Json& payload, const runtime::Json& github);

}  // namespace sluice::driver

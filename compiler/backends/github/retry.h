#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "graph/graph.h"

namespace sluice::github {

/// How a shell runs a script file with GitHub's own flags: `bash --noprofile --norc -e -o pipefail`. None for a shell
/// that the loop around attempts does not know.
std::optional<std::string_view> command_of_shell(std::string_view shell);

/// A bash script that runs the step's script until it succeeds, each attempt in a fresh process of the step's own shell
/// and with the step's output files empty, with the pause between attempts and the limit on each.
std::string retry_loop(const graph::Run& run, const graph::Retry& retry, std::optional<graph::Seconds> limit);

/// How long all attempts and pauses take at most.
graph::Seconds longest(const graph::Retry& retry, graph::Seconds limit);

}  // namespace sluice::github

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

/// A bash script that asks the step's script again and again, as `poll` says: at once and then every so often, each
/// time in a fresh process with the step's output files empty, until the time is over. `limit` is on each of them;
/// `limits` whether there is timeout(1).
std::string poll_loop(const graph::Run& run, const graph::Poll& poll, std::optional<graph::Seconds> limit, bool limits);

/// Lines that put the script into a file, whose name is then in the variable.
std::string script_file(const graph::Run& run, std::string_view variable);
/// Lines that empty the step's output files, indented for a loop.
extern const std::string_view empty_output_files;
/// Between being asked to end and being made to: as long as GitHub gives.
inline constexpr graph::Seconds grace = 10;

/// How long all attempts and pauses take at most.
graph::Seconds longest(const graph::Retry& retry, graph::Seconds limit);

}  // namespace sluice::github

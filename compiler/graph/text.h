#pragma once
#include <string>

#include "graph/graph.h"

namespace sluice::graph {

/// An expression as an author would write it: `lint.result == "success"`. Parentheses only where they are needed; what
/// differs between the back ends is told as it is on GitHub. Empty for an expression that is not given.
std::string describe(const Graph&, ExpressionId);

/// The same where a text is expected, as in a title: no quotes around it, holes as `${{ matrix.python }}`.
std::string describe_text(const Graph&, ExpressionId);

/// A duration as an author would write it: `1h30m`, `90s` as `1m30s`, `14d`.
std::string describe_seconds(Seconds);

/// Whether a script can have that `shell`: one that GitHub names, or a command in which `{0}` is the script's file.
bool is_shell(std::string_view shell);

}  // namespace sluice::graph

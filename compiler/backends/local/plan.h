#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "runtime/actions/machine.h"
#include "runtime/plan/plan.h"
#include "source/span.h"

namespace sluice::local {

/// What cannot run here, or not as it would on GitHub.
enum class ProblemKind : std::uint8_t {
  unknown_stage,               ///< `only` names a stage that is not there
  action_without_local_body,   ///< a marketplace action that is not on this machine
  action_refused,              ///< an action that is there and cannot run here
  service_without_local_body,  ///< a container, and no script that starts the server here
  other_commit,                ///< a checkout of another commit: here it is the work tree as it is
  matrix_refused,              ///< the matrix has no legs or GitHub would refuse it
  other_system,                ///< a note: the stage asks for macOS or Windows
  one_port_here,               ///< a note: of a service's ports only the first has a server here
  other_node,                  ///< a note: an action asks for a newer Node.js
};

struct Problem {
  ProblemKind kind = ProblemKind::unknown_stage;
  source::Span span;
  std::string text;  ///< what was seen and what to do, in lower case without a full stop

  bool is_note() const { return kind >= ProblemKind::other_system; }
};

/// The kind's name as in the enumeration: `unknown_stage`.
std::string_view name(ProblemKind kind);

struct Planned {
  runtime::Plan plan;             ///< to be run only where every problem is a note
  std::vector<Problem> problems;  ///< in the order of the graph
};

/// What the runtime does so that the run means what the graph means: what is left to GitHub is left out, conditions say
/// `success()` where it is implied, typed outputs are decoded as on GitHub, a notification may fail. `secrets` of the
/// plan are those that the stages read. With `only`, just those stages and what they need. `machine` knows which
/// actions run here; without one none does. The graph must be verified.
Planned plan(const graph::Graph& graph, const std::vector<std::string>& only = {},
             runtime::ActionMachine* machine = nullptr);

}  // namespace sluice::local

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
  service_without_local_body,  ///< no script that starts the server here, and no engine for its container
  other_commit,                ///< a checkout of another commit: here it is the work tree as it is
  matrix_refused,              ///< the matrix has no legs or GitHub would refuse it
  other_system,                ///< a note: the stage asks for macOS or Windows
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

/// What this machine can do.
struct Machine {
  runtime::ActionMachine* actions = nullptr;  ///< knows which actions run here; null: none does
  bool has_container_engine = false;          ///< a service without a local body runs as its container
};

struct Planned {
  runtime::Plan plan;             ///< to be run only where every problem is a note
  std::vector<Problem> problems;  ///< in the order of the graph
};

/// What the runtime does so that the run means what the graph means: what is left to GitHub is left out, conditions say
/// `success()` where it is implied, typed outputs are decoded as on GitHub, a notification may fail. `secrets` of the
/// plan are those that the stages read. With `only`, just those stages and what they need. The graph must be verified.
Planned plan(const graph::Graph& graph, const std::vector<std::string>& only = {}, const Machine& machine = {});

/// Whether some service can run here as a container alone: then it is worth looking for an engine.
bool wants_container_engine(const graph::Graph& graph);

}  // namespace sluice::local

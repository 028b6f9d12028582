#pragma once
#include <cstddef>
#include <vector>

#include "graph/graph.h"
#include "runtime/plan/plan.h"

namespace sluice::simulate {

/// A pipeline as one back end sees it, ready to be simulated as often as one likes. The plan is the one that the local
/// runtime gets of the graph, so that conditions, order and rollbacks have one meaning; of GitHub it is made from a
/// graph in which the two sides have changed places.
struct Model {
  graph::Graph graph;
  runtime::Plan plan;  ///< its stages are the graph's
  /// Where a step of the plan stands in the graph: by stage and step, and by stage, rollback and step.
  std::vector<std::vector<std::size_t>> steps;
  std::vector<std::vector<std::vector<std::size_t>>> rollback_steps;
  /// How long each script of a stage is taken to last: `expect`, without what is known to wait, shared out. Seconds.
  std::vector<graph::Seconds> script_lasts;
  std::vector<bool> reads_all_needs;  ///< whether a stage asks for all before it at once: `needs.*.result`

  const graph::Step& step(std::size_t stage, std::size_t step) const {
    return graph.stages[stage].steps[steps[stage][step]];
  }
  const graph::Step& step(std::size_t stage, std::size_t rollback, std::size_t step) const {
    return graph.stages[stage].rollbacks[rollback].steps[rollback_steps[stage][rollback][step]];
  }
};

/// The graph must be verified. `side` is `github` or `local`.
Model make_model(const graph::Graph& graph, graph::Backend side = graph::Backend::local);

/// Whether a step of a plan does something that may fail.
bool can_fail(const runtime::Step& step);
/// Whether it may change the world: no question, no checkout, nothing that only waits.
bool has_effect(const runtime::Step& step);

}  // namespace sluice::simulate

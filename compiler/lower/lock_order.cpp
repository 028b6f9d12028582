// A lock is held from the entry of an environment to its last stage. Who waits for another one meanwhile must not be
// waited for in turn.
#include <set>
#include <tuple>

#include "graph/order.h"
#include "lower/unfolder.h"

namespace sluice::lower {
namespace {

DIAGNOSTIC(StageCycle, "{}");

/// In one pipeline the lock `inner` is asked for while `outer` is held.
struct Nesting {
  const graph::DeclaredEnvironment* outer;
  const graph::DeclaredEnvironment* inner;
};

bool works_in(const graph::Graph& graph, const std::vector<graph::StageIndex>& stages, std::size_t environment) {
  return llvm::any_of(stages, [&](graph::StageIndex index) {
    const graph::Stage& stage = graph.stages[index];
    return stage.environment && stage.environment->declared == environment && !stage.notification;
  });
}

void add_nestings(const graph::Graph& graph, std::vector<Nesting>& nestings) {
  for (const graph::DeclaredEnvironment& inner : graph.environments) {
    if (!inner.lock || !inner.entry) continue;
    std::vector<graph::StageIndex> before = graph::ancestors(graph, *inner.entry);
    std::vector<graph::StageIndex> behind = graph::descendants(graph, *inner.entry);
    for (std::size_t i = 0; i < graph.environments.size(); ++i) {
      const graph::DeclaredEnvironment& outer = graph.environments[i];
      if (&outer == &inner || !outer.lock) continue;
      if (works_in(graph, before, i) && works_in(graph, behind, i)) nestings.push_back({&outer, &inner});
    }
  }
}

void report(diagnostics::Sink& sink, const Nesting& nesting, const std::string& what) {
  sink.report<StageCycle>(nesting.inner->span, what)
      .note(nesting.outer->span, "its lock is held from its entry to the end of its last stage")
      .help("let the stages in `{}` end before those in `{}` begin", nesting.outer->name, nesting.inner->name);
}

}  // namespace

void check_lock_order(const std::vector<graph::Graph>& graphs, diagnostics::Sink& sink) {
  std::vector<Nesting> nestings;
  for (const graph::Graph& graph : graphs) add_nestings(graph, nestings);
  std::set<std::tuple<std::string, std::string>> seen;
  for (const Nesting& nesting : nestings) {
    const std::string &outer = nesting.outer->lock->name, &inner = nesting.inner->lock->name;
    if (outer == inner)
      report(sink, nesting, fmt::format("the run waits for itself: it holds the lock `{}` already", inner));
    else if (seen.contains({inner, outer}))
      report(sink, nesting,
             fmt::format("two runs may wait for each other: one holds `{}` and asks for `{}`, the other the other way "
                         "round",
                         outer, inner));
    seen.emplace(outer, inner);
  }
}

}  // namespace sluice::lower

// Gates, entries of environments, locks and rollbacks: what a workflow does not say yet.
#include <fmt/format.h>

#include <algorithm>

#include "backends/github/emission.h"

namespace sluice::github {
namespace {

constexpr std::string_view advice = "not emitted yet; run it here with `sluice run`";

const graph::DeclaredEnvironment* entered_by(const graph::Graph& graph, std::size_t stage) {
  auto found = std::ranges::find_if(graph.environments, [&](const auto& one) { return one.entry == stage; });
  return found == graph.environments.end() ? nullptr : &*found;
}

}  // namespace

void report_delivery(const graph::Graph& graph, std::vector<Problem>& problems) {
  auto report = [&](source::Span span, const std::string& what) {
    problems.push_back({ProblemKind::not_emitted_yet, span, fmt::format("{} {}", what, advice)});
  };
  for (std::size_t index = 0; index < graph.stages.size(); ++index) {
    const graph::Stage& stage = graph.stages[index];
    if (const graph::DeclaredEnvironment* environment = entered_by(graph, index))
      report(environment->span,
             fmt::format("what the environment `{}` asks of those who enter it is", environment->name));
    else if (stage.gate)
      report(stage.span, fmt::format("the gate `{}` is", stage.id));
    for (const graph::Rollback& rollback : stage.rollbacks)
      report(rollback.span, fmt::format("the rollback of stage `{}` is", stage.id));
  }
}

}  // namespace sluice::github

#include "driver/problems.h"

namespace sluice::driver {
namespace {

DIAGNOSTIC(TooManyLegs, "{}");
DIAGNOSTIC(TextTooLong, "{}");
DIAGNOSTIC(NestedTooDeepForGitHub, "{}");
DIAGNOSTIC(NotOnGitHub, "{}");
DIAGNOSTIC(OverLimit, "{}");
DIAGNOSTIC(RoundedOnGitHub, "{}");
DIAGNOSTIC(NotEmittedYet, "{}");
DIAGNOSTIC(LockNotHeld, "{}");
DIAGNOSTIC(RollbackCutShort, "{}");
DIAGNOSTIC(GateOnGitHub, "{}");
DIAGNOSTIC(RollbackOnGitHub, "{}");

}  // namespace

void tell(github::Problem problem, source::Span pipeline, diagnostics::Sink& sink) {
  if (!problem.span.known()) problem.span = pipeline;
  using Kind = github::ProblemKind;
  switch (problem.kind) {
    case Kind::timeout_rounded:
    case Kind::grace_fixed:
    case Kind::options_of_call: sink.report<RoundedOnGitHub>(problem.span, problem.text); return;
    case Kind::not_emitted_yet: sink.report<NotEmittedYet>(problem.span, problem.text); return;
    case Kind::lock_not_held: sink.report<LockNotHeld>(problem.span, problem.text); return;
    case Kind::rollback_cut_short: sink.report<RollbackCutShort>(problem.span, problem.text); return;
    case Kind::gate_kept_roughly: sink.report<GateOnGitHub>(problem.span, problem.text); return;
    case Kind::rollback_kept_roughly: sink.report<RollbackOnGitHub>(problem.span, problem.text); return;
    case Kind::too_many_legs: sink.report<TooManyLegs>(problem.span, problem.text); return;
    case Kind::expression_too_long:
    case Kind::group_too_long: sink.report<TextTooLong>(problem.span, problem.text); return;
    case Kind::expression_too_deep:
    case Kind::nested_too_deep: sink.report<NestedTooDeepForGitHub>(problem.span, problem.text); return;
    case Kind::too_many_inputs:
    case Kind::file_too_large:
    case Kind::too_many_nodes:
    case Kind::too_many_reviewers:
    case Kind::timeout_over_limit: sink.report<OverLimit>(problem.span, problem.text); return;
    default: sink.report<NotOnGitHub>(problem.span, problem.text); return;
  }
}

diagnostics::Sink problems_on_github(const std::vector<graph::Graph>& graphs,
                                     const compilation::Compilation& compilation) {
  diagnostics::Sink sink;
  std::vector<source::Span> names = pipeline_names(compilation);
  for (std::size_t i = 0; i < graphs.size(); ++i)
    for (github::Problem& problem : github::problems_of(graphs[i])) tell(std::move(problem), names[i], sink);
  return sink;
}

std::vector<source::Span> pipeline_names(const compilation::Compilation& compilation) {
  std::vector<source::Span> names;
  for (const check::Pipeline& pipeline : compilation.program().pipelines)
    names.push_back(pipeline.statement->name.span);
  return names;
}

}  // namespace sluice::driver

#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "source/span.h"

namespace sluice::github {

/// What GitHub cannot keep of a graph, or would refuse.
enum class ProblemKind : std::uint8_t {
  retry_of_stage,             ///< a job cannot be tried again
  retry_of_uses,              ///< an action cannot be tried again
  retry_of_shell,             ///< the loop around attempts knows bash, sh and python only
  attempt_limit_on_macos,     ///< `timeout` of each attempt needs timeout(1), which macOS lacks
  timeout_rounded,            ///< GitHub counts whole minutes
  grace_fixed,                ///< GitHub gives every step the same time to stop
  timeout_over_limit,         ///< a hosted runner ends a job after six hours
  service_without_image,      ///< the service has only a local form
  too_many_legs,              ///< more than 256 jobs of one matrix
  empty_axis,                 ///< an axis, or a matrix, without values
  include_beside_expression,  ///< a matrix that is one expression cannot have `include` or `exclude` beside it
  too_many_inputs,            ///< more than 25 inputs of `workflow_dispatch`
  default_not_constant,       ///< the default of a `workflow_dispatch` input must be known
  options_of_call,            ///< an input of `workflow_call` cannot be a choice: emitted as a string
  no_triggers,                ///< a pipeline that nothing starts on GitHub
  duplicate_trigger,          ///< one event twice
  same_concurrency_group,     ///< pipeline and stage in one group wait for each other for ever
  case_clash,                 ///< two names that differ only in case
  bad_id,                     ///< longer than 99 characters, or beginning with `__`
  blocked_result,             ///< GitHub has no result `blocked`
  success_after_skipped,      ///< GitHub's `success()` is false after a skipped stage
  unknown_function,           ///< not a function of GitHub's expressions
  expression_too_long,        ///< over 21,000 characters
  expression_too_deep,        ///< more than 50 levels
  group_too_long,             ///< a concurrency group of over 400 characters
  expression_not_allowed,     ///< `${{` where GitHub reads no expressions
  no_stages,                  ///< no stage is left to run
  no_steps,                   ///< a stage all of whose steps are local: GitHub refuses an empty job
  file_too_large,             ///< over 500 KB
  too_many_nodes,             ///< over 50,000 YAML nodes
  nested_too_deep,            ///< over 50 levels of YAML
  lock_not_held,              ///< GitHub lets others in, or keeps more of them out
  rollback_cut_short,         ///< it may take longer than GitHub gives a cancelled run
  gate_kept_roughly,          ///< what a gate asks, and GitHub does not
  rollback_kept_roughly,      ///< what is known of a rollback is lost with its runner
  too_many_reviewers,         ///< over six people and teams of one environment
  not_emitted_yet,            ///< what of delivery runs here alone
  unsound_output,             ///< the emitted text breaks a rule of ours: a mistake of this back end
};

/// The kind's name as in the enumeration: `retry_of_stage`.
std::string_view name(ProblemKind kind);

struct Problem {
  ProblemKind kind = ProblemKind::unsound_output;
  source::Span span;  ///< unknown where the whole file is meant
  std::string text;   ///< what was seen and what becomes of it, in lower case without a full stop
};

/// One workflow file and all that it could not keep of its graph.
struct Workflow {
  std::string file_name;  ///< `ci.yml`
  std::string text;
  std::vector<Problem> problems;  ///< in the order of the file
};

/// The hardened workflow that means what the graph means: pinned actions, least permissions, a time limit on every
/// job, no expression inside a script. The same graph gives the same bytes. The graph must be verified.
Workflow emit(const graph::Graph& graph);

/// What `emit` would report of the author's, for those who want no workflow. What is lost of gates, locks and rollbacks
/// is no mistake of theirs, and left out.
std::vector<Problem> problems_of(const graph::Graph& graph);

}  // namespace sluice::github

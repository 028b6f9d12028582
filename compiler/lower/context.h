#pragma once
#include <map>
#include <optional>

#include "check/program.h"
#include "graph/graph.h"
#include "lower/value.h"

namespace sluice::lower {

using ast::Expression;
using ast::Statement;
using ast::Word;
using check::Symbol;
using graph::Backend;
using graph::Bindings;
using graph::ExpressionId;
using source::Span;

/// Steps that a call gives: they are written in the frame of that number, and keep what they have there.
struct GivenSteps {
  const ast::Block* block = nullptr;  ///< null: none were given
  std::size_t frame = 0;
  Span call_span;
  std::string call;
  std::string id;
  ExpressionId title;
  std::string shell;
};

/// The values of a function's parameters and of what its body names; the outermost one is the pipeline's.
struct Frame {
  std::vector<Value> arguments;
  std::vector<GivenSteps> given;  ///< by parameter, as far as there are steps
  const check::Use* use = nullptr;
  Span call;                          ///< what called the function
  bool unmet = false;                 ///< a `require` of it does not hold: what would come of it is nothing to tell of
  const check::Call* made = nullptr;  ///< that call, if it was one of a step, a stage or a strategy
  /// By the statement that declares them, the latest last: `let`, `for`, `step`, `service`.
  std::vector<std::pair<const Statement*, Value>> locals;
};

/// A loop or a call: what multiplies.
struct Expansion {
  Span span;
  std::string name;
  std::size_t turns = 0;  ///< of a call 0
};

/// What an outer construct passes on to the steps inside it.
struct StepContext {
  Backend backend = Backend::both;
  ExpressionId condition;
  Span call_span;      ///< of the author's call, where a library's step is being unfolded
  std::string call;    ///< the library step being unfolded
  std::string phase;   ///< of the strategy being unfolded
  std::string phases;  ///< what the names of its phases begin with: the step or the phase that it is called in
  std::string id;      ///< the id of the step around; inner ids begin with it
  ExpressionId title;  ///< of the step around
  Bindings env;
  std::string shell = "bash";
  ExpressionId working_directory;
  ExpressionId allow_failure;
  std::optional<graph::Seconds> timeout, grace;
  graph::Retry retry;
  StepResult* result = nullptr;  ///< what `output` adds to
  bool idempotent = false;
  std::optional<graph::Run> probe;
  std::size_t probe_number = 0;  ///< of the `probe` that was written: it asks after one step
  bool valued = false;           ///< whether `result` is of a step that gives a value: only its own body says it
};

/// A stage as it was found, before it is put in order.
struct FoundStage {
  const Statement* statement = nullptr;
  const Symbol* symbol = nullptr;
  std::string id;
  std::string index;                                       ///< of a family's member: `3.11`
  std::vector<std::pair<const Statement*, Value>> locals;  ///< what the loops around it say
  graph::Stage stage;
  bool unmet = false;  ///< a `require` in it does not hold, and what stands behind that was not unfolded
  std::vector<graph::Artifact> artifacts;
  std::map<std::size_t, graph::Edge> after;  ///< by index of the found stage
};

}  // namespace sluice::lower

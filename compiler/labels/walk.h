#pragma once
#include <llvm/ADT/STLExtras.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostics/sink.h"
#include "labels/flow.h"
#include "labels/labels.h"
#include "shells/shell.h"
#include "source/source_manager.h"

namespace sluice::labels {

/// Holds each place of a graph to the labels of what stands there. One file per rule.
class Walk {
 public:
  Walk(const graph::Graph& graph, const source::SourceManager& sources, diagnostics::Sink& sink,
       const CodeInputs& code_inputs);
  void run();

 private:
  using Visit = llvm::function_ref<void(graph::ExpressionId)>;

  void walk(const graph::Stage& stage);
  void walk(const graph::Step& step);
  /// Where the author wrote it; what stands in the library is told at the call, which is `call`.
  source::Span place(source::Span span, source::Span call) const;

  // shown.cpp: what everybody can read holds no secret
  void check_shown(const graph::Stage& stage);
  void check_shown(const graph::Step& step);
  void expect_shown(graph::ExpressionId id, std::string_view what, source::Span around);
  void expect_without_secrets(graph::ExpressionId id, std::string_view what, source::Span around);

  // code.cpp: what an outsider wrote is no code
  void check_code(const graph::Stage& stage);
  void check_code(const graph::Step& step);
  void check_action(const graph::Step& step, const graph::Uses& uses);
  void check_script(const graph::Step& step, const graph::Run& run);
  void check_variables(const graph::Bindings& env, source::Span around);
  void report_code(const Cause& cause, source::Span span, std::string_view what);
  void check_fetched(const graph::Step& step, const graph::Run& run);
  void check_rereads(const graph::Step& step, const graph::Run& run, source::Span around);
  void report_reread(const graph::Step& step, const graph::Run& run, const shells::Reread& read, const Labels& labels,
                     source::Span around);
  source::Span span_of(const graph::Step& step, const graph::Run& run, const shells::Reread& read) const;
  bool mentions(const graph::Run& run, std::string_view name) const;
  void explain(diagnostics::Builder& told, const Cause& cause) const;

  // privilege.cpp
  void find_open_trigger();
  void find_privilege(const graph::Stage& stage);

  // secrets.cpp: where which secret is there
  struct Read {
    graph::ExpressionId id;
    std::string_view name;
    source::Span span;
  };
  void find_asking();
  void find_reads(const graph::Stage& stage);
  void find_reads(const graph::Step& step, bool on_forks);
  void add_reads(graph::ExpressionId id, source::Span around, bool on_forks);
  void check_secret(const Read& read, bool on_forks);
  void check_environment(const Read& read);
  bool runs_on_forks(const graph::Stage& stage);

  const graph::Graph& graph_;
  const source::SourceManager& sources_;
  diagnostics::Sink& sink_;
  const CodeInputs& code_inputs_;
  Flow flow_;
  const graph::Stage* stage_ = nullptr;  ///< the one being walked; null for what the pipeline itself says
  std::optional<Cause> open_;            ///< the trigger that lets outsiders start it with secrets
  std::optional<Cause> privilege_;       ///< why an outsider's code could do harm in it
  std::optional<Cause> forks_;           ///< the trigger that lets forks start the pipeline
  std::vector<bool> asks_;               ///< by expression: whether it reads a secret
  std::vector<std::uint32_t> seen_;      ///< by expression: in which stage, and for whom, secrets were looked for last
  std::uint32_t visit_ = 0;
  std::set<std::string, std::less<>> told_;     ///< secrets that forks do without
  std::set<std::string, std::less<>> outside_;  ///< secrets of environments that this stage is told not to be in
  std::vector<bool> never_on_forks_;            ///< by stage
};

/// Every value of a step and of a stage's own.
void each_value(const graph::Step& step, llvm::function_ref<void(graph::ExpressionId)> visit);
void each_value(const graph::Stage& stage, llvm::function_ref<void(graph::ExpressionId)> visit);

/// Whether the condition is false whenever a fork's pull request starts the run.
bool keeps_forks_out(const graph::Graph& graph, graph::ExpressionId condition);

}  // namespace sluice::labels

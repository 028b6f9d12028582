#pragma once
#include <set>
#include <string>
#include <string_view>

#include "graph/graph.h"
#include "runtime/expressions/expression.h"

namespace sluice::local {

/// Turns the graph's expressions into the runtime's, with the meaning that the GitHub back end gives them: outputs,
/// variables and secrets travel as text, so each expression can be read as the value that its type names or as the
/// text that arrives. An expression that is not given becomes null.
class Expressions {
 public:
  explicit Expressions(const graph::Graph& graph) : graph_(graph) {}

  runtime::Expression value(graph::ExpressionId id);  ///< a boolean output as `x == 'true'`, a number as `fromJSON(x)`
  runtime::Expression text(graph::ExpressionId id);   ///< a boolean output as `x`

  /// A list or a map: an output is decoded whatever its type.
  runtime::Expression structure(graph::ExpressionId id);

  /// With the `success()` written out that an expression without status function implies.
  runtime::Expression condition(graph::ExpressionId id, bool asks_status);
  bool asks_status(graph::ExpressionId id) const;

  /// Steps that do not run here give no outputs and were skipped.
  void omit_steps(std::set<std::string_view> ids) { omitted_steps_ = std::move(ids); }

  /// The names behind `secrets.` in all that was turned so far.
  const std::set<std::string>& secrets() const { return secrets_; }

 private:
  using Value = runtime::Expression;

  const graph::Expression& operator[](graph::ExpressionId id) const { return graph_[chosen(id)]; }
  graph::ExpressionId chosen(graph::ExpressionId id) const;
  Value from_place(graph::ExpressionId id, bool as_text);
  Value from_operator(const graph::Expression& expression);
  Value from_call(const graph::Expression& expression);
  Value from_case(const graph::Expression& expression);
  Value from_fallback(const graph::Expression& expression);
  Value fallback_text(const graph::Expression& expression);
  Value from_text(const graph::Expression& expression);
  Value from_collection(graph::ExpressionId id, bool as_text);
  Value as_string(graph::ExpressionId id);
  bool is_string(graph::ExpressionId id) const;
  void append_text(graph::ExpressionId id, std::vector<Value>& parts);
  void append_json(graph::ExpressionId id, std::string& literal, std::vector<Value>& parts);

  const graph::Graph& graph_;
  std::set<std::string_view> omitted_steps_;
  std::set<std::string> secrets_;
};

/// Whether an expression is a constant that counts as false.
bool is_never(const runtime::Expression& condition);

}  // namespace sluice::local

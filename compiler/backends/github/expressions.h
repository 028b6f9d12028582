#pragma once
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/github/emit.h"
#include "backends/github/term.h"
#include "backends/github/yaml.h"
#include "graph/graph.h"
#include "graph/reference.h"

namespace sluice::github {

/// A call of `format` in the making.
struct Pattern {
  std::string text;  ///< braces doubled, `{0}` for the first argument
  std::vector<std::string> arguments;
  bool asks_status = false;
};

/// Turns the graph's expressions into GitHub's, constants folded. Outputs and variables travel as text on GitHub, so
/// each expression can be read in two ways: as the value that its type names, or as the text that arrives.
class Expressions {
 public:
  Expressions(const graph::Graph& graph, std::vector<Problem>& problems) : graph_(graph), problems_(problems) {}

  Term value(graph::ExpressionId id);  ///< a boolean output as `x == 'true'`, a number as `fromJSON(x)`
  Term text(graph::ExpressionId id);   ///< a boolean output as `x`

  /// What stands in YAML: a constant, or text with `${{ }}` in it.
  yaml::Scalar scalar(graph::ExpressionId id);
  /// The same where YAML must hold a list or a map: `${{ fromJSON(x) }}` for an output.
  yaml::Scalar structure(graph::ExpressionId id);

  /// Reports a text with expressions that is longer than GitHub takes.
  void check_length(const std::string& text, source::Span span);
  /// Reports an expression with more levels than GitHub takes.
  void check_depth(std::string_view code, source::Span span);

  /// Past the choice between back ends.
  graph::ExpressionId chosen(graph::ExpressionId id) const;
  const graph::Expression& operator[](graph::ExpressionId id) const { return graph_[chosen(id)]; }
  bool is_constant(graph::ExpressionId id);

  /// What is not emitted gives no outputs and was skipped.
  void omit_stage(std::string_view id) { omitted_stages_.insert(id); }
  void omit_steps(std::set<std::string_view> ids) { omitted_steps_ = std::move(ids); }

 private:
  Term from_operator(const graph::Expression& expression);
  Term from_relation(const graph::Expression& expression, Relation relation);
  Term from_place(graph::ExpressionId id, bool as_text);
  Term from_call(const graph::Expression& expression);
  Term from_case(const graph::Expression& expression);
  Term from_fallback(const graph::Expression& expression);
  Term fallback_text(const graph::Expression& expression);
  Term from_text(graph::ExpressionId id);
  Term from_collection(graph::ExpressionId id);
  Term collection_text(graph::ExpressionId id);
  Term member(const graph::Expression& expression);
  Term as_string(graph::ExpressionId id);
  void append_template(graph::ExpressionId id, std::string& literal, std::string& out, bool& dynamic);
  void append_pattern(graph::ExpressionId id, Pattern& pattern);
  void append_json(graph::ExpressionId id, Pattern& pattern);
  const Term* omitted(const graph::Reference& reference);
  void look_for_blocked(const graph::Expression& expression);
  void report(ProblemKind kind, source::Span span, std::string text);

  const graph::Graph& graph_;
  std::vector<Problem>& problems_;
  std::set<std::string_view> omitted_stages_;
  std::set<std::string_view> omitted_steps_;
};

/// A text in which GitHub is to see no expression.
std::string escaped(std::string_view literal);

}  // namespace sluice::github

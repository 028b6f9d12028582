#pragma once
#include <llvm/ADT/ArrayRef.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"
#include "graph/reference.h"

namespace sluice::github {

/// Makes expressions of a graph in few words.
class Maker {
 public:
  explicit Maker(graph::Graph& graph) : graph_(graph) {}

  graph::ExpressionId text(std::string value, source::Span span = {});
  graph::ExpressionId boolean(bool value);
  graph::ExpressionId path(llvm::ArrayRef<std::string_view> names);  ///< {"github", "ref"}
  graph::ExpressionId call(std::string_view name, std::vector<graph::ExpressionId> arguments = {});
  graph::ExpressionId same(graph::ExpressionId left, std::string_view right);
  graph::ExpressionId differs(graph::ExpressionId left, std::string_view right);
  graph::ExpressionId both(graph::ExpressionId left, graph::ExpressionId right);    ///< either may be not given
  graph::ExpressionId either(graph::ExpressionId left, graph::ExpressionId right);  ///< either may be not given

  /// Whether the result of a job says that it went wrong.
  graph::ExpressionId is_bad(std::string_view job);

  using Replacement = std::function<std::optional<graph::ExpressionId>(graph::ExpressionId, const graph::Reference&)>;
  /// The expression with each reference in it that has a replacement replaced; itself where there is none.
  graph::ExpressionId replaced(graph::ExpressionId id, const Replacement& replacement);
  /// The same in all that a step holds.
  void replace(graph::Step& step, const Replacement& replacement);

 private:
  graph::ExpressionId make(graph::Expression::Kind kind, std::string text, std::vector<graph::ExpressionId> operands);

  graph::Graph& graph_;
};

/// A step that runs a script of ours in bash.
graph::Step script_step(Maker& make, std::string title, std::string script, source::Span span);

}  // namespace sluice::github

#pragma once
#include <llvm/ADT/SmallVector.h>

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"
#include "labels/facts.h"

namespace sluice::labels {

/// Where a label comes from, to be shown beside the place that it must not reach.
struct Cause {
  source::Span span;
  std::string text;
};

/// What may not be done with a value; null where nothing speaks against it.
struct Labels {
  const Cause* secret = nullptr;
  const Cause* untrusted = nullptr;  ///< an outsider words it
  const Cause* code = nullptr;       ///< it names code that an outsider wrote: a commit, a fork

  void join(const Labels& other);
};

/// The labels of a graph's values, found in the order in which stages and steps run. Between `enter` and `leave` of a
/// stage or a step `of` answers for what stands in it.
class Flow {
 public:
  explicit Flow(const graph::Graph& graph);

  void enter(const graph::Stage& stage);
  void enter(const graph::Step& step);
  void leave(const graph::Step& step);
  void leave(const graph::Stage& stage);

  Labels of(graph::ExpressionId id);

  /// The labels of the variables that the stage or the step which was entered last has from the pipeline, and from it.
  const std::map<std::string, Labels, std::less<>>& variables() const { return env_; }

  /// What an outsider words among all that the step which was entered last reads.
  const Cause* untrusted_input() const { return input_; }

 private:
  using Names = llvm::SmallVector<std::string_view, 6>;
  template <typename Value>
  using ByName = std::map<std::string, Value, std::less<>>;

  // values.cpp
  Labels find(graph::ExpressionId id);
  Labels of_call(const graph::Expression& expression);
  Labels of_text(const graph::Expression& expression);
  Labels of_comparison(const graph::Expression& expression);
  Labels of_junction(const graph::Expression& expression);
  Labels of_all(const graph::Expression& expression);
  bool read_path(graph::ExpressionId id, Names& names) const;
  Labels of_path(graph::ExpressionId id, const Names& names);
  Labels of_github(graph::ExpressionId id, Path path);
  Labels of_steps(graph::ExpressionId id, Path path);
  Labels of_needs(Path path) const;
  const Cause* cause(graph::ExpressionId id, std::string text);
  std::string shown(graph::ExpressionId id) const;

  // flow.cpp
  void find_declared();
  void enter(const graph::Matrix& matrix);
  void join_bindings(ByName<Labels>& into, const graph::Bindings& bindings);
  const Cause* untrusted_among(const graph::Bindings& bindings);
  const Cause* files_behind(const graph::Step& step);
  const Cause* files_of_action(const graph::Step& step, const graph::Uses& uses);
  const Cause* downloaded(const graph::Bindings& arguments) const;
  void keep_artifact(const graph::Bindings& arguments);
  std::string_view constant(const graph::Bindings& bindings, std::string_view name) const;

  const graph::Graph& graph_;
  std::deque<Cause> causes_;
  std::vector<const Cause*> cause_of_;                   ///< by expression
  std::vector<std::pair<std::uint32_t, Labels>> found_;  ///< by expression, with the moment it was asked in
  std::uint32_t moment_ = 1;
  ByName<std::set<std::string>> secret_outputs_;  ///< as each step declares them
  ByName<ByName<Labels>> stages_;                 ///< their outputs
  ByName<const Cause*> steps_;                    ///< of this stage: what made their outputs untrusted, or null
  ByName<const Cause*> artifacts_;  ///< of stages that an outsider had a hand in; `` for names that are not known yet
  ByName<Labels> pipeline_env_, stage_env_, env_, matrix_;
  Labels further_axes_;           ///< of axes that are not written out
  bool fork_code_ = false;        ///< the event's own commit may be a fork's
  const Cause* input_ = nullptr;  ///< of the step that was entered
  const Cause* files_ = nullptr;  ///< what in the workspace is an outsider's
  const Cause* reach_ = nullptr;  ///< the first in this stage that an outsider had a hand in
};

}  // namespace sluice::labels

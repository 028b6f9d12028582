#pragma once
#include <functional>
#include <set>
#include <string>

#include "changes/changes.h"
#include "runtime/expressions/json.h"

namespace sluice::changes {

using runtime::Json;

/// Two versions of one pipeline, in the form of docs/graph.md.
class Comparison {
 public:
  Comparison(const graph::Graph& before, const graph::Graph& now);
  std::vector<Change> run();

 private:
  using Pair = std::function<void(const Json& before, const Json& now)>;

  // pipeline.cpp
  void compare_triggers();
  void compare_trigger(const Json& before, const Json& now);
  void compare_secrets();
  void compare_environments();
  void compare_rest();

  // stages.cpp
  void compare_stages();
  void stage_removed(const Json& stage);
  void stage_added(const Json& stage);
  void compare_stage(const Json& before, const Json& now);
  void compare_order(const Json& before, const Json& now);
  void compare_condition(const Json& before, const Json& now);
  void compare_place(const Json& before, const Json& now);
  void compare_permissions(const Json& before, const Json& now);
  void compare_failures(const Json& before, const Json& now);
  void compare_times(const Json& before, const Json& now);
  void compare_steps(const Json& before, const Json& now);
  void compare_rollbacks(const Json& before, const Json& now);

  // gates.cpp
  void compare_gate(const Json& before, const Json& now);
  void compare_approvals(const Json& before, const Json& now);
  void compare_calendar(const Json& before, const Json& now);

  void add(Severity severity, const char* kind, std::string text);
  /// Elements that have one key in common, and those that only one side has.
  void match(const Json& before, const Json& now, const std::string& key, const Pair& both,
             const std::function<void(const Json&)>& gone, const std::function<void(const Json&)>& added);

  const graph::Graph &before_graph_, &now_graph_;
  Json before_, now_;
  std::string subject_;
  std::vector<Change> changes_;
};

/// `object[key]`, or null where it has none.
const Json& at(const Json& object, const std::string& key);
/// As one line, for people; a condition and the like as an author would write it.
std::string shown(const Json& value);

}  // namespace sluice::changes

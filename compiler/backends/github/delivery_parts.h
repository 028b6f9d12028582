#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "backends/github/delivery.h"
#include "backends/github/maker.h"

/// Private to `deliver`.
namespace sluice::github {

class Delivery {
 public:
  explicit Delivery(const graph::Graph& source);
  Delivered run();

 private:
  using Stages = std::vector<graph::StageIndex>;

  /// What became of a stage with rollbacks.
  struct Armed {
    std::vector<std::string> arms;                  ///< by rollback, the id of the step that arms it
    std::vector<std::vector<std::string>> commits;  ///< by rollback, those that disarm it
    std::map<std::string, std::string> values;      ///< `live.outputs.slot` as the output `undo-live-slot`
    graph::StageIndex job = 0;                      ///< that rolls it back behind it
  };

  // delivery.cpp
  void report(ProblemKind kind, source::Span span, std::string text);
  graph::Stage moved(graph::StageIndex index) const;
  graph::StageIndex push(graph::Stage stage);
  std::string fresh_id(const std::string& wanted) const;
  void add_stage(graph::StageIndex index);
  void add_notification(graph::StageIndex index);
  std::vector<bool> dependents_of(graph::StageIndex index) const;
  Stages followers_that_count(graph::StageIndex index) const;

  // delivery_gates.cpp
  void add_gate(graph::StageIndex index);
  bool asks_nothing(graph::StageIndex index) const;
  std::string gate_name(graph::StageIndex index) const;
  graph::Stage job_before(const graph::Stage& gate, const std::string& wanted_id) const;
  void add_asked(graph::Stage& gate, const graph::Conditions& conditions);
  void add_approvals(graph::StageIndex index, graph::Stage& gate, const graph::Conditions& conditions);
  void add_approval_job(graph::StageIndex index, graph::Stage& gate, const Protection& protection);
  void ask_votes(graph::Stage& gate, const graph::Conditions& conditions, std::size_t first);
  std::vector<Protection> protections_of(graph::StageIndex index, const graph::Conditions& conditions);
  graph::Step clock_step(const graph::Stage& gate, const graph::Conditions& conditions);
  bool is_first_behind(graph::StageIndex gate, graph::StageIndex index) const;
  void guard(graph::StageIndex index, graph::Stage& stage);
  void refuse_what_was_undone(graph::StageIndex index, graph::Stage& stage, std::vector<graph::Step>& steps);
  void tell_losses(const graph::Stage& gate, const graph::Conditions& conditions);

  // delivery_rollbacks.cpp
  void arm(graph::StageIndex index, graph::Stage& stage);
  void mark(graph::Stage& stage, Armed& armed);
  graph::ExpressionId is_ready(const Armed& armed, std::size_t rollback);
  void add_values(graph::Stage& stage, const graph::Stage& origin, const graph::Rollback& rollback, Armed& armed);
  void add_outputs(graph::Stage& stage, const graph::Stage& origin, const Armed& armed, const std::string& decision,
                   const std::string& undone);
  graph::ExpressionId rolled_back(std::size_t rollbacks, std::string_view decision, std::string_view undone);
  std::string append_undoing(graph::Stage& job, const graph::Stage& origin, const std::string& decision,
                             graph::ExpressionId base, const Armed* behind);
  graph::Step decision_step(graph::Stage& job, const graph::Stage& origin, const Armed& armed, std::string_view behind);
  void rename(graph::Step& step, const std::map<std::string, std::string>& renamed, const graph::Stage& origin,
              const Armed* behind);
  void tell_losses(const graph::Stage& stage, const Armed& armed);

  // delivery_behind.cpp: the jobs that roll back behind their stage
  void add_rollback_job(graph::StageIndex index);
  graph::ExpressionId is_due(graph::StageIndex index);
  graph::ExpressionId is_armed(graph::StageIndex index);
  graph::ExpressionId went_wrong(const Stages& stages);
  graph::ExpressionId triggers(graph::StageIndex index, Stages& needed);
  void follow(graph::Stage& job, const Stages& stages);

  // delivery_locks.cpp
  struct Region {
    std::string lock;
    bool latest = true;
    source::Span span;
    Stages stages;
  };
  void hold_locks();
  std::vector<Region> regions() const;
  void hold_by_job(const Region& region);
  void hold_by_run(const std::vector<Region>& regions);
  graph::ExpressionId early_condition(const std::vector<Region>& regions);

  const graph::Graph& source_;
  Delivered made_;
  graph::Graph& out_ = made_.graph;
  Maker make_;
  std::vector<Stages> jobs_;  ///< by stage of the source: what was made of it, the stage itself last
  std::map<graph::StageIndex, Armed> armed_;
  std::vector<Protection>& protections_ = made_.protections;
};

/// Adds a permission where the list lacks it.
void permit(graph::Stage& stage, std::string scope, std::string reason);

/// The name of an output of ours, which is none of the stage's own.
std::string own_output(const graph::Stage& origin, const std::string& wanted);

/// Whole minutes, in seconds.
graph::Seconds whole_minutes(graph::Seconds seconds);

/// An id like the one that is wanted, which no step of these has.
std::string fresh_step_id(const std::vector<graph::Step>& steps, const std::string& wanted);

}  // namespace sluice::github

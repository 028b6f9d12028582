#pragma once
#include <llvm/ADT/DenseMap.h>

#include <map>
#include <utility>

#include "check/events.h"
#include "check/payloads.h"
#include "check/program.h"
#include "diagnostics/sink.h"

namespace sluice::check {

/// What is known of `github.event`, `inputs` and `github.head_ref` by how the runs start that can come to the place
/// being checked. Outside a pipeline nothing is: a step of a library does not know who calls it.
class EventTypes {
 public:
  /// Reads, each time it is asked, the pipeline being checked, or null, and the conditions that hold where the walk
  /// stands.
  EventTypes(types::Table& table, diagnostics::Sink& sink, Pipeline* const& pipeline,
             const std::vector<const ast::Expression*>& guards)
      : table_(table), sink_(sink), pipeline_(pipeline), guards_(guards), payloads_(table) {}

  /// Adds the ways in which a trigger starts its pipeline. Null: of an event that does not exist.
  static void collect(Pipeline& pipeline, const ast::Statement& trigger, const EventInfo* event);

  /// From now on only runs that this trigger starts are meant, with null those of all. Gives what held before.
  const ast::Statement* within(const ast::Statement* trigger) { return std::exchange(trigger_, trigger); }

  const types::Type* type_of_event();
  const types::Type* type_of_input(const ast::Expression& expression, const types::Type* declared);
  const types::Type* type_of_pull_request_ref(const ast::Expression& expression);
  /// The field that the member names, or null.
  const types::Type* field_of(const types::Type* record, const ast::Expression& member);
  /// Reports a member of `github.event`, or of an object in it, that the object has not. False: it is none of those.
  bool report_unknown(const types::Type* record, const ast::Expression& member);
  /// Warns of `github.event_name` compared with an event that does not start this pipeline.
  void check_comparison(const ast::Expression& comparison);
  /// Says why a value may be absent where one of `wanted` is needed, and what to do. False: no event is the reason.
  bool explain_absence(diagnostics::Builder& told, const ast::Expression& expression, const types::Type* wanted) const;

 private:
  struct Absence {
    const Start* lacks = nullptr;  ///< the first that lacks it
    const Start* has = nullptr;    ///< the first that has it, or null
    std::string path;              ///< of what it lacks, as written
  };

  const types::Type* payload_of(const Start& start);
  void note_absence(const ast::Expression& member);
  template <typename Has>
  const types::Type* unless_absent(const ast::Expression& expression, const types::Type* type, Has has);
  std::string live_events() const;
  /// Which of the pipeline's starts can come to where the walk stands.
  Starts live() const;
  /// Those for which the condition may hold, or may not.
  Starts starts_where(const ast::Expression& condition, bool holds) const;

  types::Table& table_;
  diagnostics::Sink& sink_;
  Pipeline* const& pipeline_;
  const std::vector<const ast::Expression*>& guards_;
  Payloads payloads_;
  const ast::Statement* trigger_ = nullptr;
  llvm::DenseMap<const ast::Expression*, Absence> absences_;
};

}  // namespace sluice::check

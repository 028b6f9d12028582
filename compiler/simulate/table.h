#pragma once
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "simulate/model.h"
#include "simulate/outcome.h"
#include "simulate/scenario.h"

namespace sluice::simulate {

/// Courses for people: what went otherwise, what ran, what was undone, where each environment was left, the result.
/// Those that end alike share a row,
/// and of what was assumed only that is told on which an end hangs.
class Table {
 public:
  explicit Table(const Model& model) : model_(model) {}
  void add(const Scenario& scenario, const Outcome& outcome);
  std::string text();

 private:
  using Cells = std::array<std::string, 4>;
  struct Row {
    std::string group;                ///< what the scenarios of a row have in common
    std::vector<std::string> labels;  ///< where they differ
    Cells end;
  };
  struct End {
    Cells cells;
    std::vector<Choice> choices;  ///< that all courses have which end so
  };

  void finish_scenario();
  void add_row(Row row);

  const Model& model_;
  std::vector<Row> rows_;
  std::pair<std::string, std::string> scenario_;  ///< the group and the label of the one whose courses are added
  std::vector<End> ends_;                         ///< of its courses
};

/// What was undone, the environments and the result, to be compared with those of another course.
std::string end_text(const Model& model, const Outcome& outcome);

/// What was assumed, as an author would write it: `changes.code and not github.event_name == "push"`; empty for none.
std::string choices_text(const std::vector<Choice>& choices);

/// A course step by step, below what should have held.
std::string trace(const Model& model, const Scenario& scenario, const Outcome& outcome, const std::string& promise);

}  // namespace sluice::simulate

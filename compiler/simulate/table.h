#pragma once
#include <array>
#include <string>
#include <vector>

#include "simulate/model.h"
#include "simulate/outcome.h"
#include "simulate/scenario.h"

namespace sluice::simulate {

/// Courses for people: what went otherwise, what ran, what was undone, where each environment was left, the result.
/// Those that follow each other and end alike share a row.
class Table {
 public:
  explicit Table(const Model& model) : model_(model) {}
  void add(const Scenario& scenario, const Outcome& outcome);
  std::string text() const;

 private:
  struct Row {
    std::string group;                ///< what the scenarios of a row have in common
    std::vector<std::string> labels;  ///< where they differ
    std::array<std::string, 4> end;
  };
  const Model& model_;
  std::vector<Row> rows_;
};

/// All columns of an outcome, to be compared with those of another.
std::string end_text(const Model& model, const Outcome& outcome);

/// A course step by step, below what should have held.
std::string trace(const Model& model, const Scenario& scenario, const Outcome& outcome, const std::string& promise);

}  // namespace sluice::simulate

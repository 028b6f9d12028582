#pragma once
#include <functional>
#include <string>
#include <vector>

#include "simulate/model.h"
#include "simulate/outcome.h"
#include "simulate/scenario.h"

namespace sluice::simulate {

/// Everything that may go otherwise by itself, in the order of the graph: each step that fails, of a matrix also in its
/// first leg alone; each stage that hangs in its last script; cancelling and stopping the run before it starts, at each
/// step and at each gate that waits; each answer of a gate but yes.
std::vector<Event> single_events(const Model& model);

/// What matters only beside one of those: steps of rollbacks that fail, newer runs, and cancelling during a rollback.
std::vector<Event> further_events(const Model& model);

/// Simulates a scenario once for each way in which the conditions that nobody knows may fall, at most `most` times.
/// False: there are more.
bool each_course(const Model& model, Scenario scenario, std::size_t most,
                 const std::function<void(const Scenario&, const Outcome&)>& take);

std::string_view to_text(Event::Kind kind);
/// `fail release "./ops/install"`
std::string describe(const Model& model, const Event& event);
/// A step's id, or its title in quotes; `rollback 1` before that of a rollback's step; empty for a stage as a whole.
std::string label_of(const Model& model, const Place& place);
/// The step of the graph that a place means; null for a stage as a whole.
const graph::Step* step_at(const Model& model, const Place& place);
/// Counted from 1 as the graph has its steps, so that both back ends have one number for a step.
std::size_t number_of(const Model& model, const Place& place);

}  // namespace sluice::simulate

#pragma once
#include "simulate/model.h"
#include "simulate/outcome.h"
#include "simulate/scenario.h"

namespace sluice::simulate {

/// What comes of a run in virtual time: no process, no clock, nothing that follows hash order. Decides as the local
/// runtime does (runtime/engine).
Outcome simulate(const Model& model, const Scenario& scenario);

}  // namespace sluice::simulate

#pragma once
#include <string>
#include <vector>

#include "simulate/model.h"
#include "simulate/outcome.h"
#include "simulate/scenario.h"

namespace sluice::simulate {

/// One course as one line of JSON, in the form of docs/simulation.md. `broken` is what should have held.
std::string json_line(const Model& model, const Scenario& scenario, const Outcome& outcome,
                      const std::vector<std::string>& broken);

}  // namespace sluice::simulate

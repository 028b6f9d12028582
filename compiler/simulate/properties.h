#pragma once
#include <string>
#include <vector>

#include "simulate/model.h"
#include "simulate/outcome.h"

namespace sluice::simulate {

/// What must hold in every course of every pipeline, and does not in this one; each is a sentence. An armed rollback
/// has run or is told; nothing in an environment ran without its entry; after success all that was wanted ran.
std::vector<std::string> broken_promises(const Model& model, const Outcome& outcome);

}  // namespace sluice::simulate

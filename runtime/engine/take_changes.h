#pragma once
#include <expected>
#include <string>
#include <vector>

#include "runtime/engine/past.h"

namespace sluice::runtime {

/// Whether a run may go on with another plan: every stage that has begun must be there, in its place and the same.
/// Gives the difference, a line a stage: `+ new`, `- gone`, `~ changed`; an error names what stands in the way.
std::expected<std::vector<std::string>, std::string> compare_plans(const Plan& before, const Plan& after,
                                                                   const Past& past);

}  // namespace sluice::runtime

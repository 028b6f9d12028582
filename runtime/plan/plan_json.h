#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "runtime/plan/plan.h"

namespace sluice::runtime {

/// A plan as one line of JSON, as the journal keeps it: what is empty or off is left out, so that plans of older
/// versions of this program can be read by newer ones.
std::string write_plan(const Plan& plan);

std::expected<Plan, std::string> read_plan(std::string_view text);

/// The SHA-256 of what a plan does: its text without titles. Votes are bound to it.
std::string plan_hash(const Plan& plan);

}  // namespace sluice::runtime

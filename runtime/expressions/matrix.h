#pragma once
#include <expected>
#include <string>

#include "runtime/expressions/json.h"

namespace sluice::runtime {

/// The legs of a matrix, by GitHub's algorithm: an array of objects, or why there are none. `axes` is an object of
/// arrays; what stands in it under `include` and `exclude` counts where those two are null. First every combination of
/// the axes' values in the order of the keys, the last one fastest, less the excluded ones; then those that `include`
/// adds. An item of `include` that agrees with a combination in the axes it names lays its other keys over it, never
/// over an axis; one that agrees with none becomes a leg of its own.
std::expected<Json, std::string> matrix_legs(const Json& axes, const Json& include, const Json& exclude);

/// The same for `Matrix::legs`: where `include` laid keys over a combination, a pair of the leg and of the combination,
/// after which GitHub names the job.
std::expected<Json, std::string> named_legs(const Json& axes, const Json& include, const Json& exclude);

}  // namespace sluice::runtime

#pragma once
#include <cstdint>

namespace sluice::types {

/// When a value is known. Each later than the one before; a place takes values up to a time.
enum class Time : std::uint8_t {
  unfolding,  ///< written in the file
  run,        ///< github, inputs, vars
  stage,      ///< outputs and results of other stages
  leg,        ///< matrix, strategy
  step,       ///< steps, env, runner, job, hashFiles
};

}  // namespace sluice::types

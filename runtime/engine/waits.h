#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/engine/run_state.h"

namespace sluice::runtime {

/// While it lives, whoever made it does nothing but wait for somebody's word or for a time: a run in which all do so
/// may end its process.
class Waiting {
 public:
  /// `until` is on the wall, in milliseconds since 1970; none: nobody knows.
  Waiting(RunState& run, std::string what, std::optional<std::int64_t> until = {});
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  const std::string& what() const { return what_; }
  std::optional<std::int64_t> until() const { return until_; }

 private:
  RunState& run_;
  std::string what_;
  std::optional<std::int64_t> until_;
};

/// The instant of this process at which the clock on the wall shows `milliseconds`.
Instant instant_of(std::int64_t milliseconds);

}  // namespace sluice::runtime

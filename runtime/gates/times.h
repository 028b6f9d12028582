#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/conditions.h"

namespace sluice::runtime {

/// One part of a window: on these days from a minute to another, the last one excluded. It belongs to the day on which
/// it begins, also where it ends on the next.
struct Span {
  std::uint8_t days = 0x7f;  ///< bit 0 is Sunday
  int begin = 0;             ///< minutes from midnight
  int end = 0;               ///< above 1440 where it ends on the next day

  bool has(Seconds local_time) const;
};

/// `Mon-Fri 09:00-16:00; Sat 22:00-04:00`, `09:00-24:00`. An error says what was seen and what to write.
std::expected<std::vector<Span>, std::string> read_spans(std::string_view times);

/// The local times at which a freeze begins and ends: `2026-12-20` is a whole day, also as the end;
/// `2026-12-20T12:00` an instant.
struct Frozen {
  Seconds begin, end;
};
std::expected<Frozen, std::string> read_freeze(std::string_view from, std::string_view to);

}  // namespace sluice::runtime

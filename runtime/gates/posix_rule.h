#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/gates/zone.h"

namespace sluice::runtime {

/// What a TZif file says of the time behind its last change, `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX, and RFC 9636 3.3.1).
struct PosixRule {
  struct Day {
    enum class Kind { of_year_without_leap_day, of_year, weekday_of_month };
    Kind kind = Kind::of_year;
    int month = 0, week = 0, day = 0;  ///< week 5: the last one
    Seconds time = 7200;               ///< from midnight; may be negative, and more than a day
  };
  struct Summer {
    Zone::Offset offset;
    Day from, to;
  };

  Zone::Offset standard;
  std::optional<Summer> summer;

  /// Nothing where the text is no such rule.
  static std::optional<PosixRule> read(std::string_view text);

  /// Of summer time in a year: its first instant, and the first one behind it.
  std::pair<Seconds, Seconds> summer_of(int year) const;
};

}  // namespace sluice::runtime

#pragma once
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "runtime/gates/times.h"
#include "runtime/gates/zone.h"
#include "runtime/plan/conditions.h"

namespace sluice::runtime {

/// When a gate may open: in any of its windows (none: always), in none of its freezes. Instants are unix seconds.
///
/// Summer time: a window is open whenever a clock on the wall of its zone shows a time in it. So `01:00-02:30` is open
/// twice in the night in which 02:00 comes twice, and a window that begins at a time which is left out in spring begins
/// with the instant after the gap. A freeze has no hole: it begins the first time that the clock shows its begin, and
/// ends the last time that it shows its end.
class Calendar {
 public:
  static std::expected<Calendar, std::string> read(const std::vector<Window>& windows,
                                                   const std::vector<Freeze>& freezes);

  bool is_open(Seconds now) const;

  /// `now` where it is open; nothing where it does not open within two years.
  std::optional<Seconds> next_opening(Seconds now) const;

  /// `outside of its window Mon-Fri 09:00-16:00 Europe/Berlin; opens Mon 2026-11-30 09:00 CET`; empty where it is open.
  std::string why_closed(Seconds now) const;

 private:
  struct Opening {
    Window text;
    Zone zone;
    std::vector<Span> spans;

    bool has(Seconds now) const;
    Seconds next_begin(Seconds after) const;  ///< the next instant at which it may begin; at most ten days on
  };
  struct Closing {
    Freeze text;
    Zone zone;
    Seconds begin, end;
  };

  bool is_in_window(Seconds now) const;
  const Closing* freeze_at(Seconds now) const;

  std::vector<Opening> windows_;
  std::vector<Closing> freezes_;
};

}  // namespace sluice::runtime

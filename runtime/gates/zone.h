#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plan/conditions.h"

namespace sluice::runtime {

/// What the clocks on the wall show in one zone of the IANA database, read from the machine's own files (TZif, RFC
/// 9636). Instants are unix seconds. A local time is the seconds from 1970-01-01 00:00 to what the clock on the wall
/// shows.
class Zone {
 public:
  /// `Europe/Berlin`; `UTC` and the empty name are known without a file. `TZDIR` comes before the usual folders.
  static std::expected<Zone, std::string> read(const std::string& name);
  static std::expected<Zone, std::string> read_bytes(std::string name, std::string_view tzif);
  static Zone utc() { return Zone("UTC"); }
  /// The one of `TZ` or of `/etc/localtime`, to show people their own time; else UTC.
  static Zone of_this_machine();

  const std::string& name() const { return name_; }
  Seconds local_time(Seconds instant) const { return instant + offset_at(instant).seconds; }
  std::string abbreviation(Seconds instant) const { return offset_at(instant).abbreviation; }  ///< `CET`, `-03`

  /// When a clock on the wall shows a local time. One that comes twice (autumn) has a first and a last instant; one
  /// that is left out (spring) counts as the instant after the gap; every other has one.
  struct Instants {
    Seconds first, last;
  };
  Instants instants_of(Seconds local) const;

  std::optional<Seconds> next_change(Seconds after) const;  ///< of the offset

  std::string text(Seconds instant) const;  ///< `Mon 2026-11-30 09:00 CET`

  struct Offset {
    Seconds seconds = 0;  ///< ahead of UTC
    std::string abbreviation = "UTC";
  };
  struct Change {
    Seconds at;
    std::size_t offset;  ///< its place among the offsets
  };

 private:
  explicit Zone(std::string name);
  std::size_t change_before(Seconds instant) const;
  const Offset& offset_at(Seconds instant) const { return offsets_[changes_[change_before(instant)].offset]; }
  Seconds seconds_of(std::size_t change) const { return offsets_[changes_[change].offset].seconds; }

  std::string name_;
  std::vector<Offset> offsets_;
  std::vector<Change> changes_;  ///< in the order of time; the first is before all time
};

}  // namespace sluice::runtime

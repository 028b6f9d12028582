#pragma once
#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "runtime/store/caches.h"

namespace sluice::runtime {

struct GarbageOptions {
  CacheLimits caches;
  /// Whether a run may still want its artifacts whatever their age: it has not ended, or waits. None: no run does.
  std::function<bool(const std::string& run)> is_open;
  std::chrono::milliseconds patience{5000};  ///< how long to wait for uploads and downloads that are going on
};

/// What was removed, each list in the order of its texts.
struct Garbage {
  std::vector<std::string> artifacts;  ///< `7/test-report`
  std::vector<std::string> caches;     ///< keys
  std::size_t contents = 0;            ///< that nothing names any more
  std::size_t temporary = 0;           ///< files of writers that died
  std::uint64_t bytes = 0;             ///< of both
  bool busy = false;                   ///< somebody put in or took out all the time: no content was removed
};

/// Removes artifacts past their time, caches that are over the limits, then contents that no manifest names and what
/// dead writers left. Safe beside runs: contents go only while nobody else has the store's lock (see `Contents`), and a
/// manifest that cannot be read is an error, because its contents would seem to be nobody's. `now`: nanoseconds since
/// 1970.
std::expected<Garbage, std::string> collect_garbage(const std::filesystem::path& state_folder, std::int64_t now,
                                                    const GarbageOptions& options = {});

}  // namespace sluice::runtime

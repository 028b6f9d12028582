#include "runtime/engine/waits.h"

#include <algorithm>
#include <utility>

namespace sluice::runtime {

Waiting::Waiting(RunState& run, std::string what, std::optional<std::int64_t> until)
    : run_(run), what_(std::move(what)), until_(until) {
  --run_.busy;
  run_.waiting.push_back(this);
}

Waiting::~Waiting() {
  std::erase(run_.waiting, this);
  ++run_.busy;
}

Instant instant_of(std::int64_t milliseconds) {
  return Clock::now() + std::chrono::milliseconds(milliseconds - wall_clock());
}

}  // namespace sluice::runtime

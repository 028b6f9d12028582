#include "runtime/engine/places.h"

#include <algorithm>

#include "runtime/engine/leg_run.h"

namespace sluice::runtime {

Places::Places(int count) {
  for (int place = std::max(1, count); place > 0; --place) free_.push_back(place);
}

int Places::take(LegRun& leg, double urgency) {
  if (free_.empty()) {
    waiting_.insert({urgency, next_turn_++, &leg});
    return 0;
  }
  int place = free_.back();
  free_.pop_back();
  return place;
}

void Places::give_up(LegRun& leg) {
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.leg == &leg; });
}

void Places::release(int place) {
  if (waiting_.empty()) {
    free_.push_back(place);
    return;
  }
  LegRun* next = waiting_.begin()->leg;
  waiting_.erase(waiting_.begin());
  next->grant_place(place);
}

}  // namespace sluice::runtime

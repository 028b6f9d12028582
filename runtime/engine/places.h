#pragma once
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

namespace sluice::runtime {

class LegRun;

/// The places where legs may run, as many as `--jobs`, each with a number of its own from 1; of those who wait for one,
/// who is most urgent gets the next.
class Places {
 public:
  explicit Places(int count);

  /// A place, or 0: then `grant_place` will be called, unless `give_up` comes before.
  int take(LegRun& leg, double urgency);
  void give_up(LegRun& leg);
  void release(int place);
  bool any_waiting() const { return !waiting_.empty(); }

 private:
  struct Waiting {
    double urgency = 0;
    std::size_t turn = 0;
    LegRun* leg = nullptr;
    bool operator<(const Waiting& other) const {
      return urgency != other.urgency ? urgency > other.urgency : turn < other.turn;
    }
  };
  std::vector<int> free_;
  std::set<Waiting> waiting_;
  std::size_t next_turn_ = 0;
};

}  // namespace sluice::runtime

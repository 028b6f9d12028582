#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::runtime {

using Seconds = std::int64_t;

/// `approve 2 of "@acme/platform", "ann" { not-author }`: that many different people of the union; one vote a person.
struct Approval {
  int count = 1;
  std::vector<std::string> who;  ///< `ann`, a user; `@acme/platform`, a group or a team of the team file
  bool not_author = false;       ///< nobody who wrote a commit of the change
  bool not_starter = false;      ///< nor whoever started the run
};

/// `window "Mon-Fri 09:00-16:00" zone "Europe/Berlin"`
struct Window {
  std::string times;
  std::string zone;  ///< an IANA name
};

/// `freeze "2026-12-20" to "2027-01-03" zone "UTC" because "holidays"`: from the first day's begin to the last's end,
/// or between two instants `2026-12-20T12:00`.
struct Freeze {
  std::string from, to;
  std::string zone;
  std::string because;
};

/// When a gate opens. All that is given must hold; the steps of the gate's stage are the machine's evidence. The
/// stage's `timeout` is for these steps alone, never for the waiting.
struct Conditions {
  std::vector<Approval> approvals;
  std::vector<std::string> confirm;  ///< what an approver ticks, one by one
  std::optional<Seconds> expires;    ///< of the question as a whole: without enough votes by then it is rejected
  std::optional<Seconds> wait;       ///< from when the gate is reached, beside the humans
  std::vector<Window> windows;       ///< open in any of them; none: always
  std::vector<Freeze> freezes;       ///< open in none of them
};

/// `lock`, `lock latest`: exclusive across the runs of this repository.
struct Lock {
  enum class Queue { fifo, latest };  ///< latest: a newer run takes the place of those that wait
  std::string name;                   ///< runs that name the same one exclude each other
  Queue queue = Queue::fifo;
};

}  // namespace sluice::runtime

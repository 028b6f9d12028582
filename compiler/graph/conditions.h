#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "source/span.h"

/// What delivery adds to the graph, as data: when a gate opens, what is locked, how a script is asked again and again.
/// The texts of times are those of docs/language.md ("Environments and gates"); check/calendar has read them.
namespace sluice::graph {

using Seconds = std::int64_t;

/// `approve 2 of "@acme/platform", "ann" { not-author }`: that many different people of the union.
struct Approval {
  int count = 1;
  std::vector<std::string> who;  ///< `ann`, a person; `@acme/platform`, a group
  bool not_author = false;
  bool not_starter = false;
};

struct Window {
  std::string times;  ///< `Mon-Fri 09:00-16:00; Sat 10:00-12:00`
  std::string zone;   ///< an IANA name, or `UTC`
};

struct Freeze {
  std::string from, to;  ///< `2026-12-20`, a whole day, or `2026-12-20T12:00`
  std::string zone;
  std::string because;
};

/// When a gate opens: all that is given holds, and the steps of the gate's stage have succeeded.
struct Conditions {
  std::vector<Approval> approvals;
  std::vector<std::string> confirm;  ///< what an approver ticks; none without an approval
  std::optional<Seconds> expires;    ///< without its approvals, or closed otherwise, it is rejected by then
  std::optional<Seconds> wait;       ///< from when it is reached, beside everything else
  std::vector<Window> windows;       ///< open in any of them; none: always
  std::vector<Freeze> freezes;       ///< open in none of them
};

/// Exclusive across the runs that name the same lock.
struct Lock {
  enum class Queue : std::uint8_t { fifo, latest };  ///< latest: a newer run takes the place of those that wait
  std::string name;
  Queue queue = Queue::fifo;
};

/// An environment that a stage of the pipeline works in, as the file declares it.
struct DeclaredEnvironment {
  std::string name;
  std::vector<std::string> branches;   ///< patterns; runs of other refs may not work in it; none: any may
  std::optional<Lock> lock;            ///< from behind its entry to the end of its last stage and rollback
  std::optional<std::uint32_t> entry;  ///< the gate before all of its stages, an index into Graph::stages; none: open
  source::Span span;                   ///< of its name
};

/// A script that is asked again and again, each time in a fresh process. `await` until it succeeds once within
/// `lasting`; `watch` that it does not fail more than `tolerate` times in all while `lasting` lasts. 75 is no data.
struct Poll {
  enum class Kind : std::uint8_t { await, watch };
  Kind kind = Kind::await;
  Seconds every = 30;  ///< from the beginning of one to the beginning of the next
  Seconds lasting = 600;
  int tolerate = 0;
};

struct Sleep {
  Seconds duration = 0;
};

/// From here on the stage's rollback of that index is armed.
struct Arm {
  std::size_t rollback = 0;
};

/// Disarms every rollback of the stage.
struct Commit {};

}  // namespace sluice::graph

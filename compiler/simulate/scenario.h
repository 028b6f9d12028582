#pragma once
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "simulate/knowledge.h"

namespace sluice::simulate {

/// A step of a plan. Of a rollback, if that is given.
struct Place {
  std::size_t stage = 0;
  std::optional<std::size_t> rollback = {};
  std::optional<std::size_t> step = {};  ///< none: the stage as a whole, such as a gate that waits
  std::optional<std::size_t> leg = {};   ///< none: each
  auto operator<=>(const Place&) const = default;
};

/// What goes otherwise than it should.
struct Event {
  enum class Kind : std::uint8_t {
    fail,    ///< a step fails, each time that it is tried
    hang,    ///< a step does not end by itself: its time limit ends it, or the stage's
    cancel,  ///< the run is cancelled while a step runs or a gate waits; before anything starts, where `at_start`
    stop,    ///< the same, and the run is asked to stop
    reject,  ///< somebody rejects at a gate
    expire,  ///< nobody answers at a gate
    newer,   ///< a newer run has entered an environment meanwhile
  };
  Kind kind = Kind::fail;
  Place at;
  bool at_start = false;
  std::size_t environment = 0;  ///< of `newer`
  bool operator==(const Event&) const = default;
};

/// One course of a run. What no event speaks of goes well: scripts succeed, gates are approved at once, windows are
/// open, locks are free.
struct Scenario {
  std::vector<Event> events = {};
  std::vector<Choice> given = {};   ///< of conditions that nobody knows; the others are taken to hold
  std::optional<Json> github = {};  ///< contexts; none: not known
  std::optional<Json> inputs = {};
};

}  // namespace sluice::simulate

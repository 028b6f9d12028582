#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/gates/calendar.h"
#include "runtime/gates/zone.h"
#include "runtime/plan/conditions.h"

namespace sluice::runtime {

/// What is voted on. A vote on anything else is void.
struct Subject {
  std::string graph;                   ///< the hash of the graph
  std::vector<std::string> artifacts;  ///< the digests of what will be deployed, in any order
  bool operator==(const Subject&) const = default;
};

struct Vote {
  enum class Decision { approve, reject };
  std::string person;  ///< a user name
  Decision decision = Decision::approve;
  std::string comment;
  std::vector<std::string> ticked;  ///< texts of `confirm`
  Seconds at = 0;
  Subject subject;
};

/// Who may vote: what votes.cpp asks of people.h, or of a test.
struct Electorate {
  std::string starter;                                                        ///< who started the run
  std::function<bool(const std::string& person, const std::string& who)> is;  ///< `ann` or `@acme/platform`
  std::function<std::string(const std::string& person)> why_author;  ///< `wrote a commit of the change`; or empty
};

/// All that a decision rests on.
struct Question {
  const Conditions& conditions;
  const Calendar& calendar;
  const Electorate& electorate;
  const std::vector<Vote>& votes;  ///< in the order in which they were cast
  Subject subject;                 ///< as it is now
  Seconds reached = 0;             ///< when the gate was
  Seconds now = 0;
  const Zone& zone;  ///< in which instants are told
};

struct Verdict {
  enum class State { waiting, open, rejected, expired };
  State state = State::waiting;
  std::string why;                     ///< of `rejected`, `expired`: ``rejected by `ann`: no backup``
  std::vector<std::string> missing;    ///< of `waiting`: `1 more of @acme/platform`, ``tick `text` ``
  std::vector<std::string> ignored;    ///< votes that do not count, each with its reason
  std::optional<Seconds> next_change;  ///< when it may be another without a vote
};

/// Decides, the same for the same question: no clock, no file. The steps of the gate are the engine's.
///
/// One vote a person, the last that counts; one reject of somebody who may vote is final. Each approval takes as many
/// different people as it says, and nobody counts for two approvals. `confirm`: each text ticked by one whose vote
/// counts. `expires`: an approval that is cast later does not count, and if approvals or ticks lack then, the gate has
/// expired; a gate that has all of them goes on waiting for its `wait` and its windows.
Verdict decide(const Question& question);

/// Why somebody may not vote here; nothing where he may. For an answer at once: such a vote never counts.
std::optional<std::string> refusal(const Conditions& conditions, const Electorate& electorate,
                                   const std::string& person);

}  // namespace sluice::runtime

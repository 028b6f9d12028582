#pragma once
#include <sys/types.h>

#include "runtime/engine/runner.h"

namespace sluice::runtime {

/// What a request to a run is about, whoever answers it: the run's own process, the server, or the asking one itself.
struct RequestSubject {
  Journal& journal;
  std::int64_t run;
  const Plan& plan;
  const Options& options;  ///< with the run's context
  std::string plan_hash;
};

/// Writes down somebody's vote: `{"do": "vote", "gate", "decision", "comment", "ticked"}`. The answer says what is
/// still missing, or `{"error"}` why it is refused: nobody votes twice for two people, and none who may not.
Json cast_vote(const RequestSubject& subject, uid_t user, const Json& body);

/// The gates of a run that are reached and not passed: `{"gates": [{"gate", "title", "confirm", "missing"}]}`.
Json waiting_gates(const RequestSubject& subject);

/// A step in doubt by `STAGE`, `STAGE.STEP` or `STAGE.LEG.STEP`, numbers from 1, or by its leg's name: as a record
/// `resolved`, or an error where that is no step in doubt, or several.
std::expected<Record, std::string> resolution(const RequestSubject& subject, uid_t user, const std::string& step,
                                              const std::string& as);

}  // namespace sluice::runtime

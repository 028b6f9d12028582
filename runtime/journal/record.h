#pragma once
#include <cstdint>
#include <string>

namespace sluice::runtime {

/// What a record tells. The numbers stand in files: never change one.
enum class RecordKind : std::uint8_t {
  taken_up = 1,            ///< a runtime took the run up: {token, pid, boot, waited}: the last: none had died
  stage_started = 2,       ///< it was decided that the stage runs; a gate is reached
  attempt_started = 3,     ///< of a leg: {leg}, its name where there is a matrix
  step_started = 4,        ///< the intent, written before a process is
  process_started = 5,     ///< {pid, start}
  step_finished = 6,       ///< {outcome, conclusion, outputs, env, path, …}
  attempt_finished = 7,    ///< of a leg that tries again
  leg_finished = 8,        ///< {result, allowed, reason, outputs}
  stage_finished = 9,      ///< {result, allowed, reason, outputs}
  armed = 10,              ///< `step` is the rollback's index
  committed = 11,          ///< the stage's rollbacks are disarmed
  rollback_started = 12,   ///< `step` is the rollback's index
  rollback_finished = 13,  ///< {result}
  timer_started = 14,      ///< {until}, in milliseconds since 1970
  asked = 15,              ///< {what: cancel or stop, who}
  resolved = 16,           ///< a step in doubt: {as: success, failure or rerun, who}
  run_finished = 17,       ///< {outcome}
};

/// One thing that happened. Indices that do not apply are -1.
struct Record {
  RecordKind kind = RecordKind::taken_up;
  int stage = -1, leg = -1, attempt = -1, step = -1;
  std::string data = {};  ///< a JSON object on one line, or empty
  std::int64_t at = 0;    ///< milliseconds since 1970
};

}  // namespace sluice::runtime

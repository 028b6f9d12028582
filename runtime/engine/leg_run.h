#pragma once
#include <memory>
#include <string>

#include "runtime/engine/run_state.h"

namespace sluice::runtime {

class LegAttempt;

struct LegIdentity {
  std::size_t stage = 0;
  std::string name;  ///< `test`, or `test (3.11)`
  Json matrix, strategy;
};

/// One leg of a stage, a stage without matrix having one: waits for a place, runs its attempts.
class LegRun {
 public:
  LegRun(RunState& run, LegIdentity identity);
  ~LegRun();

  Task<Done> run();

  void cancel();  ///< in order: `always()` steps still run
  void wake();    ///< something of the run has changed
  void grant_place(int place);

  const LegIdentity identity;
  LegReport report;
  Json outputs = Json::object();
  Instant started = never;  ///< when it got its place
  int finished_as = 0;      ///< the order in which legs came to their end

 private:
  Task<Done> run_attempts();
  Task<Done> pause();
  Task<Done> wait_for_place();
  void note_retry(int number);

  RunState& run_;
  Wakeup wakeup_;
  std::unique_ptr<LegAttempt> attempt_;
  int place_ = 0;  ///< none yet
  bool cancelled_ = false;
};

}  // namespace sluice::runtime

#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/output/status.h"
#include "simulate/scenario.h"

namespace sluice::simulate {

using graph::Seconds;
using runtime::Result;
using runtime::RunOutcome;
using runtime::Undone;

/// A step that ran, in the order in which they began.
struct StepRan {
  Place place;  ///< with its leg
  Result outcome = Result::success, conclusion = Result::success;
  Seconds began = 0, ended = 0;
  int tries = 1;
};

struct RollbackRan {
  enum class State : std::uint8_t {
    armed,      ///< stands ready to the end: nothing asked for it
    committed,  ///< disarmed by `commit`
    done,
    failed,
    superseded,  ///< a newer run has deployed there since, so nothing was touched
  };
  std::size_t stage = 0, leg = 0, rollback = 0;
  State state = State::armed;
  Seconds armed = 0;
  std::optional<std::size_t> order;  ///< among those that ran
  Seconds began = 0, ended = 0;
};

struct StageEnd {
  Result result = Result::skipped;
  bool allowed = false;  ///< it failed, and may
  bool started = false;  ///< it was decided that it runs
  Undone undone = Undone::nothing;
  std::size_t legs = 0;
  Seconds began = 0, ended = 0;
  std::string because;     ///< why it did not run: its condition, or the stage that stands in its way
  bool committed = false;  ///< it came past its `commit`
};

/// Where the steps of a run leave an environment that it works in.
enum class EnvironmentState : std::uint8_t {
  untouched,  ///< no step of it ran there
  old,        ///< what was done was undone
  renewed,    ///< all that was to be done was done
  mixed,      ///< a part is new, another is not
  unknown,    ///< something failed in the middle and was not undone
  newer,      ///< a newer run has it
};

struct EnvironmentEnd {
  EnvironmentState state = EnvironmentState::untouched;
  std::optional<Seconds> locked, released;  ///< when its lock was taken and given back
};

struct Outcome {
  RunOutcome result = RunOutcome::succeeded;
  Seconds seconds = 0;
  std::vector<StageEnd> stages;  ///< as in the graph
  std::vector<StepRan> steps;
  std::vector<RollbackRan> rollbacks;        ///< in the order of arming
  std::vector<EnvironmentEnd> environments;  ///< as in the graph
  std::vector<Choice> choices;               ///< what was assumed on the way
  std::vector<bool> struck;                  ///< which of the scenario's events had their occasion
  std::vector<std::string> waits;            ///< of a run that waits for somebody for ever
};

std::string_view to_text(RollbackRan::State state);
std::string_view to_text(EnvironmentState state);
/// `rolled-back`
std::string_view word_of(RunOutcome outcome);

}  // namespace sluice::simulate

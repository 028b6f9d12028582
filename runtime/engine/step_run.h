#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/attempt_state.h"
#include "runtime/output/log.h"

namespace sluice::runtime {

struct ActionUse;

/// A step of the stage or, with `outer`, one of a composite action, which writes to the log of the stage's step.
struct AttemptState::StepRun {
  enum class Phase { pre, main, post };  ///< of an action; all else has `main` alone

  StepRun(const Step& what, std::size_t which)
      : step(what), condition(&what.condition), number(which), place(std::to_string(which)) {}

  const Step& step;
  const Expression* condition;
  std::size_t number;  ///< of the stage's step, counted from 1
  std::string place;   ///< the step's own part of the tracking variable: `3`, `post3`
  Phase phase = Phase::main;
  StepReport report;
  std::optional<Log> log;
  Json outputs = Json::object();
  Json env = Json::object();                ///< the step's own, evaluated
  Json variables = Json::object();          ///< that it gave to the steps behind it
  std::vector<std::string> folders, masks;  ///< that it added to PATH; that it hid
  bool wrote_files = false;                 ///< those behind GITHUB_OUTPUT and its like
  int exit_code = 0;                        ///< of its last process
  bool stopped = false;                     ///< by a halt, not by itself
  Instant deadline = never;                 ///< of the attempt
  std::string resume_token;                 ///< while commands are not listened to, in lower case
  bool echoes = false;                      ///< `::echo::on`: what commands say is shown too
  std::optional<std::string> refused;       ///< why its first wrong command was
  std::map<std::string, int> annotations;   ///< how many of each level
  StepRun* outer = nullptr;
  const ActionFrame* frame = nullptr;  ///< that the step stands in
  ActionUse* use = nullptr;            ///< of an action

  StepRun& outermost() { return outer == nullptr ? *this : outer->outermost(); }
};

}  // namespace sluice::runtime

#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/attempt_state.h"
#include "runtime/output/lines.h"
#include "runtime/output/log.h"

namespace sluice::runtime {

/// What belongs to the step that runs now.
struct AttemptState::StepRun {
  StepRun(const Step& what, std::size_t which) : step(what), number(which) {}

  const Step& step;
  std::size_t number;  ///< counted from 1
  StepReport report;
  std::optional<Log> log;
  Json outputs = Json::object();
  Json variables = Json::object();          ///< that it gave to the steps behind it
  std::vector<std::string> folders, masks;  ///< that it added to PATH; that it hid
  bool wrote_files = false;                 ///< those behind GITHUB_OUTPUT and its like
  int exit_code = 0;                        ///< of its last process
  bool stopped = false;                     ///< by a halt, not by itself
  std::string resume_token;                 ///< while commands are not listened to
  std::map<std::string, int> annotations;   ///< how many of each level
};

}  // namespace sluice::runtime

#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/engine/leg_attempt.h"
#include "runtime/output/lines.h"
#include "runtime/output/log.h"

namespace sluice::runtime {

struct LegAttempt::StepRun {
  StepRun(const Step& what, std::size_t which) : step(what), number(which) {}

  const Step& step;
  std::size_t number;  ///< counted from 1
  StepReport report;
  std::optional<Log> log;
  Json outputs = Json::object();
  Json variables = Json::object();          ///< that it gave to the steps behind it
  std::vector<std::string> folders, masks;  ///< that it added to PATH; that it hid
  int exit_code = 0;                        ///< of its last process
  bool stopped = false;                     ///< by a halt, not by itself
  std::string resume_token;                 ///< while commands are not listened to
  std::map<std::string, int> annotations;   ///< how many of each level
};

struct LegAttempt::ServiceRun {
  explicit ServiceRun(const Service& what) : service(what) {}

  const Service& service;
  std::optional<Log> log;
  std::unique_ptr<LineReader> reader;
  std::unique_ptr<Process> process;
  std::filesystem::path scratch, scripts;
  std::string port;
  Json env = Json::object();
  bool ready = false, stopping = false;
};

}  // namespace sluice::runtime

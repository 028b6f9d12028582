#pragma once
#include <memory>
#include <optional>
#include <string>

#include "runtime/engine/leg_attempt.h"
#include "runtime/output/lines.h"
#include "runtime/output/log.h"

namespace sluice::runtime {

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

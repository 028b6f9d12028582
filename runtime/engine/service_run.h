#pragma once
#include <cstdint>

#include "runtime/engine/attempt_state.h"
#include "runtime/isolation/container.h"
#include "runtime/output/lines.h"
#include "runtime/output/log.h"

namespace sluice::runtime {

/// A service while its leg lives: a process here, or the client of a container.
struct AttemptState::ServiceRun {
  explicit ServiceRun(const Service& what) : service(what) {}

  bool is_container() const { return !service.image.empty(); }

  const Service& service;
  std::optional<Log> log;
  std::unique_ptr<LineReader> reader;
  std::unique_ptr<Process> process;
  std::filesystem::path scratch;  ///< as it is called where the service runs
  std::filesystem::path scripts;
  std::filesystem::path scratch_outside;                     ///< what the scratch folder is called here
  std::vector<std::pair<std::string, std::uint16_t>> ports;  ///< its own, and the one that leads there
  std::string container;                                     ///< the name, once it may exist
  std::string answer;                                        ///< to the last question about its health
  bool unhealthy = false;
  Json env = Json::object();
  bool ready = false, stopping = false;
};

}  // namespace sluice::runtime

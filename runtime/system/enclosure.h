#pragma once
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "runtime/system/files.h"

namespace sluice::runtime {

/// Where a process is put before its program begins. Its maker keeps it until the process has started.
struct Enclosure {
  struct Namespace {
    Descriptor handle;
    int kind = 0;  ///< CLONE_NEWNS and so on
  };
  std::vector<Descriptor> groups;  ///< `cgroup.procs` of each control group to join, open for writing
  std::vector<Namespace>
      namespaces;                  ///< in the order in which they are entered; a process namespace among them, or none
  std::uint64_t capabilities = 0;  ///< those that a process in the namespaces may have, a bit each
};

/// What is started, as the kernel wants it.
struct Start {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* variables = nullptr;
  const char* folder = nullptr;  ///< as it is called inside
  int output = -1, errors = -1;
};

/// The leader of a session, its standard input empty. In namespaces it is a process that only waits for the one inside,
/// takes its exit status (128 + signal where it was killed) and does not listen to SIGINT, SIGTERM and SIGHUP.
std::expected<pid_t, std::string> spawn_enclosed(const Enclosure& enclosure, const Start& start);

}  // namespace sluice::runtime

#pragma once
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/isolation/resource_group.h"
#include "runtime/system/process.h"

namespace sluice::runtime {

/// `docker` or `podman`, the first that answers; empty: neither does. Asks a daemon: once a run is enough.
std::filesystem::path find_container_engine(const Variables& environment);

/// A container that runs in the foreground and is called by its name.
struct Container {
  std::string name;
  std::string run_token;  ///< its label `sluice.run`
  std::string image;
  std::vector<std::pair<std::string, std::string>> ports;  ///< its own, and the one of 127.0.0.1 that leads there
  std::vector<std::string> options;                        ///< words for the engine, such as `--health-cmd`, `true`
  std::vector<std::string> variables;  ///< names alone: the engine takes the values from its own environment
  Limits limits;
};

/// Arguments behind the engine's name. No value of a variable is among them.
std::vector<std::string> run_arguments(const Container& container);

/// What `docker inspect` is asked, and what its answer means.
enum class Health { starting, ready, unhealthy };
constexpr const char* health_format = "{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}";
Health read_health(std::string_view answer);

/// A variable that would change the engine itself rather than the container.
bool is_the_engines_own(std::string_view variable);

/// Words as a shell would split them, with both kinds of quotes and the backslash.
std::vector<std::string> split_quoted(std::string_view text);

/// `docker rm` by force, with what only the container had; the names are still to be added.
std::vector<std::string> removal_arguments(const std::filesystem::path& engine);

/// Removes the containers that a run has left behind, by force. For `resume`, and for the end of a run.
Outcome remove_dead_containers(const std::filesystem::path& engine, const std::string& run_token,
                               const Variables& environment);

}  // namespace sluice::runtime

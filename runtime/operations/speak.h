#pragma once
#include <expected>
#include <optional>
#include <string>

#include "runtime/operations/state.h"

namespace sluice::runtime {

/// Asks a living run to do something. Nothing: no process is at work on it, and the caller does it itself.
std::expected<std::optional<Json>, std::string> speak_to_run(const std::filesystem::path& state_folder,
                                                             const std::string& run, const Json& body);

/// Asks a living run, or the server, to do something. Nothing: neither is there, and the caller does it itself.
std::expected<std::optional<Json>, std::string> speak(const std::filesystem::path& state_folder, const std::string& run,
                                                      const Json& body);

}  // namespace sluice::runtime

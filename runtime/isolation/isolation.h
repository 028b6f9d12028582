#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/isolation/resource_group.h"
#include "runtime/system/process.h"

namespace sluice::runtime {

/// What a run asks for: `--isolate`, `--isolate=offline`, `--memory 2G`, `--cpus 1.5`, `--pids 500`.
struct Isolation {
  bool on = false;
  bool offline = false;  ///< each stage has a network of its own: the loopback interface alone
  Limits limits;         ///< of each leg of each stage
};

/// How much of it this machine can do, found once a run.
struct Means {
  bool namespaces = false;
  std::filesystem::path bubblewrap;
  std::vector<std::filesystem::path> hidden;   ///< the repository's folders, also outside of the project
  std::vector<std::filesystem::path> objects;  ///< git's, of the repository: a checkout reads them
  GroupPlaces groups;
  std::vector<std::string> missing;  ///< what cannot be enforced and why, a sentence each
};

/// Tries bubblewrap once, and looks for control groups that we may make.
Means find_means(const Isolation& isolation, const std::filesystem::path& repository, const Variables& environment);

/// A size such as `512M`, `2G`, `1.5GiB`: bytes, with units of 1024.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace sluice::runtime

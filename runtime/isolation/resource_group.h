#pragma once
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/system/files.h"

namespace sluice::runtime {

struct Limits {
  std::optional<std::uint64_t> memory;  ///< bytes
  std::optional<double> cpus;
  std::optional<int> pids;

  bool any() const { return memory || cpus || pids; }
};

/// Folders of control groups below which we may make one for each leg; empty where we may not.
struct GroupPlaces {
  std::filesystem::path memory, cpu, pids;
  bool unified = false;  ///< version 2: all three are the same folder
};

/// From the texts of /proc/self/mountinfo and /proc/self/cgroup: what stands there, not yet whether we may write it.
/// Version 1 gives a folder a controller; version 2 one for all, in `memory`, and sets `unified`.
GroupPlaces parse_group_places(std::string_view mounts, std::string_view groups);

/// Version 2 gives controllers only to groups below one without processes: some ancestor of ours, as a rule. As a
/// process is in one of its groups alone, this is the place that has all that is wanted, or else the first of it.
using UsablePlace = std::function<bool(const std::filesystem::path& place)>;
void choose_unified(GroupPlaces& places, const Limits& limits, const UsablePlace& usable);

/// The places where groups with these limits can be made; `missing` tells of the others.
GroupPlaces find_group_places(const Limits& limits, std::vector<std::string>& missing);

/// Where hierarchies of control groups are mounted.
std::vector<std::filesystem::path> group_roots();

/// A control group of the kernel's with limits, for one leg: gone with its owner, and its processes with it.
class ResourceGroup {
 public:
  static std::expected<std::unique_ptr<ResourceGroup>, std::string> make(const GroupPlaces& places,
                                                                         const Limits& limits, const std::string& name);
  explicit ResourceGroup(GroupPlaces own, Limits limits) : own_(std::move(own)), limits_(limits) {}
  ~ResourceGroup();
  ResourceGroup(const ResourceGroup&) = delete;
  ResourceGroup& operator=(const ResourceGroup&) = delete;

  /// `cgroup.procs` of each folder, open for writing.
  std::expected<std::vector<Descriptor>, std::string> doors() const;

  /// Which limit was met since the last question: `ran out of its 2 GiB of memory`; empty: none.
  std::string blame();

  void kill() const;       ///< every process in it, by SIGKILL
  Outcome remove() const;  ///< fails while one of them has not ended

 private:
  Outcome set_limits() const;
  std::vector<std::filesystem::path> folders() const;

  GroupPlaces own_;  ///< the folders of this group itself
  Limits limits_;
  std::uint64_t memory_kills_ = 0, process_refusals_ = 0;
};

/// The name of a group, which tells whose it is.
std::string group_name(const std::string& run_token, int number);

/// Ends the groups that a killed run left behind, wherever they are: their processes first. For `resume`.
Outcome remove_dead_groups(const std::string& run_token);

}  // namespace sluice::runtime

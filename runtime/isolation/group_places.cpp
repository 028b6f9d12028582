#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <tuple>

#include "runtime/isolation/resource_group.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool holds(std::string_view list, char separator, std::string_view word) {
  std::vector<std::string_view> parts = split(list, separator);
  return std::ranges::find(parts, word) != parts.end();
}

/// A line of mountinfo: `36 25 0:31 ROOT MOUNTPOINT OPTIONS … - TYPE SOURCE SUPEROPTIONS`.
struct Mount {
  std::string_view root, point, type, options;
};

std::vector<Mount> group_mounts(std::string_view text) {
  std::vector<Mount> mounts;
  for (std::string_view line : split(text, '\n')) {
    std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    std::vector<std::string_view> front = split(line.substr(0, dash), ' '), back = split(line.substr(dash + 3), ' ');
    if (front.size() < 5 || back.size() < 3 || !back[0].starts_with("cgroup")) continue;
    mounts.push_back({front[3], front[4], back[0], back[2]});
  }
  return mounts;
}

/// Where our own group stands in a hierarchy; `controllers` is empty for version 2.
std::string_view own_group(std::string_view groups, std::string_view controller) {
  for (std::string_view line : split(groups, '\n')) {
    std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    std::string_view controllers = line.substr(first + 1, second - first - 1);
    bool found = controller.empty() ? controllers.empty() : holds(controllers, ',', controller);
    if (found) return line.substr(second + 1);
  }
  return {};
}

fs::path below(const Mount& mount, std::string_view group) {
  if (group.empty()) return {};
  if (mount.root != "/" && group.starts_with(mount.root)) group.remove_prefix(mount.root.size());
  while (group.starts_with('/')) group.remove_prefix(1);
  return group.empty() ? fs::path(mount.point) : fs::path(mount.point) / group;
}

/// Making a group, joining it and removing it again is the one answer that holds for every kind of permission.
bool can_make_groups(const fs::path& place) {
  fs::path probe = place / fmt::format("sluice.probe.{}", getpid());
  if (mkdir(probe.c_str(), 0755) != 0) return false;
  Descriptor door(open((probe / "cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
  pid_t child = door ? fork() : -1;
  if (child == 0) _exit(write(door.get(), "0", 1) == 1 ? 0 : 1);
  int status = 1;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return rmdir(probe.c_str()) == 0 && child > 0 && status == 0;
}

bool gives(const fs::path& place, std::string_view controller) {
  auto text = read_file(place / "cgroup.subtree_control");
  if (!text) return false;
  if (text->ends_with('\n')) text->pop_back();
  return holds(*text, ' ', controller);
}

/// The nearest group at or above `own` that gives these controllers to groups below it.
fs::path unified_place(fs::path own, const std::vector<std::string_view>& controllers, const UsablePlace& usable) {
  std::error_code error;
  for (; own.has_relative_path() && fs::exists(own / "cgroup.procs", error); own = own.parent_path()) {
    auto given = [&](std::string_view controller) { return gives(own, controller); };
    if (std::ranges::all_of(controllers, given) && usable(own)) return own;
  }
  return {};
}

}  // namespace

std::vector<fs::path> group_roots() {
  std::vector<fs::path> roots;
  auto text = read_file("/proc/self/mountinfo");
  if (!text) return roots;
  for (const Mount& mount : group_mounts(*text)) roots.emplace_back(mount.point);
  return roots;
}

GroupPlaces parse_group_places(std::string_view mounts, std::string_view groups) {
  GroupPlaces places;
  std::vector<Mount> found = group_mounts(mounts);
  for (const Mount& mount : found) {
    if (mount.type != "cgroup") continue;
    if (holds(mount.options, ',', "memory")) places.memory = below(mount, own_group(groups, "memory"));
    if (holds(mount.options, ',', "cpu")) places.cpu = below(mount, own_group(groups, "cpu"));
    if (holds(mount.options, ',', "pids")) places.pids = below(mount, own_group(groups, "pids"));
  }
  auto unified = std::ranges::find(found, "cgroup2", &Mount::type);
  bool old = !places.memory.empty() || !places.cpu.empty() || !places.pids.empty();
  if (old || unified == found.end()) return places;
  places.memory = places.cpu = places.pids = below(*unified, own_group(groups, ""));
  places.unified = true;
  return places;
}

void choose_unified(GroupPlaces& places, const Limits& limits, const UsablePlace& usable) {
  std::vector<std::string_view> wanted;
  if (limits.memory) wanted.push_back("memory");
  if (limits.pids) wanted.push_back("pids");
  if (limits.cpus) wanted.push_back("cpu");
  fs::path own = places.memory, chosen = unified_place(own, wanted, usable);
  for (std::size_t i = 0; chosen.empty() && i < wanted.size(); ++i) chosen = unified_place(own, {wanted[i]}, usable);
  places.memory = gives(chosen, "memory") ? chosen : fs::path();
  places.cpu = gives(chosen, "cpu") ? chosen : fs::path();
  places.pids = gives(chosen, "pids") ? chosen : fs::path();
}

GroupPlaces find_group_places(const Limits& limits, std::vector<std::string>& missing) {
  auto mounts = read_file("/proc/self/mountinfo"), groups = read_file("/proc/self/cgroup");
  GroupPlaces places = parse_group_places(mounts.value_or(""), groups.value_or(""));
  if (places.unified) choose_unified(places, limits, can_make_groups);
  std::tuple<bool, fs::path*, const char*> wanted[] = {{limits.memory.has_value(), &places.memory, "memory"},
                                                       {limits.cpus.has_value(), &places.cpu, "CPU time"},
                                                       {limits.pids.has_value(), &places.pids, "processes"}};
  for (auto [asked, place, what] : wanted) {
    bool possible = asked && !place->empty() && (places.unified || can_make_groups(*place));
    if (asked && !possible) {
      missing.push_back(fmt::format("{} cannot be limited: no control group for it can be made here", what));
    }
    if (!possible) place->clear();
  }
  return places;
}

}  // namespace sluice::runtime

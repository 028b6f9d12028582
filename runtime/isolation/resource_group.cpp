#include "runtime/isolation/resource_group.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "runtime/isolation/isolation.h"
#include "runtime/system/sizes.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

constexpr int period = 100'000;  // microseconds, the kernel's own

/// Into a file that is there already; the kernel answers at once.
Outcome set(const fs::path& file, const std::string& value) {
  Descriptor descriptor(open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!descriptor) return system_error("write", file);
  if (Outcome written = write_all(descriptor.get(), value); !written) {
    return std::unexpected(fmt::format("cannot write `{}` into `{}`: {}", value, file.string(), written.error()));
  }
  return {};
}

/// The number behind a name in a file of lines `name number`.
std::uint64_t count_in(const fs::path& file, std::string_view name) {
  auto text = read_file(file);
  if (!text) return 0;
  std::string key = fmt::format("\n{} ", name);
  std::string searched = "\n" + *text;
  std::size_t found = searched.find(key);
  std::uint64_t count = 0;
  if (found != std::string::npos) {
    const char* begin = searched.data() + found + key.size();
    std::from_chars(begin, searched.data() + searched.size(), count);
  }
  return count;
}

std::vector<pid_t> members(const fs::path& folder) {
  std::vector<pid_t> pids;
  auto text = read_file(folder / "cgroup.procs");
  if (!text) return pids;
  for (const char *position = text->data(), *last = position + text->size(); position < last;) {
    pid_t pid = 0;
    auto [end, error] = std::from_chars(position, last, pid);
    if (error != std::errc()) break;
    pids.push_back(pid);
    position = end + 1;
  }
  return pids;
}

void kill_members(const fs::path& folder) {
  if (set(folder / "cgroup.kill", "1")) return;
  for (pid_t pid : members(folder)) {
    if (pid > 0) ::kill(pid, SIGKILL);
  }
}

Outcome set_cpus(const GroupPlaces& own, double cpus) {
  int quota = std::max(1000, static_cast<int>(cpus * period));
  if (own.unified) return set(own.cpu / "cpu.max", fmt::format("{} {}", quota, period));
  Outcome written = set(own.cpu / "cpu.cfs_period_us", std::to_string(period));
  return written ? set(own.cpu / "cpu.cfs_quota_us", std::to_string(quota)) : written;
}

/// Swapping is no way around it: where the kernel counts swap, it counts here.
Outcome set_memory(const GroupPlaces& own, std::uint64_t bytes) {
  Outcome written = set(own.memory / (own.unified ? "memory.max" : "memory.limit_in_bytes"), std::to_string(bytes));
  if (!written) return written;
  fs::path swap = own.memory / (own.unified ? "memory.swap.max" : "memory.memsw.limit_in_bytes");
  if (access(swap.c_str(), W_OK) == 0) (void)set(swap, own.unified ? "0" : std::to_string(bytes));
  return {};
}

}  // namespace

std::string group_name(const std::string& run_token, int number) {
  return fmt::format("sluice.{}.{}", run_token, number);
}

std::expected<std::unique_ptr<ResourceGroup>, std::string> ResourceGroup::make(const GroupPlaces& places,
                                                                               const Limits& limits,
                                                                               const std::string& name) {
  GroupPlaces own{{}, {}, {}, places.unified};
  if (limits.memory && !places.memory.empty()) own.memory = places.memory / name;
  if (limits.cpus && !places.cpu.empty()) own.cpu = places.cpu / name;
  if (limits.pids && !places.pids.empty()) own.pids = places.pids / name;
  auto group = std::make_unique<ResourceGroup>(own, limits);
  for (const fs::path& folder : group->folders()) {
    if (mkdir(folder.c_str(), 0755) != 0) return system_error("make the control group", folder);
  }
  if (Outcome limited = group->set_limits(); !limited) return std::unexpected(limited.error());
  return group;
}

ResourceGroup::~ResourceGroup() {
  kill();
  (void)remove();
}

std::vector<fs::path> ResourceGroup::folders() const {
  std::vector<fs::path> folders;
  for (const fs::path* folder : {&own_.memory, &own_.cpu, &own_.pids}) {
    bool known = std::ranges::find(folders, *folder) != folders.end();
    if (!folder->empty() && !known) folders.push_back(*folder);
  }
  return folders;
}

Outcome ResourceGroup::set_limits() const {
  Outcome done;
  if (!own_.memory.empty()) done = set_memory(own_, *limits_.memory);
  if (done && !own_.cpu.empty()) done = set_cpus(own_, *limits_.cpus);
  if (done && !own_.pids.empty()) done = set(own_.pids / "pids.max", std::to_string(*limits_.pids));
  return done;
}

std::expected<std::vector<Descriptor>, std::string> ResourceGroup::doors() const {
  std::vector<Descriptor> doors;
  for (const fs::path& folder : folders()) {
    fs::path file = folder / "cgroup.procs";
    doors.emplace_back(open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (!doors.back()) return system_error("open", file);
  }
  return doors;
}

std::string ResourceGroup::blame() {
  if (!own_.memory.empty()) {
    std::uint64_t kills = count_in(own_.memory / (own_.unified ? "memory.events" : "memory.oom_control"), "oom_kill");
    if (std::exchange(memory_kills_, kills) < kills) {
      return fmt::format("ran out of its {} of memory", size_text(*limits_.memory));
    }
  }
  if (own_.pids.empty()) return {};
  std::uint64_t refusals = count_in(own_.pids / "pids.events", "max");
  bool refused = std::exchange(process_refusals_, refusals) < refusals;
  return refused ? fmt::format("wanted more than its {} processes", *limits_.pids) : std::string();
}

void ResourceGroup::kill() const {
  for (const fs::path& folder : folders()) kill_members(folder);
}

Outcome ResourceGroup::remove() const {
  for (const fs::path& folder : folders()) {
    if (rmdir(folder.c_str()) != 0 && errno != ENOENT) return system_error("remove the control group", folder);
  }
  return {};
}

Outcome remove_dead_groups(const std::string& run_token) {
  std::string prefix = fmt::format("sluice.{}.", run_token);
  Outcome removed;
  for (const fs::path& root : group_roots()) {
    std::error_code error;
    std::vector<fs::path> dead;
    auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator entry(root, options, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->path().filename().string().starts_with(prefix)) dead.push_back(entry->path());
    }
    for (const fs::path& folder : dead) {
      for (int tries = 0; rmdir(folder.c_str()) != 0 && errno == EBUSY && tries < 1000; ++tries) {
        kill_members(folder);
        usleep(2000);
      }
      if (fs::exists(folder, error)) removed = std::unexpected(fmt::format("`{}` is still in use", folder.string()));
    }
  }
  return removed;
}

}  // namespace sluice::runtime

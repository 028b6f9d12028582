#include "runtime/isolation/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

/// What root keeps: enough for package managers and for servers that change their user, nothing that undoes a mount.
constexpr std::uint64_t roots_capabilities() {
  std::uint64_t kept = 0;
  for (int one :
       {CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_NET_BIND_SERVICE}) {
    kept |= std::uint64_t{1} << one;
  }
  return kept;
}

/// From `{"child-pid": 31, …}`.
pid_t first_process(std::string_view report) {
  constexpr std::string_view key = "\"child-pid\":";
  std::size_t found = report.find(key);
  if (found == std::string_view::npos) return 0;
  report.remove_prefix(found + key.size());
  while (report.starts_with(' ')) report.remove_prefix(1);
  pid_t pid = 0;
  std::from_chars(report.data(), report.data() + report.size(), pid);
  return pid;
}

Descriptor open_namespace(pid_t pid, const char* name) {
  return Descriptor(open(fmt::format("/proc/{}/ns/{}", pid, name).c_str(), O_RDONLY | O_CLOEXEC));
}

bool is_same(const Descriptor& one, const Descriptor& other) {
  struct stat a {
  }, b{};
  return fstat(one.get(), &a) == 0 && fstat(other.get(), &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

}  // namespace

Sandbox::~Sandbox() = default;

Outcome Sandbox::start(ProcessTable& table, Variables environment, const std::string& group,
                       std::function<void()> changed) {
  if (Outcome made = make_group(group); !made) return made;
  if (!means_.namespaces) {
    open_ = true;
    return {};
  }
  for (const char* folder : {"tmp", "var-tmp", "home"}) {
    mode_t mode = std::string_view(folder) == "home" ? 0700 : 01777;
    if (Outcome made = make_folders(view_.own / folder); !made) return made;
    if (chmod((view_.own / folder).c_str(), mode) != 0) return system_error("set the mode of", view_.own / folder);
  }
  return start_keeper(table, std::move(environment), std::move(changed));
}

Outcome Sandbox::make_group(const std::string& name) {
  const GroupPlaces& places = means_.groups;
  if (places.memory.empty() && places.cpu.empty() && places.pids.empty()) return {};
  auto made = ResourceGroup::make(places, isolation_.limits, name);
  if (!made) return std::unexpected(made.error());
  group_ = std::move(*made);
  auto doors = group_->doors();
  if (!doors) return std::unexpected(doors.error());
  enclosure_.groups = std::move(*doors);
  return {};
}

Outcome Sandbox::start_keeper(ProcessTable& table, Variables environment, std::function<void()> changed) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::unexpected(std::string("cannot make a pipe"));
  report_ = Descriptor(ends[0]);
  Descriptor inherited(ends[1]);
  fcntl(report_.get(), F_SETFL, O_NONBLOCK);
  Command command{means_.bubblewrap, {"bwrap"}, std::move(environment), "/"};
  std::vector<std::string> view = bubblewrap_arguments(view_, isolation_.offline);
  command.arguments.insert(command.arguments.end(), view.begin(), view.end());
  for (const std::string& word :
       {std::string("--info-fd"), std::to_string(inherited.get()), std::string("--"), std::string("/bin/sh"),
        std::string("-c"), std::string("echo ready; exec sleep infinity")}) {
    command.arguments.push_back(word);
  }
  fcntl(inherited.get(), F_SETFD, 0);
  auto keeper = table.start(
      command,
      [this, changed](std::string_view chunk) {
        hear(chunk);
        changed();
      },
      changed);
  if (!keeper) return std::unexpected(keeper.error());
  keeper_ = std::move(*keeper);
  return {};
}

void Sandbox::hear(std::string_view chunk) {
  if (open_ || !trouble_.empty()) return;
  said_ += chunk;
  if (said_ != "ready\n") return;
  if (Outcome taken = take_namespaces(); !taken)
    trouble_ = taken.error();
  else
    open_ = true;
}

Outcome Sandbox::take_namespaces() {
  char text[512];
  ssize_t count = read(report_.get(), text, sizeof text);
  reaper_ = count > 0 ? first_process({text, static_cast<std::size_t>(count)}) : 0;
  if (reaper_ <= 0) return std::unexpected(std::string("bubblewrap did not say which process it has started"));
  Descriptor mounts = open_namespace(reaper_, "mnt"), users = open_namespace(reaper_, "user");
  Descriptor own = open_namespace(getpid(), "user");
  Descriptor owner(mounts ? ioctl(mounts.get(), NS_GET_USERNS) : -1);
  if (!mounts || !users || !own || !owner) return system_error("open the namespaces of", std::to_string(reaper_));
  // bubblewrap makes a second namespace of users where the first one had to map root: the mounts belong to the first.
  bool is_second = !is_same(users, owner);
  enclosure_.capabilities = is_same(users, own) ? roots_capabilities() : 0;
  auto& entered = enclosure_.namespaces;
  if (!is_same(owner, own)) entered.push_back({std::move(owner), CLONE_NEWUSER});
  entered.push_back({std::move(mounts), CLONE_NEWNS});
  entered.push_back({open_namespace(reaper_, "ipc"), CLONE_NEWIPC});
  if (isolation_.offline) entered.push_back({open_namespace(reaper_, "net"), CLONE_NEWNET});
  entered.push_back({open_namespace(reaper_, "pid"), CLONE_NEWPID});
  if (is_second) entered.push_back({std::move(users), CLONE_NEWUSER});
  return {};
}

Sandbox::State Sandbox::state() const {
  if (!trouble_.empty()) return State::failed;
  if (keeper_ && keeper_->has_exited()) return State::failed;
  return open_ ? State::open : State::opening;
}

std::string Sandbox::why() const {
  if (!trouble_.empty()) return trouble_;
  return open_ ? "the process that keeps it was ended" : fmt::format("bubblewrap: {}", said_);
}

std::string Sandbox::explain(const std::string& ending) {
  std::string blame = group_ ? group_->blame() : std::string();
  return blame.empty() ? ending : fmt::format("{} ({})", blame, ending);
}

Outcome Sandbox::remove() {
  if (!group_) return {};
  Outcome removed = group_->remove();
  if (removed) group_.reset();
  return removed;
}

Variables isolated_environment(Variables environment) {
  for (const char* name : {"SSH_AUTH_SOCK", "SSH_AGENT_PID", "GPG_AGENT_INFO", "DBUS_SESSION_BUS_ADDRESS",
                           "XDG_RUNTIME_DIR", "DOCKER_HOST", "TMPDIR", "TMP", "TEMP"}) {
    environment.erase(name);
  }
  return environment;
}

}  // namespace sluice::runtime

#include "runtime/system/enclosure.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

// Between fork and exec stand only calls that are safe there: another thread may hold the allocator's lock.
namespace sluice::runtime {
namespace {

struct Failure {
  enum class Where { none, group, entering, fork, folder, program };
  Where where = Where::none;
  int number = 0;
};

[[noreturn]] void give_up(int report, Failure::Where where) {
  Failure failure{where, errno};
  [[maybe_unused]] ssize_t written = write(report, &failure, sizeof failure);
  _exit(127);
}

void take_usual_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// No program may gain what its user lacks, and root is left with little: what holds inside cannot be undone there.
bool drop_privileges(std::uint64_t kept) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    bool stays = ((kept >> capability) & 1) != 0;
    if (!stays && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM) return false;
  }
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct owned[2] = {};
  if (syscall(SYS_capget, &header, owned) != 0) return false;
  for (int half = 0; half < 2; ++half) {
    auto part = static_cast<std::uint32_t>(kept >> (32 * half));
    owned[half].effective &= part;
    owned[half].permitted &= part;
    owned[half].inheritable = 0;
  }
  return syscall(SYS_capset, &header, owned) == 0;
}

[[noreturn]] void become(const Enclosure& enclosure, const Start& start, int report) {
  setsid();
  for (const Descriptor& group : enclosure.groups) {
    if (write(group.get(), "0", 1) != 1) give_up(report, Failure::Where::group);
  }
  take_usual_signals();
  if (chdir(start.folder) != 0) give_up(report, Failure::Where::folder);
  if (!enclosure.namespaces.empty() && !drop_privileges(enclosure.capabilities)) {
    give_up(report, Failure::Where::entering);
  }
  execve(start.program, start.arguments, start.variables);
  give_up(report, Failure::Where::program);
}

/// A process namespace takes in only those that are born in it: this one stays outside, waits and ends as it did.
[[noreturn]] void wait_for(pid_t inside, int report) {
  close(report);
  syscall(SYS_close_range, 0U, ~0U, 0U);
  int status = 0;
  while (waitpid(inside, &status, 0) < 0 && errno == EINTR) {
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

[[noreturn]] void run_child(const Enclosure& enclosure, const Start& start, int report) {
  setsid();
  int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, 0);
  if (nothing > 0) close(nothing);
  dup2(start.output, 1);
  dup2(start.errors, 2);
  if (enclosure.namespaces.empty()) become(enclosure, start, report);
  for (const Enclosure::Namespace& space : enclosure.namespaces) {
    if (setns(space.handle.get(), space.kind) != 0) give_up(report, Failure::Where::entering);
  }
  pid_t inside = fork();
  if (inside < 0) give_up(report, Failure::Where::fork);
  if (inside == 0) become(enclosure, start, report);
  wait_for(inside, report);
}

std::string told(const Failure& failure, const Start& start) {
  const char* reason = strerror(failure.number);
  switch (failure.where) {
    case Failure::Where::folder: return fmt::format("there is no folder `{}` to work in ({})", start.folder, reason);
    case Failure::Where::group: return fmt::format("cannot join the stage's control group: {}", reason);
    case Failure::Where::entering: return fmt::format("cannot enter the stage's namespaces: {}", reason);
    case Failure::Where::fork: return fmt::format("cannot start a process: {}", reason);
    case Failure::Where::none:
    case Failure::Where::program: break;
  }
  return fmt::format("cannot start `{}`: {}", start.program, reason);
}

}  // namespace

std::expected<pid_t, std::string> spawn_enclosed(const Enclosure& enclosure, const Start& start) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::unexpected(fmt::format("cannot make a pipe: {}", strerror(errno)));
  Descriptor reading(ends[0]), writing(ends[1]);
  pid_t pid = fork();
  if (pid < 0) return std::unexpected(fmt::format("cannot start a process: {}", strerror(errno)));
  if (pid == 0) run_child(enclosure, start, writing.get());
  writing = Descriptor();
  Failure failure;
  ssize_t count = 0;
  while ((count = read(reading.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  if (count <= 0) return pid;  // the program has begun, and its copy of the pipe is closed
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return std::unexpected(told(failure, start));
}

}  // namespace sluice::runtime

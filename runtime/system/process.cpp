#include "runtime/system/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace sluice::runtime {
namespace {

constexpr std::size_t chunk_size = std::size_t{256} << 10;
constexpr int pipe_size = 1 << 20;
constexpr std::size_t talkative_size = std::size_t{48} << 10;  // read at once: three quarters of a pipe as it is made

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// What posix_spawn needs to know, freed at the end.
struct SpawnSettings {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

  SpawnSettings(int output, int errors, const std::filesystem::path& folder) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_adddup2(&actions, errors, 2);
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    for (int number : {SIGPIPE, SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&usual, number);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
};

std::expected<pid_t, std::string> spawn(const Command& command, int output, int errors) {
  static const InheritedVariables none{Variables()};
  std::vector<std::string> arguments = command.arguments, own_texts;
  std::vector<char*> variables =
      (command.inherited != nullptr ? *command.inherited : none).over(command.environment, own_texts);
  if (command.enclosure != nullptr) {
    return spawn_enclosed(*command.enclosure, {command.program.c_str(), pointers(arguments).data(), variables.data(),
                                               command.working_directory.c_str(), output, errors});
  }
  SpawnSettings settings(output, errors, command.working_directory);
  pid_t pid = 0;
  int failure = posix_spawn(&pid, command.program.c_str(), &settings.actions, &settings.attributes,
                            pointers(arguments).data(), variables.data());
  std::error_code error;
  if (failure != 0 && !std::filesystem::is_directory(command.working_directory, error)) {
    return std::unexpected(fmt::format("there is no folder `{}` to work in", command.working_directory.string()));
  }
  if (failure != 0) {
    return std::unexpected(fmt::format("cannot start `{}`: {}", command.program.string(), strerror(failure)));
  }
  return pid;
}

std::expected<std::pair<Descriptor, Descriptor>, std::string> open_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::unexpected(fmt::format("cannot make a pipe: {}", strerror(errno)));
  return std::pair{Descriptor(ends[0]), Descriptor(ends[1])};
}

std::string read_all(int descriptor) {
  std::string text;
  std::vector<char> buffer(chunk_size);
  while (true) {
    ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

InheritedVariables::InheritedVariables(Variables variables)
    : variables_(std::move(variables)), change_shells_(changes_shells(variables_)) {
  texts_.reserve(variables_.size());
  for (const auto& [name, value] : variables_) texts_.emplace_back(name, name + "=" + value);
}

const std::string* InheritedVariables::find(const std::string& name) const {
  auto found = variables_.find(name);
  return found == variables_.end() ? nullptr : &found->second;
}

std::vector<char*> InheritedVariables::over(const Variables& own, std::vector<std::string>& own_texts) const {
  std::vector<char*> all;
  all.reserve(texts_.size() + own.size() + 1);
  own_texts.reserve(own.size());
  auto next = texts_.begin();
  for (const auto& [name, value] : own) {
    for (; next != texts_.end() && next->first < name; ++next) all.push_back(const_cast<char*>(next->second.c_str()));
    if (next != texts_.end() && next->first == name) ++next;
    all.push_back(own_texts.emplace_back(name + "=" + value).data());
  }
  for (; next != texts_.end(); ++next) all.push_back(const_cast<char*>(next->second.c_str()));
  all.push_back(nullptr);
  return all;
}

bool changes_shells(const Variables& variables) {
  auto functions = variables.lower_bound("BASH_FUNC_");
  bool has_function = functions != variables.end() && functions->first.starts_with("BASH_FUNC_");
  return has_function || variables.contains("BASH_ENV") || variables.contains("ENV");
}

std::expected<std::filesystem::path, std::string> find_program(const std::string& name, const Variables& environment) {
  auto found = environment.find("PATH");
  return find_program_in(found != environment.end() ? std::string_view(found->second) : "/usr/bin:/bin", name);
}

std::expected<std::filesystem::path, std::string> find_program_in(std::string_view folders, const std::string& name) {
  if (name.find('/') != std::string::npos) {
    if (access(name.c_str(), X_OK) == 0) return name;
    return std::unexpected(fmt::format("there is no program `{}`", name));
  }
  std::string candidate;
  while (!folders.empty()) {
    std::size_t end = std::min(folders.find(':'), folders.size());
    candidate.assign(folders.substr(0, end)).append("/").append(name);
    std::error_code error;
    if (end > 0 && access(candidate.c_str(), X_OK) == 0 && !std::filesystem::is_directory(candidate, error)) {
      return candidate;
    }
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return std::unexpected(fmt::format("there is no program `{}` in PATH; install it or choose another shell", name));
}

std::expected<std::string, std::string> capture(const Command& command) {
  auto output = open_pipe();
  if (!output) return std::unexpected(output.error());
  auto errors = open_pipe();
  if (!errors) return std::unexpected(errors.error());
  fcntl(errors->first.get(), F_SETPIPE_SZ, pipe_size);
  auto pid = spawn(command, output->second.get(), errors->second.get());
  if (!pid) return std::unexpected(pid.error());
  output->second = Descriptor();
  errors->second = Descriptor();
  std::string text = read_all(output->first.get()), said = read_all(errors->first.get());
  int status = 0;
  while (waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return text;
  while (said.ends_with('\n')) said.pop_back();
  return std::unexpected(fmt::format("`{}` failed: {}", command.arguments.front(), said));
}

Process::Process(ProcessTable& table, EventLoop& loop, pid_t pid, Descriptor pipe, Output output,
                 std::function<void()> exited)
    : table_(table),
      loop_(loop),
      pid_(pid),
      pipe_(std::move(pipe)),
      output_(std::move(output)),
      exited_(std::move(exited)) {}

Process::~Process() {
  if (pipe_) loop_.forget(pipe_.get());
  if (!has_exited_) table_.forget(*this);
}

Outcome Process::watch() {
  return loop_.watch(pipe_.get(), [this] { read_some(chunk_size); });
}

bool Process::read_some(std::size_t most) {
  static thread_local std::array<char, chunk_size> buffer;
  ssize_t count = read(pipe_.get(), buffer.data(), std::min(most, buffer.size()));
  if (count > 0) {
    // A larger pipe pays only for a process that prints much; it is a wish, the kernel may be short of pipe memory.
    if (!is_talkative_ && static_cast<std::size_t>(count) >= talkative_size) {
      is_talkative_ = true;
      fcntl(pipe_.get(), F_SETPIPE_SZ, pipe_size);
    }
    if (output_) output_({buffer.data(), static_cast<std::size_t>(count)});
    return true;
  }
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  loop_.forget(pipe_.get());
  pipe_ = Descriptor();
  return false;
}

void Process::mark_exited(int status) {
  status_ = status;
  // Only what is there now: a background child may go on writing for ever.
  int left = 0;
  if (pipe_) ioctl(pipe_.get(), FIONREAD, &left);
  while (pipe_ && left > 0) {
    std::size_t wanted = std::min<std::size_t>(static_cast<std::size_t>(left), chunk_size);
    if (!read_some(wanted)) break;
    left -= static_cast<int>(wanted);
  }
  // The table, which has it no longer, will not resume it.
  if (pipe_ && table_.is_paused()) (void)watch();
  has_exited_ = true;
  exited_();
}

void Process::pause_output() {
  if (pipe_) loop_.forget(pipe_.get());
}

int Process::exit_code() const { return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_); }

void Process::discard_output() { output_ = nullptr; }

std::expected<std::unique_ptr<Process>, std::string> ProcessTable::start(const Command& command, Process::Output output,
                                                                         std::function<void()> exited) {
  auto pipe = open_pipe();
  if (!pipe) return std::unexpected(pipe.error());
  fcntl(pipe->first.get(), F_SETFL, O_NONBLOCK);
  auto pid = spawn(command, pipe->second.get(), pipe->second.get());
  if (!pid) return std::unexpected(pid.error());
  auto process =
      std::make_unique<Process>(*this, loop_, *pid, std::move(pipe->first), std::move(output), std::move(exited));
  running_[*pid] = process.get();
  if (Outcome watched = is_paused_ ? Outcome() : process->watch(); !watched) {
    kill(-*pid, SIGKILL);
    running_.erase(*pid);
    return std::unexpected(watched.error());
  }
  return process;
}

void ProcessTable::pause_output() {
  is_paused_ = true;
  for (const auto& [pid, process] : running_) process->pause_output();
}

void ProcessTable::resume_output() {
  is_paused_ = false;
  for (const auto& [pid, process] : running_) {
    if (process->has_output()) (void)process->watch();  // it could be watched before
  }
}

void ProcessTable::reap() {
  int status = 0;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    auto found = running_.find(pid);
    if (found == running_.end()) continue;  // an orphan of a child's
    Process* process = found->second;
    running_.erase(found);
    process->mark_exited(status);
  }
}

std::expected<std::unique_ptr<SignalGuard>, std::string> SignalGuard::take() {
  sigset_t wanted, before;
  sigemptyset(&wanted);
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&wanted, number);
  if (pthread_sigmask(SIG_BLOCK, &wanted, &before) != 0) return std::unexpected("cannot block signals");
  auto guard = std::make_unique<SignalGuard>(before);
  struct sigaction usual {
  }, ignored{};
  usual.sa_handler = SIG_DFL;
  ignored.sa_handler = SIG_IGN;
  sigaction(SIGCHLD, &usual, &guard->child_before_);
  sigaction(SIGPIPE, &ignored, &guard->pipe_before_);
  prctl(PR_GET_CHILD_SUBREAPER, &guard->reaper_before_);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  guard->descriptor_ = Descriptor(signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!guard->descriptor_) return std::unexpected(fmt::format("cannot read signals: {}", strerror(errno)));
  return guard;
}

SignalGuard::~SignalGuard() {
  while (descriptor_ && next() != 0) {
  }
  prctl(PR_SET_CHILD_SUBREAPER, reaper_before_);
  sigaction(SIGCHLD, &child_before_, nullptr);
  sigaction(SIGPIPE, &pipe_before_, nullptr);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

int SignalGuard::next() {
  signalfd_siginfo info{};
  ssize_t count = read(descriptor_.get(), &info, sizeof info);
  return count == static_cast<ssize_t>(sizeof info) ? static_cast<int>(info.ssi_signo) : 0;
}

}  // namespace sluice::runtime

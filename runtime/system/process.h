#pragma once
#include <signal.h>
#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "runtime/system/enclosure.h"
#include "runtime/system/event_loop.h"
#include "runtime/system/files.h"

namespace sluice::runtime {

using Variables = std::map<std::string, std::string>;

/// Variables that many processes inherit, written down once as the kernel wants them.
class InheritedVariables {
 public:
  explicit InheritedVariables(Variables variables);

  const std::string* find(const std::string& name) const;
  const Variables& all() const { return variables_; }
  /// Whether a shell would begin with something of the user's: BASH_ENV, ENV, functions.
  bool change_shells() const { return change_shells_; }
  /// `NAME=value` of all, and of `own` instead where it has the name; ends with a null. They live as long as both.
  std::vector<char*> over(const Variables& own, std::vector<std::string>& own_texts) const;

 private:
  Variables variables_;
  std::vector<std::pair<std::string_view, std::string>> texts_;  ///< ordered by name
  bool change_shells_ = false;
};

bool changes_shells(const Variables& variables);

struct Command {
  std::filesystem::path program;       ///< absolute
  std::vector<std::string> arguments;  ///< with the program's name in front
  Variables environment;
  std::filesystem::path working_directory;
  const InheritedVariables* inherited = nullptr;  ///< under `environment`
  const Enclosure* enclosure = nullptr;           ///< of the stage that it runs in; null: none
};

/// A program by its name in the PATH of an environment, or what to say when there is none.
std::expected<std::filesystem::path, std::string> find_program(const std::string& name, const Variables& environment);

/// The same of folders with colons between.
std::expected<std::filesystem::path, std::string> find_program_in(std::string_view folders, const std::string& name);

/// Runs a command to its end and gives back what it printed; a status other than 0 is an error with its last words.
std::expected<std::string, std::string> capture(const Command& command);

class ProcessTable;

/// A running child: leader of its own session, standard input empty, output and errors in one pipe.
class Process {
 public:
  using Output = std::function<void(std::string_view chunk)>;

  Process(ProcessTable& table, EventLoop& loop, pid_t pid, Descriptor pipe, Output output,
          std::function<void()> exited);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  Outcome watch();
  pid_t pid() const { return pid_; }
  bool has_exited() const { return has_exited_; }
  bool has_output() const { return static_cast<bool>(pipe_); }  ///< someone may still write
  int exit_code() const;         ///< of one that has exited: the shell's way of counting, 128 + signal
  void pause_output();           ///< leaves what it writes in the pipe, so that it has to wait
  void discard_output();         ///< what background children still write is read and dropped
  void mark_exited(int status);  ///< by the table: reads what is left in the pipe, then tells the owner

 private:
  bool read_some(std::size_t most);

  ProcessTable& table_;
  EventLoop& loop_;
  pid_t pid_;
  Descriptor pipe_;
  Output output_;
  std::function<void()> exited_;
  bool has_exited_ = false;
  bool is_talkative_ = false;
  int status_ = 0;
};

/// All children of this process while a run lasts: it reaps them, and the orphans of theirs that become ours.
class ProcessTable {
 public:
  explicit ProcessTable(EventLoop& loop) : loop_(loop) {}

  std::expected<std::unique_ptr<Process>, std::string> start(const Command& command, Process::Output output,
                                                             std::function<void()> exited);
  void reap();          ///< after a SIGCHLD
  void pause_output();  ///< of all processes, also of those to come
  void resume_output();
  bool is_paused() const { return is_paused_; }
  void forget(const Process& process) { running_.erase(process.pid()); }  ///< one that is given up
  bool knows(pid_t pid) const { return running_.contains(pid); }

 private:
  EventLoop& loop_;
  std::unordered_map<pid_t, Process*> running_;
  bool is_paused_ = false;
};

/// While it lives, signals are read from `descriptor` and orphans of our children become children of ours.
class SignalGuard {
 public:
  static std::expected<std::unique_ptr<SignalGuard>, std::string> take();
  explicit SignalGuard(const sigset_t& before) : before_(before) {}
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

  int descriptor() const { return descriptor_.get(); }
  int next();  ///< the number of a signal that has come, 0 if none has

 private:
  sigset_t before_;
  struct sigaction child_before_ {
  }, pipe_before_{};
  int reaper_before_ = 0;
  Descriptor descriptor_;
};

}  // namespace sluice::runtime

#include "runtime/engine/desk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "runtime/expressions/values.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

std::string architecture() {
  utsname name{};
  uname(&name);
  std::string_view machine = name.machine;
  return machine == "aarch64" ? "ARM64" : machine.starts_with("arm") ? "ARM" : machine == "x86_64" ? "X64" : "X86";
}

Json runner_context(const fs::path& temp, const fs::path& tools) {
  return {{"name", "sluice"},
          {"os", "Linux"},
          {"arch", architecture()},
          {"temp", temp.string()},
          {"tool_cache", tools.string()},
          {"debug", ""},
          {"environment", "self-hosted"}};
}

Variables variables_of(Variables variables, const fs::path& folder, const Json& runner) {
  for (const char* name : command_files) variables["GITHUB_" + upper_case(name)] = folder / name;
  for (const char* name : {"name", "os", "arch", "temp", "tool_cache", "environment"}) {
    variables["RUNNER_" + upper_case(name)] = to_text(runner[name]);
  }
  variables["GITHUB_WORKSPACE"] = folder / "workspace";
  // Before a checkout, git must not take the repository that `.sluice` lies in for the workspace's.
  variables["GIT_CEILING_DIRECTORIES"] = folder;
  return variables;
}

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec; }

}  // namespace

Desk::Desk(fs::path folder, const Variables& inherited, const fs::path& tools, bool is_reused)
    : folder_(std::move(folder)),
      workspace_(folder_ / "workspace"),
      temp_(folder_ / "temp"),
      runner_(runner_context(temp_, tools)),
      variables_(variables_of(inherited, folder_, runner_)),
      is_reused_(is_reused) {}

/// Holds on to an entry, which is empty.
Outcome Desk::Entry::keep(int folder, const char* name, int flags) {
  handle = Descriptor(openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!handle || fstat(handle.get(), &status) != 0) return system_error("read", name);
  modified = status.st_mtim;
  changed = status.st_ctim;
  return {};
}

/// What was written changes the size, what came into a folder or went its time. One that was removed or moved away, so
/// that something else may bear its name, has no link or another time of change.
bool Desk::Entry::is_untouched() const {
  struct stat status {};
  if (!handle || fstat(handle.get(), &status) != 0) return false;
  bool is_empty = S_ISDIR(status.st_mode) || status.st_size == 0;
  return is_empty && status.st_nlink > 0 && nanoseconds(status.st_mtim) == nanoseconds(modified) &&
         nanoseconds(status.st_ctim) == nanoseconds(changed);
}

/// An empty folder that seems to be a second old: whatever is put there, even in this tick, changes its time.
Outcome Desk::make(const char* name, Entry& folder) {
  if (folder.is_untouched()) return {};
  if (Outcome removed = remove_folder(folder_ / name); !removed) return removed;
  if (mkdirat(handle_.get(), name, 0700) != 0) return system_error("make the folder", folder_ / name);
  timespec earlier[2] = {{}, {}};
  clock_gettime(CLOCK_REALTIME, &earlier[0]);
  earlier[0].tv_sec -= 1;
  earlier[1] = earlier[0];
  if (utimensat(handle_.get(), name, earlier, 0) != 0) return system_error("set the time of", folder_ / name);
  return is_reused_ ? folder.keep(handle_.get(), name, O_RDONLY | O_DIRECTORY) : Outcome();
}

Outcome Desk::open() {
  if (handle_) return {};
  if (Outcome made = make_folders(folder_); !made) return made;
  handle_ = Descriptor(::open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!handle_) return system_error("open", folder_);
  return {};
}

Outcome Desk::prepare(bool with_workspace) {
  if (Outcome opened = open(); !opened) return opened;
  if (Outcome made = make("temp", temp_entry_); !made) return made;
  if (with_workspace) {
    if (Outcome made = make("workspace", workspace_entry_); !made) return made;
  }
  if (has_command_files_) return {};
  has_command_files_ = true;
  return empty_command_files();
}

Outcome Desk::go_on() {
  if (Outcome opened = open(); !opened) return opened;
  for (const char* name : command_files) {
    if (faccessat(handle_.get(), name, F_OK, 0) == 0) continue;
    if (Outcome written = write_file(folder_ / name, ""); !written) return written;
  }
  has_command_files_ = true;
  return make_folders(temp_);
}

/// Most often told without a look at its name.
bool Desk::is_empty(std::size_t file) {
  Entry& entry = file_entries_[file];
  if (entry.is_untouched()) return true;
  struct stat status {};
  bool empty = fstatat(handle_.get(), command_files[file], &status, 0) == 0 && status.st_size == 0;
  // One that cannot be held is looked at by its name the next time.
  if (empty && is_reused_) (void)entry.keep(handle_.get(), command_files[file], O_RDONLY | O_NONBLOCK);
  return empty;
}

Outcome Desk::make_empty(std::size_t file) {
  if (is_empty(file)) return {};
  return write_file(folder_ / command_files[file], "");
}

Outcome Desk::empty_command_files() {
  for (std::size_t file = 0; file < command_files.size(); ++file) {
    if (Outcome emptied = make_empty(file); !emptied) return emptied;
  }
  return {};
}

std::string Desk::read(std::size_t command_file) {
  if (is_empty(command_file)) return {};
  return read_file(folder_ / command_files[command_file]).value_or("");
}

std::expected<std::string, std::string> Desk::take(std::size_t command_file) {
  if (is_empty(command_file)) return std::string();
  std::string text = read_file(folder_ / command_files[command_file]).value_or("");
  if (Outcome emptied = write_file(folder_ / command_files[command_file], ""); !emptied) {
    return std::unexpected(emptied.error());
  }
  return text;
}

Outcome Desk::clear_temp() {
  if (temp_entry_.is_untouched()) return {};
  temp_entry_ = Entry();
  return remove_folder(temp_);
}

}  // namespace sluice::runtime

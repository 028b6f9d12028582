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

Desk::Desk(fs::path folder, const Variables& inherited, const fs::path& tools)
    : folder_(std::move(folder)),
      workspace_(folder_ / "workspace"),
      temp_(folder_ / "temp"),
      runner_(runner_context(temp_, tools)),
      variables_(variables_of(inherited, folder_, runner_)) {}

/// The time of a folder's last change tells of every entry that came or went since.
bool Desk::is_untouched(const char* name, std::int64_t made) const {
  struct stat status {};
  if (made == 0 || fstatat(handle_.get(), name, &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
  return S_ISDIR(status.st_mode) && nanoseconds(status.st_mtim) == made;
}

/// An empty folder that seems to be a second old.
Outcome Desk::make(const char* name, std::int64_t& made) {
  if (is_untouched(name, made)) return {};
  if (Outcome removed = remove_folder(folder_ / name); !removed) return removed;
  if (mkdirat(handle_.get(), name, 0700) != 0) return system_error("make the folder", folder_ / name);
  struct stat status {};
  if (fstatat(handle_.get(), name, &status, 0) != 0) return system_error("read", folder_ / name);
  // Whatever is put there, even in this tick, changes the time.
  timespec earlier[2] = {status.st_mtim, status.st_mtim};
  earlier[0].tv_sec -= 1;
  earlier[1].tv_sec -= 1;
  if (utimensat(handle_.get(), name, earlier, 0) != 0) return system_error("set the time of", folder_ / name);
  made = nanoseconds(earlier[1]);
  return {};
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
  if (Outcome made = make("temp", temp_made_); !made) return made;
  if (with_workspace) {
    if (Outcome made = make("workspace", workspace_made_); !made) return made;
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

Outcome Desk::empty_command_files() {
  for (const char* name : command_files) {
    struct stat status {};
    if (fstatat(handle_.get(), name, &status, 0) == 0 && status.st_size == 0) continue;
    if (Outcome written = write_file(folder_ / name, ""); !written) return written;
  }
  return {};
}

std::expected<std::string, std::string> Desk::read(std::string_view command_file) const {
  std::string name(command_file);
  struct stat status {};
  bool there = fstatat(handle_.get(), name.c_str(), &status, 0) == 0;
  return there && status.st_size > 0 ? read_file(folder_ / name).value_or("") : std::string();
}

std::expected<std::string, std::string> Desk::take(std::string_view command_file) {
  std::string name(command_file);
  struct stat status {};
  bool there = fstatat(handle_.get(), name.c_str(), &status, 0) == 0;
  if (there && status.st_size == 0) return std::string();
  std::string text = there ? read_file(folder_ / name).value_or("") : "";
  if (Outcome emptied = write_file(folder_ / name, ""); !emptied) return std::unexpected(emptied.error());
  return text;
}

Outcome Desk::clear_temp() {
  if (temp_is_untouched()) return {};
  temp_made_ = 0;
  return remove_folder(temp_);
}

}  // namespace sluice::runtime

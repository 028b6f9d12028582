#include "driver/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace sluice::driver {

namespace fs = std::filesystem;

std::string project_of(const std::string& folder) {
  std::error_code error;
  fs::path start = fs::absolute(folder.empty() ? "." : folder, error).lexically_normal();
  for (fs::path at = start; !at.empty(); at = at.parent_path()) {
    if (fs::exists(at / ".git", error) || fs::exists(at / ".github", error)) return at.string();
    if (at == at.root_path()) break;
  }
  return start.string();
}

std::string shown_path(const std::string& file) {
  std::error_code error;
  fs::path relative = fs::relative(file, fs::current_path(error), error);
  std::string text = relative.string();
  return error || text.starts_with("..") || text.empty() ? file : text;
}

std::string path_in_project(const std::string& file) {
  std::error_code error;
  fs::path absolute = fs::absolute(file, error).lexically_normal();
  return absolute.lexically_relative(project_of(absolute.parent_path().string())).string();
}

std::vector<std::string> pipe_files(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator at(project_of(folder), fs::directory_options::skip_permission_denied, error), end;
  while (!error && at != end) {
    std::string name = at->path().filename().string();
    bool hidden = name.starts_with(".") || name == "build" || name == "node_modules";
    if (at->is_directory(error) && hidden) at.disable_recursion_pending();
    if (at->path().extension() == ".pipe" && at->is_regular_file(error))
      files.push_back(shown_path(at->path().string()));
    at.increment(error);
  }
  std::sort(files.begin(), files.end());
  return files;
}

namespace {

std::string write_all(int file, std::string_view text) {
  while (!text.empty()) {
    ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::strerror(errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return "";
}

}  // namespace

std::expected<void, std::string> write_file(const std::string& path, std::string_view text) {
  std::error_code error;
  fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  if (error) return std::unexpected(error.message());
  // A link stays one, and a file its mode.
  fs::path target = fs::is_symlink(path, error) ? fs::canonical(path, error) : fs::path(path);
  std::string temporary = target.string() + ".sluice-new";
  int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return std::unexpected(std::strerror(errno));
  struct stat old {};
  if (stat(target.c_str(), &old) == 0) fchmod(file, old.st_mode & 07777U);
  std::string failure = write_all(file, text);
  // A full disk may show only when the file is closed.
  if (close(file) != 0 && failure.empty()) failure = std::strerror(errno);
  if (failure.empty() && rename(temporary.c_str(), target.c_str()) != 0) failure = std::strerror(errno);
  if (failure.empty()) return {};
  unlink(temporary.c_str());
  return std::unexpected(failure);
}

}  // namespace sluice::driver

#include "runtime/system/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

Outcome copy_bytes(int from, int to, const fs::path& name, std::size_t size) {
  if (ioctl(to, FICLONE, from) == 0) return {};
  bool in_kernel = true;
  for (std::size_t left = size; left > 0;) {
    ssize_t count =
        in_kernel ? copy_file_range(from, nullptr, to, nullptr, left, 0) : sendfile(to, from, nullptr, left);
    if (count < 0 && in_kernel && (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)) {
      in_kernel = false;
      continue;
    }
    if (count < 0) return system_error("copy", name);
    if (count == 0) break;  // the file has shrunk since it was measured
    left -= static_cast<std::size_t>(count);
  }
  return {};
}

Outcome copy_link(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::path target = fs::read_symlink(from, error);
  if (!error) fs::remove(to, error);
  if (!error) fs::create_symlink(target, to, error);
  if (error) return std::unexpected(fmt::format("cannot copy the link `{}`: {}", from.string(), error.message()));
  return {};
}

}  // namespace

std::unexpected<std::string> system_error(std::string_view what, const fs::path& path) {
  int number = errno;
  return std::unexpected(fmt::format("cannot {} `{}`: {}", what, path.string(), strerror(number)));
}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Outcome write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    ssize_t count = write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(std::string(strerror(errno)));
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Outcome make_folders(const fs::path& folder, mode_t mode) {
  if (mkdir(folder.c_str(), mode) == 0) return {};
  if (errno == ENOENT && folder.has_parent_path() && folder.parent_path() != folder) {
    if (Outcome parent = make_folders(folder.parent_path(), mode); !parent) return parent;
    if (mkdir(folder.c_str(), mode) == 0) return {};
  }
  int number = errno;
  std::error_code error;
  if (number == EEXIST && fs::is_directory(folder, error)) return {};
  errno = number;
  return system_error("make the folder", folder);
}

Outcome write_file(const fs::path& file, std::string_view text, mode_t mode) {
  Descriptor descriptor(open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!descriptor) return system_error("write", file);
  if (Outcome written = write_all(descriptor.get(), text); !written) {
    return std::unexpected(fmt::format("cannot write `{}`: {}", file.string(), written.error()));
  }
  return {};
}

Outcome overwrite_file(const fs::path& file, std::string_view text, mode_t mode) {
  Descriptor descriptor(open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, mode));
  if (!descriptor) return system_error("write", file);
  if (Outcome written = write_all(descriptor.get(), text); !written) {
    return std::unexpected(fmt::format("cannot write `{}`: {}", file.string(), written.error()));
  }
  if (ftruncate(descriptor.get(), static_cast<off_t>(text.size())) != 0) return system_error("write", file);
  return {};
}

Outcome append_file(const fs::path& file, std::string_view text) {
  Descriptor descriptor(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!descriptor) return system_error("write", file);
  if (Outcome written = write_all(descriptor.get(), text); !written) {
    return std::unexpected(fmt::format("cannot write `{}`: {}", file.string(), written.error()));
  }
  return {};
}

std::expected<std::string, std::string> read_file(const fs::path& file) {
  Descriptor descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor) return system_error("read", file);
  std::string text;
  char buffer[16384];
  while (true) {
    ssize_t count = read(descriptor.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read", file);
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

Outcome remove_folder(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (!error) return {};
  // Tools write-protect folders of theirs (Go's module cache): open them up and try once more.
  std::error_code ignored;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, ignored), end;
  for (; !ignored && entry != end; entry.increment(ignored)) {
    std::error_code unchanged;
    if (entry->is_directory(unchanged) && !entry->is_symlink(unchanged)) {
      fs::permissions(entry->path(), fs::perms::owner_all, fs::perm_options::add, unchanged);
    }
  }
  fs::remove_all(folder, error);
  if (error) return std::unexpected(fmt::format("cannot remove `{}`: {}", folder.string(), error.message()));
  return {};
}

Outcome copy_entry(const fs::path& from, const fs::path& to) {
  struct stat status {};
  if (lstat(from.c_str(), &status) != 0) return system_error("read", from);
  if (S_ISLNK(status.st_mode)) return copy_link(from, to);
  if (!S_ISREG(status.st_mode)) return {};  // sockets and pipes are nobody's content
  Descriptor input(open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!input) return system_error("read", from);
  Descriptor output(open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!output) return system_error("write", to);
  if (Outcome copied = copy_bytes(input.get(), output.get(), to, static_cast<std::size_t>(status.st_size)); !copied) {
    return copied;
  }
  if (fchmod(output.get(), status.st_mode & 07777) != 0) return system_error("set the mode of", to);
  timespec times[2] = {status.st_atim, status.st_mtim};
  if (futimens(output.get(), times) != 0) return system_error("set the time of", to);
  return {};
}

std::vector<std::string> last_lines(const fs::path& file, std::size_t count) {
  constexpr off_t most = 64 << 10;
  Descriptor descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor) return {};
  off_t size = lseek(descriptor.get(), 0, SEEK_END), begin = std::max<off_t>(0, size - most);
  std::string text(static_cast<std::size_t>(std::max<off_t>(0, size - begin)), '\0');
  ssize_t got = pread(descriptor.get(), text.data(), text.size(), begin);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, got)));
  std::vector<std::string> lines;
  if (text.ends_with('\n')) text.pop_back();
  for (std::size_t end = text.size(); lines.size() < count && !text.empty();) {
    std::size_t start = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
    lines.push_back(
        text.substr(start == std::string::npos ? 0 : start + 1, end - (start == std::string::npos ? 0 : start + 1)));
    if (start == std::string::npos) break;
    end = start;
  }
  std::ranges::reverse(lines);
  return lines;
}

}  // namespace sluice::runtime

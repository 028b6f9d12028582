#include "runtime/control/socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

/// The address of a path, and the folder that must stay open while it is used.
struct Address {
  sockaddr_un name{};
  Descriptor folder;
  int error = 0;

  explicit Address(const fs::path& path) {
    name.sun_family = AF_UNIX;
    std::string text = path.string();
    if (text.size() >= sizeof name.sun_path) {
      fs::path parent = path.has_parent_path() ? path.parent_path() : ".";
      folder = Descriptor(open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
      if (!folder) error = errno;
      text = fmt::format("/proc/self/fd/{}/{}", folder.get(), path.filename().string());
    }
    if (text.size() >= sizeof name.sun_path && error == 0) error = ENAMETOOLONG;
    if (error == 0) memcpy(name.sun_path, text.c_str(), text.size() + 1);
  }

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

std::expected<Descriptor, std::string> make_socket() {
  Descriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made) return std::unexpected(fmt::format("cannot make a socket: {}", strerror(errno)));
  return made;
}

/// Removes what a dead process has left.
Outcome remove_stale(const fs::path& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode)) return std::unexpected(fmt::format("`{}` is no socket", path.string()));
  auto probe = make_socket();
  if (!probe) return std::unexpected(probe.error());
  int error = connect_to(probe->get(), path);
  // EAGAIN: somebody listens, and has many waiting already.
  if (error == 0 || error == EAGAIN) return std::unexpected(fmt::format("a process listens at `{}`", path.string()));
  if (error == ECONNREFUSED && unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("replace", path);
  errno = error;
  if (error != ECONNREFUSED && error != ENOENT) return system_error("replace", path);
  return {};
}

}  // namespace

int connect_to(int socket, const fs::path& path) {
  Address address(path);
  if (address.error != 0) return address.error;
  return connect(socket, address.get(), sizeof address.name) == 0 ? 0 : errno;
}

std::expected<Descriptor, std::string> listen_at(const fs::path& path, mode_t mode) {
  fs::path parent = path.has_parent_path() ? path.parent_path() : ".";
  Descriptor folder(open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return system_error("open", parent);
  if (flock(folder.get(), LOCK_EX) != 0) return system_error("lock", parent);  // until this function returns
  if (Outcome removed = remove_stale(path); !removed) return std::unexpected(removed.error());
  auto made = make_socket();
  if (!made) return made;
  // The mode of the descriptor, less the umask, is the one that the file is made with: it is never wider than wanted.
  if (fchmod(made->get(), mode) != 0) return system_error("set the mode of", path);
  Address address(path);
  errno = address.error;
  if (errno != 0 || bind(made->get(), address.get(), sizeof address.name) != 0) return system_error("listen at", path);
  if (chmod(path.c_str(), mode) != 0) return system_error("set the mode of", path);
  if (listen(made->get(), SOMAXCONN) != 0) return system_error("listen at", path);
  return made;
}

}  // namespace sluice::runtime

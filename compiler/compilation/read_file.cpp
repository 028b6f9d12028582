#include "compilation/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sluice::compilation {

std::expected<std::string, std::string> read_file(const std::string& path) {
  int file = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::unexpected(std::strerror(errno));
  struct stat status {};
  std::string text;
  if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) text.reserve(static_cast<std::size_t>(status.st_size) + 1);
  char buffer[65536];
  ssize_t count = 0;
  while ((count = read(file, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR))
    if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
  int failure = count < 0 ? errno : 0;
  if (file != STDIN_FILENO) close(file);
  if (failure != 0) return std::unexpected(std::strerror(failure));
  return text;
}

}  // namespace sluice::compilation

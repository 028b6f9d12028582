#include "runtime/store/contents.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::runtime {

namespace fs = std::filesystem;

fs::path Contents::file(const Digest& digest) const {
  std::string name = hexadecimal(digest);
  return blobs() / name.substr(0, 2) / name.substr(2);
}

bool Contents::has(const Digest& digest, std::uint64_t size) const {
  struct stat status {};
  return stat(file(digest).c_str(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) == size;
}

std::expected<std::optional<Descriptor>, std::string> Contents::lock(Share share) const {
  if (Outcome made = make_folders(temporary()); !made) return std::unexpected(made.error());
  fs::path name = folder_ / "lock";
  Descriptor descriptor(open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!descriptor) return system_error("open", name);
  int operation = (share == Share::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  int locked = 0;
  do locked = flock(descriptor.get(), operation);
  while (locked != 0 && errno == EINTR);
  if (locked == 0) return std::optional<Descriptor>(std::move(descriptor));
  if (errno == EWOULDBLOCK) return std::nullopt;
  return system_error("lock", name);
}

std::expected<std::pair<Descriptor, fs::path>, std::string> Contents::make_temporary() const {
  std::string name = (temporary() / "XXXXXX").string();
  Descriptor descriptor(mkostemp(name.data(), O_CLOEXEC));
  if (!descriptor) return system_error("write", name);
  return std::pair(std::move(descriptor), fs::path(name));
}

std::expected<bool, std::string> write_whole(const Contents& contents, const fs::path& file, std::string_view text,
                                             Existing existing) {
  if (Outcome made = make_folders(file.parent_path()); !made) return std::unexpected(made.error());
  auto temporary = contents.make_temporary();
  if (!temporary) return std::unexpected(temporary.error());
  auto& [descriptor, name] = *temporary;
  Outcome written = write_all(descriptor.get(), text);
  if (written && fdatasync(descriptor.get()) != 0) written = system_error("write", name);
  bool kept = existing == Existing::kept;
  if (written && (kept ? link(name.c_str(), file.c_str()) : rename(name.c_str(), file.c_str())) == 0) {
    if (kept) unlink(name.c_str());
    if (Outcome synced = sync_path(file.parent_path()); !synced) return std::unexpected(synced.error());
    return true;
  }
  int number = errno;
  unlink(name.c_str());
  if (!written) return std::unexpected(fmt::format("cannot write `{}`: {}", file.string(), written.error()));
  if (number == EEXIST && kept) return false;
  errno = number;
  return system_error("write", file);
}

Outcome sync_path(const fs::path& path) {
  Descriptor descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor || fsync(descriptor.get()) != 0) return system_error("keep", path);
  return {};
}

}  // namespace sluice::runtime

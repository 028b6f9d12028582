#include "runtime/system/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include "runtime/system/files.h"

namespace sluice::runtime {

bool is_locked(const std::filesystem::path& file) {
  Descriptor lock(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return lock && flock(lock.get(), LOCK_SH | LOCK_NB) != 0;
}

}  // namespace sluice::runtime

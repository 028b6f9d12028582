#pragma once
#include <filesystem>

namespace sluice::runtime {

/// Whether a process holds the lock of a file (flock, exclusive). The kernel lets it go when the process is gone,
/// however it ended. Looking takes the lock for an instant: whoever wants it tries more than once.
bool is_locked(const std::filesystem::path& file);

}  // namespace sluice::runtime

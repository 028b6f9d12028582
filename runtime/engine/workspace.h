#pragma once
#include <filesystem>

#include "runtime/system/files.h"
#include "runtime/system/process.h"

namespace sluice::runtime {

/// Fills `workspace` with the files of the git work tree at `root` as they are now: tracked ones and those not ignored,
/// with their modes and links, always copies. It also gets a `.git` of its own that borrows the repository's objects,
/// at the same commit with the same index; the repository itself is only read. Where `root` lies below the top of its
/// repository only that folder is taken, and the index is that of the folder.
Outcome check_out(const std::filesystem::path& root, const std::filesystem::path& workspace,
                  const Variables& environment);

}  // namespace sluice::runtime

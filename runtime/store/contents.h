#pragma once
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

#include "runtime/system/files.h"
#include "runtime/system/sha256.h"

namespace sluice::runtime {

/// Contents by their SHA-256, each kept once for all runs and caches: `.sluice/store/blobs/ab/cdef…`, mode 0600.
///
/// Whoever puts contents in or takes them out holds `store/lock` shared until the manifest that names them stands, or
/// all is read. Who removes contents holds it alone. So a content that no manifest names then is nobody's, and a file
/// in `store/tmp` was left by a writer that died: the kernel gives the locks of the dead back.
class Contents {
 public:
  explicit Contents(const std::filesystem::path& state_folder) : folder_(state_folder / "store") {}

  std::filesystem::path file(const Digest& digest) const;
  std::filesystem::path blobs() const { return folder_ / "blobs"; }
  std::filesystem::path temporary() const { return folder_ / "tmp"; }
  bool has(const Digest& digest, std::uint64_t size) const;

  enum class Share { shared, alone };
  /// Nothing while somebody else has it otherwise. The lock goes with the descriptor.
  std::expected<std::optional<Descriptor>, std::string> lock(Share share) const;

  /// A file in `tmp` that nobody else has, open for reading and writing. Only with the lock.
  std::expected<std::pair<Descriptor, std::filesystem::path>, std::string> make_temporary() const;

 private:
  std::filesystem::path folder_;
};

enum class Existing { replaced, kept };

/// Makes the file appear whole and durable, or not at all; gives whether it did, which it does not if there is one that
/// is to be kept. Only with the lock of `contents`.
std::expected<bool, std::string> write_whole(const Contents& contents, const std::filesystem::path& file,
                                             std::string_view text, Existing existing);

/// What was written to the file, or to the names in the folder, outlives a power cut from now on.
Outcome sync_path(const std::filesystem::path& path);

}  // namespace sluice::runtime

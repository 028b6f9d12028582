#pragma once
#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/expressions/json.h"
#include "runtime/system/sha256.h"
#include "runtime/system/sizes.h"

namespace sluice::runtime {

/// One file, symbolic link or folder of an artifact or a cache.
struct Entry {
  enum class Kind { file, link, folder };
  Kind kind = Kind::file;
  std::string path;           ///< relative, with `/`; any bytes but `\0`
  mode_t mode = 0644;         ///< permission bits: of a file or a folder
  std::uint64_t size = 0;     ///< of a file
  Digest digest{};            ///< of a file's content
  std::string target;         ///< of a link, as it stands there
  std::int64_t modified = 0;  ///< nanoseconds since 1970
};

using Entries = std::vector<Entry>;  ///< ordered by path, each path once

/// What two artifacts of the same files have in common: SHA-256 over their entries in order, each as `file MODE DIGEST
/// PATH\0`, `link PATH\0TARGET\0` or `folder MODE PATH\0`, with four octal digits and 64 hexadecimal ones. Times do not
/// count.
Digest digest_of_entries(const Entries& entries);

Json entries_to_json(const Entries& entries);

/// Refuses what would leave the folder that it is laid out in: `..`, an absolute path, a path behind a link.
std::expected<Entries, std::string> entries_from_json(const Json& json);

/// An artifact: what it is called, who made it, what is in it.
struct Manifest {
  std::string name;
  std::string run;    ///< `7`
  std::string owner;  ///< the leg: `test (3.11)`
  std::size_t step = 0;
  std::int64_t created = 0;                ///< seconds since 1970
  std::optional<std::int64_t> keep_until;  ///< seconds since 1970; nothing: as long as the run
  Digest digest{};
  Entries entries;

  std::size_t files() const;    ///< links among them
  std::uint64_t bytes() const;  ///< of all files
};

std::string manifest_to_text(const Manifest& manifest);
std::expected<Manifest, std::string> manifest_from_text(std::string_view text);

std::size_t count_files(const Entries& entries);
std::uint64_t count_bytes(const Entries& entries);

/// `12 KiB`, `1.5 GiB`

/// `1 file`, `3 files`
std::string files_text(std::size_t count);

}  // namespace sluice::runtime

#pragma once
#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <string>

#include "runtime/system/files.h"

namespace sluice::runtime {

/// Unix stream sockets at paths of any length (an address holds 108 bytes: a longer one goes through /proc/self/fd).

/// Listens at `path`, which gets exactly this mode. A socket that nobody listens at any more is replaced; an error
/// where somebody does. Two that come at once do not both get it.
std::expected<Descriptor, std::string> listen_at(const std::filesystem::path& path, mode_t mode);

/// 0, or the error number: ENOENT and ECONNREFUSED where nobody listens.
int connect_to(int socket, const std::filesystem::path& path);

}  // namespace sluice::runtime

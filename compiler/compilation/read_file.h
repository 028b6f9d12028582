#pragma once
#include <expected>
#include <string>

namespace sluice::compilation {

/// The whole file, or why it cannot be read. `-` is standard input.
std::expected<std::string, std::string> read_file(const std::string& path);

}  // namespace sluice::compilation

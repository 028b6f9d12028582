#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace sluice::runtime {

using Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4) of what was added; `finish` once, at the end.
class Sha256 {
 public:
  void add(std::string_view bytes);
  Digest finish();

 private:
  void add_block(const std::uint8_t* block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> block_{};
  std::size_t used_ = 0;
  std::uint64_t length_ = 0;
};

std::expected<Digest, std::string> hash_file(const std::filesystem::path& file);
std::string hexadecimal(const Digest& digest);

}  // namespace sluice::runtime

#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::runtime {

using Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4) of what was added; `finish` once, at the end.
class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  Digest finish();

 private:
  std::array<std::uint64_t, 14> context_;  ///< OpenSSL's SHA256_CTX
};

Digest sha256(std::string_view bytes);
std::expected<Digest, std::string> hash_file(const std::filesystem::path& file);
std::string hexadecimal(const Digest& digest);

/// Of 64 hexadecimal digits in small letters; nothing of anything else.
std::optional<Digest> digest_of(std::string_view hexadecimal);

}  // namespace sluice::runtime

#pragma once
#include <cstdint>
#include <string>

namespace sluice::runtime {

/// Bytes for people: `812 B`, `1.5 GiB`, `12 MiB`; one digit behind the point at most, and only below ten.
std::string size_text(std::uint64_t bytes);

}  // namespace sluice::runtime

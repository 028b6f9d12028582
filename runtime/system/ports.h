#pragma once
#include <cstdint>
#include <expected>
#include <set>
#include <string>

namespace sluice::runtime {

/// Ports of the loopback interface that were given away and not taken back: two services never get the same one.
class Ports {
 public:
  std::expected<std::uint16_t, std::string> reserve();  ///< one that nobody listens on at this moment
  void release(std::uint16_t port) { reserved_.erase(port); }

 private:
  std::set<std::uint16_t> reserved_;
};

/// Whether somebody listens there.
bool is_taken(std::uint16_t port);

}  // namespace sluice::runtime

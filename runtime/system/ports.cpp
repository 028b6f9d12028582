#include "runtime/system/ports.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "runtime/system/files.h"

namespace sluice::runtime {
namespace {

constexpr int most_tries = 100;

/// Port 0 is any that is free.
bool bind_to(const Descriptor& socket, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

Descriptor open_socket() { return Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

}  // namespace

std::expected<std::uint16_t, std::string> Ports::reserve() {
  std::vector<Descriptor> refused;  // held meanwhile, so that the kernel offers another one
  for (int tries = 0; tries < most_tries; ++tries) {
    Descriptor socket = open_socket();
    sockaddr_in address{};
    socklen_t length = sizeof address;
    if (!socket || !bind_to(socket, 0) ||
        getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
      break;
    }
    std::uint16_t port = ntohs(address.sin_port);
    if (reserved_.insert(port).second) return port;
    refused.push_back(std::move(socket));
  }
  return std::unexpected(fmt::format("there is no free port on 127.0.0.1: {}", strerror(errno)));
}

bool is_taken(std::uint16_t port) {
  Descriptor socket = open_socket();
  // Connections that have ended but are remembered stand in nobody's way.
  int yes = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  return socket && !bind_to(socket, port) && errno == EADDRINUSE;
}

}  // namespace sluice::runtime

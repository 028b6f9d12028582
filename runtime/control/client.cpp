#include "runtime/control/client.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "runtime/control/socket.h"
#include "runtime/system/event_loop.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;
using Kind = Unanswered::Kind;

/// One exchange with an end in time.
class Exchange {
 public:
  Exchange(const fs::path& path, std::chrono::milliseconds timeout)
      : path_(path), deadline_(Clock::now() + timeout), socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}

  std::optional<Unanswered> connect();
  std::optional<Unanswered> send(std::string_view text);
  std::expected<std::string, Unanswered> receive_line();

 private:
  Unanswered problem(Kind kind, std::string_view what) const {
    return {kind, fmt::format("`{}` {}", path_.string(), what)};
  }

  std::chrono::milliseconds left() const {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    return std::max(left, std::chrono::milliseconds(0));
  }

  /// False when the time is over.
  bool wait_for(short events) const {
    pollfd one{socket_.get(), events, 0};
    int count = -1;
    do {
      count = poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left().count(), 3'600'000)));
    } while (count < 0 && errno == EINTR);
    return count != 0;
  }

  const fs::path& path_;
  Instant deadline_;
  Descriptor socket_;
};

std::optional<Unanswered> Exchange::connect() {
  if (!socket_) return problem(Kind::broken, fmt::format("is out of reach: {}", strerror(errno)));
  auto most = std::max(left(), std::chrono::milliseconds(1));  // none at all would be for ever
  timeval time{most.count() / 1000, most.count() % 1000 * 1000};
  setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);  // that of `connect` too
  switch (int error = connect_to(socket_.get(), path_)) {
    case 0: return std::nullopt;
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED: return problem(Kind::unreachable, "has nobody who listens");
    case EACCES: return problem(Kind::forbidden, "is not open to this user");
    case EAGAIN:
    case EINTR: return problem(Kind::late, "has taken no connection in time");
    default: return problem(Kind::broken, fmt::format("is out of reach: {}", strerror(error)));
  }
}

std::optional<Unanswered> Exchange::send(std::string_view text) {
  while (!text.empty()) {
    if (!wait_for(POLLOUT)) return problem(Kind::late, "has not taken the request in time");
    ssize_t count = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EINTR && errno != EAGAIN) return std::nullopt;  // it may have said why: read that
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  return std::nullopt;
}

std::expected<std::string, Unanswered> Exchange::receive_line() {
  std::string line;
  char buffer[16384];
  while (true) {
    if (!wait_for(POLLIN)) return std::unexpected(problem(Kind::late, "has not answered in time"));
    ssize_t count = recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return std::unexpected(problem(Kind::broken, "has closed the connection without an answer"));
    std::string_view received(buffer, static_cast<std::size_t>(count));
    line += received.substr(0, received.find('\n'));
    if (received.find('\n') != std::string_view::npos) return line;
  }
}

}  // namespace

std::expected<Json, Unanswered> ask(const fs::path& path, const Json& request, std::chrono::milliseconds timeout) {
  Exchange exchange(path, timeout);
  if (auto problem = exchange.connect()) return std::unexpected(*problem);
  if (auto problem = exchange.send(to_json_line(request) + '\n')) return std::unexpected(*problem);
  auto line = exchange.receive_line();
  if (!line) return std::unexpected(line.error());
  Json answer = parse_json(*line);
  if (answer.is_discarded()) {
    return std::unexpected(Unanswered{Kind::broken, fmt::format("`{}` has answered no JSON", path.string())});
  }
  return answer;
}

}  // namespace sluice::runtime

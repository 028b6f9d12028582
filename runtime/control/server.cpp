#include "runtime/control/server.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/control/socket.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t listener_number = 0;
constexpr int deepest = 64;  // of a request: others' code may walk it with recursion

std::string line_of(const Json& body) { return to_json_line(body) + '\n'; }

std::string error_line(const std::string& why) { return line_of(Json{{"error", why}}); }

std::expected<Json, std::string> read_request(std::string_view line) {
  int depth = 0;
  auto measure = [&](int level, Json::parse_event_t, Json&) {
    depth = std::max(depth, level);
    return true;
  };
  Json body = Json::parse(line, measure, false);
  if (body.is_discarded() || !body.is_object()) return std::unexpected("a request is a JSON object on one line");
  if (depth > deepest) return std::unexpected(fmt::format("a request has at most {} levels", deepest));
  return body;
}

void set_interest(int epoll, int operation, int descriptor, std::uint64_t number, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = number;
  epoll_ctl(epoll, operation, descriptor, &event);
}

}  // namespace

ControlServer::ControlServer(EventLoop& loop, fs::path path, Handler handler, ControlLimits limits)
    : loop_(loop), path_(std::move(path)), handler_(std::move(handler)), limits_(limits) {}

std::expected<std::unique_ptr<ControlServer>, std::string> ControlServer::open(EventLoop& loop, const fs::path& path,
                                                                               mode_t mode, Handler handler,
                                                                               ControlLimits limits) {
  std::unique_ptr<ControlServer> server(new ControlServer(loop, path, std::move(handler), limits));
  if (Outcome started = server->start(mode); !started) return std::unexpected(started.error());
  return server;
}

Outcome ControlServer::start(mode_t mode) {
  events_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
  if (!events_) return std::unexpected(fmt::format("cannot make an event queue: {}", strerror(errno)));
  auto listener = listen_at(path_, mode);
  if (!listener) return std::unexpected(listener.error());
  listener_ = std::move(*listener);
  struct stat status {};
  if (lstat(path_.c_str(), &status) != 0) return system_error("find", path_);
  device_ = status.st_dev;
  inode_ = status.st_ino;
  set_interest(events_.get(), EPOLL_CTL_ADD, listener_.get(), listener_number, EPOLLIN);
  return loop_.watch(events_.get(), [this] { look(); });
}

ControlServer::~ControlServer() {
  if (events_) loop_.forget(events_.get());
  if (accepting_) loop_.cancel(*accepting_);
  while (!clients_.empty()) remove(clients_.begin());
  struct stat status {};
  bool is_ours = listener_ && lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
  if (is_ours) unlink(path_.c_str());
}

void ControlServer::look() {
  epoll_event events[32];
  int count = epoll_wait(events_.get(), events, 32, 0);
  bool has_new = false;
  for (int i = 0; i < count; ++i) {
    has_new |= events[i].data.u64 == listener_number;
    auto client = clients_.find(events[i].data.u64);
    if (client != clients_.end()) serve(client, events[i].events);
  }
  if (has_new) accept_all();  // last: who has gone has left a place
}

void ControlServer::accept_all() {
  for (int i = 0; i < 32; ++i) {
    Descriptor socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket) {
      add(std::move(socket));
    } else if (errno != ECONNABORTED && errno != EINTR) {
      // Out of descriptors: who waits would wake the loop again and again.
      if (errno != EAGAIN) accept_again_later();
      return;
    }
  }
}

void ControlServer::accept_again_later() {
  set_interest(events_.get(), EPOLL_CTL_MOD, listener_.get(), listener_number, 0);
  if (accepting_) loop_.cancel(*accepting_);
  accepting_ = loop_.at(Clock::now() + std::chrono::seconds(1), [this] {
    accepting_.reset();
    set_interest(events_.get(), EPOLL_CTL_MOD, listener_.get(), listener_number, EPOLLIN);
  });
}

// Others may take half of the places: whoever started this always reaches it.
bool ControlServer::has_place_for(const Peer& peer) const {
  if (clients_.size() >= limits_.clients) return false;
  if (peer.user == geteuid()) return true;
  auto is_other = [](const auto& client) { return client.second.peer.user != geteuid(); };
  return static_cast<std::size_t>(std::ranges::count_if(clients_, is_other)) < (limits_.clients + 1) / 2;
}

void ControlServer::add(Descriptor socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return;
  Peer peer{credentials.uid, credentials.gid, credentials.pid};
  if (!has_place_for(peer)) {
    std::string busy = error_line("busy: too many others are connected");
    send(socket.get(), busy.data(), busy.size(), MSG_NOSIGNAL);
    return;
  }
  std::uint64_t number = next_++;
  Client& client = clients_[number];
  client.socket = std::move(socket);
  client.peer = peer;
  set_interest(events_.get(), EPOLL_CTL_ADD, client.socket.get(), number, EPOLLIN);
  limit_time_of(number, client);
}

void ControlServer::serve(Clients::iterator found, std::uint32_t events) {
  Client& client = found->second;
  if (events & EPOLLIN) receive(client);
  send_more(client);
  for (std::string line; take_line(client, line);) {
    ask(found, line);
    send_more(client);
  }
  bool is_done = (client.ended || client.closing) && client.asked == 0 && client.sending.empty();
  if (is_done || events & (EPOLLHUP | EPOLLERR)) return remove(found);
  listen_for(found->first, client);
}

void ControlServer::receive(Client& client) {
  char buffer[16384];
  ssize_t count = recv(client.socket.get(), buffer, sizeof buffer, 0);
  if (count > 0) client.received.append(buffer, static_cast<std::size_t>(count));
  if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) client.ended = true;
}

/// The next request, once the one before it has been answered; the last may lack its newline.
bool ControlServer::take_line(Client& client, std::string& line) {
  if (client.asked != 0 || client.closing || !client.sending.empty()) return false;
  std::size_t end = client.received.find('\n');
  std::size_t length = std::min(end, client.received.size());
  if (length > limits_.request) {
    refuse(client, fmt::format("a request has at most {} bytes", limits_.request));
    send_more(client);
    return false;
  }
  if (end == std::string::npos && (!client.ended || length == 0)) return false;
  line = client.received.substr(0, length);
  client.received.erase(0, end == std::string::npos ? end : end + 1);
  return true;
}

void ControlServer::ask(Clients::iterator found, std::string_view line) {
  Client& client = found->second;
  auto body = read_request(line);
  if (!body) return refuse(client, body.error());
  if (client.timer) loop_.cancel(*client.timer);
  client.timer.reset();
  std::uint64_t number = client.asked = next_++;
  waiting_[number] = found->first;
  if (auto given = handler_({number, client.peer, std::move(*body)})) answer(number, *given);
}

void ControlServer::refuse(Client& client, const std::string& why) {
  client.sending += error_line(why);
  client.closing = true;
}

// Sent by the loop, so that an answer never ends the client under the feet of whoever gives it.
void ControlServer::answer(std::uint64_t number, const Json& body) {
  auto waiting = waiting_.find(number);
  if (waiting == waiting_.end()) return;
  auto found = clients_.find(waiting->second);
  waiting_.erase(waiting);
  Client& client = found->second;
  client.asked = 0;
  client.sending += line_of(body);
  limit_time_of(found->first, client);
  listen_for(found->first, client);
}

bool ControlServer::is_waiting(std::uint64_t number) const { return waiting_.contains(number); }

void ControlServer::send_more(Client& client) {
  while (!client.sending.empty()) {
    ssize_t count = send(client.socket.get(), client.sending.data(), client.sending.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0 && errno != EINTR) {
      client.ended = client.closing = true;
      client.sending.clear();
    }
    if (count > 0) client.sending.erase(0, static_cast<std::size_t>(count));
  }
}

void ControlServer::listen_for(std::uint64_t number, const Client& client) {
  bool hears = client.asked == 0 && !client.closing && !client.ended && client.sending.empty();
  std::uint32_t events = hears ? EPOLLIN : EPOLL_EVENTS();
  if (!client.sending.empty()) events |= EPOLLOUT;
  set_interest(events_.get(), EPOLL_CTL_MOD, client.socket.get(), number, events);
}

void ControlServer::limit_time_of(std::uint64_t number, Client& client) {
  if (client.timer) loop_.cancel(*client.timer);
  client.timer = loop_.at(Clock::now() + limits_.patience, [this, number] {
    auto found = clients_.find(number);
    found->second.timer.reset();
    remove(found);
  });
}

void ControlServer::remove(Clients::iterator found) {
  Client& client = found->second;
  if (client.timer) loop_.cancel(*client.timer);
  waiting_.erase(client.asked);
  epoll_ctl(events_.get(), EPOLL_CTL_DEL, client.socket.get(), nullptr);
  clients_.erase(found);
}

}  // namespace sluice::runtime

#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "runtime/expressions/json.h"
#include "runtime/system/event_loop.h"
#include "runtime/system/files.h"

namespace sluice::runtime {

/// Who is at the other end, as the kernel says (SO_PEERCRED): the process that connected.
struct Peer {
  uid_t user;
  gid_t group;
  pid_t process;
};

struct ControlRequest {
  std::uint64_t number;  ///< for `answer`
  Peer peer;
  Json body;  ///< an object
};

struct ControlLimits {
  std::size_t request = 64 << 10;  ///< bytes of a line
  std::size_t clients = 64;        ///< at once; one more is told so and closed
  std::chrono::milliseconds patience{
      30'000};  ///< for a client that sends no whole request, or does not take its answer
};

/// The socket by which a run or the server is spoken to: a JSON object a line, and an object a line back. A client asks
/// again when it has its answer. Nothing here waits: a slow client is one that is not heard yet.
///
/// What is no request is answered by `{"error": "…"}`, and the connection closed.
class ControlServer {
 public:
  /// Gives the answer, or nothing: then `answer` is called later.
  using Handler = std::function<std::optional<Json>(const ControlRequest&)>;

  /// Mode 0600 for a run's own socket, 0666 for one that others may speak to. A socket of a dead process is replaced.
  /// `loop` must outlive the server; the file goes with it.
  static std::expected<std::unique_ptr<ControlServer>, std::string> open(EventLoop& loop,
                                                                         const std::filesystem::path& path, mode_t mode,
                                                                         Handler handler, ControlLimits limits = {});
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  /// To a request that was not answered at once; nothing happens where the client has gone.
  void answer(std::uint64_t number, const Json& body);

  /// Whether somebody still waits for an answer.
  bool is_waiting(std::uint64_t number) const;

 private:
  struct Client {
    Descriptor socket;
    Peer peer;
    std::string received, sending;
    std::uint64_t asked = 0;  ///< the number of the request that has no answer yet
    bool ended = false;       ///< no more will come
    bool closing = false;     ///< closed as soon as all is sent; takes no more requests
    std::optional<EventLoop::TimerId> timer;
  };
  using Clients = std::map<std::uint64_t, Client>;

  ControlServer(EventLoop& loop, std::filesystem::path path, Handler handler, ControlLimits limits);
  Outcome start(mode_t mode);
  void look();
  void accept_all();
  void accept_again_later();
  void add(Descriptor socket);
  bool has_place_for(const Peer& peer) const;
  void serve(Clients::iterator client, std::uint32_t events);
  void receive(Client& client);
  bool take_line(Client& client, std::string& line);
  void ask(Clients::iterator client, std::string_view line);
  void refuse(Client& client, const std::string& why);
  void send_more(Client& client);
  void listen_for(std::uint64_t number, const Client& client);
  void limit_time_of(std::uint64_t number, Client& client);
  void remove(Clients::iterator client);

  EventLoop& loop_;
  std::filesystem::path path_;
  Handler handler_;
  ControlLimits limits_;
  Descriptor listener_, events_;  ///< `events_` is an epoll of all sockets: for the loop one descriptor to be read
  dev_t device_ = 0;              ///< which file is ours
  ino_t inode_ = 0;
  std::uint64_t next_ = 1;
  Clients clients_;
  std::map<std::uint64_t, std::uint64_t> waiting_;  ///< request to client
  std::optional<EventLoop::TimerId> accepting_;
};

}  // namespace sluice::runtime

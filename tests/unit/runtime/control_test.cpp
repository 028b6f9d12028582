#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "runtime/control/client.h"
#include "runtime/control/server.h"
#include "runtime/control/socket.h"

using namespace sluice::runtime;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;
using Kind = Unanswered::Kind;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "sluice-control-XXXXXX").string();
    path = mkdtemp(name.data());
    chmod(path.c_str(), 0711);
  }
  ~Folder() { fs::remove_all(path); }
};

/// A loop with a server at `s` that answers what `handler` says; by default the request.
struct Served {
  Folder folder;
  std::unique_ptr<EventLoop> loop = *EventLoop::open();
  fs::path path = folder.path / "s";
  std::vector<ControlRequest> requests;
  std::unique_ptr<ControlServer> server;

  explicit Served(ControlLimits limits = {}, mode_t mode = 0600,
                  std::function<std::optional<Json>(const ControlRequest&)> handler = {}) {
    auto opened = ControlServer::open(
        *loop, path, mode,
        [this, handler](const ControlRequest& request) {
          requests.push_back(request);
          return handler ? handler(request) : request.body;
        },
        limits);
    if (!opened) FAIL(opened.error());
    server = std::move(*opened);
  }

  /// Runs the loop until something holds; false after ten seconds.
  bool run_until(const std::function<bool()>& holds) {
    Instant end = Clock::now() + 10s;
    EventLoop::TimerId timer;
    std::function<void()> tick = [&] { timer = loop->at(Clock::now() + 2ms, tick); };
    tick();
    bool held = false;
    (void)loop->run([&] { return (held = holds()) || Clock::now() > end; });
    loop->cancel(timer);
    return held;
  }

  std::expected<Json, Unanswered> ask(const Json& request, std::chrono::milliseconds timeout = 5s) {
    std::atomic<bool> done = false;
    std::expected<Json, Unanswered> answer;
    std::thread client([&] {
      answer = sluice::runtime::ask(path, request, timeout);
      done = true;
    });
    run_until([&] { return done.load(); });
    client.join();
    return answer;
  }
};

/// A client that does what a client should not.
struct Raw {
  Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  std::string received;
  bool ended = false;

  explicit Raw(const fs::path& path) { REQUIRE(connect_to(socket.get(), path) == 0); }
  void say(std::string_view text) const {
    REQUIRE(send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
  }
  bool hears() {
    char buffer[65536];
    ssize_t count = recv(socket.get(), buffer, sizeof buffer, 0);
    if (count > 0) received.append(buffer, static_cast<std::size_t>(count));
    ended |= count == 0 || (count < 0 && errno != EAGAIN);
    return count > 0;
  }
  bool has_ended() {
    while (hears()) {
    }
    return ended;
  }
  bool has(std::string_view text) {
    while (hears()) {
    }
    return received == text;
  }
};

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

/// The exit status of a child that runs as nobody.
int as_nobody(Served& served, const std::function<int()>& work) {
  pid_t child = fork();
  if (child == 0) {
    bool is_nobody =
        setgroups(0, nullptr) == 0 && setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0;
    _exit(is_nobody ? work() : 100);
  }
  int status = 0;
  served.run_until([&] { return waitpid(child, &status, WNOHANG) == child; });
  return WIFEXITED(status) ? WEXITSTATUS(status) : 101;
}

}  // namespace

TEST_CASE("a request is answered, and the kernel says who asked") {
  Served served;
  auto answer = served.ask({{"vote", "approve"}, {"text", "zwei\nZeilen \xc3\xa4"}});
  REQUIRE(answer);
  CHECK(*answer == Json{{"vote", "approve"}, {"text", "zwei\nZeilen \xc3\xa4"}});
  REQUIRE(served.requests.size() == 1);
  CHECK(served.requests[0].peer.user == geteuid());
  CHECK(served.requests[0].peer.group == getegid());
  CHECK(served.requests[0].peer.process == getpid());
}

TEST_CASE("an answer may come later, and others are answered meanwhile") {
  std::uint64_t later = 0;
  Served served({}, 0600, [&](const ControlRequest& request) -> std::optional<Json> {
    if (!request.body.contains("wait")) return Json{{"n", 1}};
    later = request.number;
    return std::nullopt;
  });
  Raw patient(served.path);
  patient.say("{\"wait\":true}\n{\"again\":true}\n");
  REQUIRE(served.run_until([&] { return later != 0; }));
  CHECK(served.ask(Json::object()) == Json{{"n", 1}});
  CHECK(served.server->is_waiting(later));
  CHECK(patient.has(""));
  served.server->answer(later, {{"n", 2}});
  CHECK_FALSE(served.server->is_waiting(later));
  CHECK(served.run_until([&] { return patient.has("{\"n\":2}\n{\"n\":1}\n"); }));
  served.server->answer(later, {{"n", 3}});
  CHECK(served.ask(Json::object()));
  CHECK(patient.has("{\"n\":2}\n{\"n\":1}\n"));
}

TEST_CASE("who goes away while waiting is forgotten") {
  std::uint64_t later = 0;
  Served served({}, 0600, [&](const ControlRequest& request) -> std::optional<Json> {
    later = request.number;
    return std::nullopt;
  });
  {
    Raw gone(served.path);
    gone.say("{}\n");
    REQUIRE(served.run_until([&] { return later != 0; }));
  }
  CHECK(served.run_until([&] { return !served.server->is_waiting(later); }));
  served.server->answer(later, Json::object());
}

TEST_CASE("a request that was sent before its client went is still handled") {
  Served served;
  {
    Raw hasty(served.path);
    hasty.say("{\"cancel\":true}\n");
  }
  CHECK(served.run_until([&] { return served.requests.size() == 1; }));
}

TEST_CASE("the last request may lack its newline") {
  Served served;
  Raw raw(served.path);
  raw.say("\n{\"a\":1}\n{\"b\":2}");
  shutdown(raw.socket.get(), SHUT_WR);
  CHECK(served.run_until([&] { return raw.has_ended(); }));
  CHECK(raw.received == "{\"error\":\"a request is a JSON object on one line\"}\n");
  Raw second(served.path);
  second.say("{\"a\":1}\n{\"b\":2}");
  shutdown(second.socket.get(), SHUT_WR);
  CHECK(served.run_until([&] { return second.has_ended(); }));
  CHECK(second.received == "{\"a\":1}\n{\"b\":2}\n");
}

TEST_CASE("what is no request is told, and the connection closed") {
  Served served({.request = 1000});
  auto said = [&](std::string text) {
    Raw raw(served.path);
    raw.say(text);
    CHECK(served.run_until([&] { return raw.has_ended(); }));
    return raw.received;
  };
  std::string no_object = "{\"error\":\"a request is a JSON object on one line\"}\n";
  CHECK(said("hello\n") == no_object);
  CHECK(said("[1]\n") == no_object);
  CHECK(said("{\"a\":\xff}\n") == no_object);
  CHECK(said("{} {}\n") == no_object);
  std::string too_long = "{\"error\":\"a request has at most 1000 bytes\"}\n";
  CHECK(said("{\"a\":\"" + std::string(1000, 'x') + "\"}\n") == too_long);
  CHECK(said(std::string(150'000, 'x')) == too_long);
  CHECK(said("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}\n") ==
        "{\"error\":\"a request has at most 64 levels\"}\n");
  CHECK(served.requests.empty());
  Raw longest(served.path);
  longest.say("{\"a\":\"" + std::string(992, 'x') + "\"}\n");
  CHECK(served.run_until([&] { return longest.hears(); }));
  CHECK(served.requests.size() == 1);
}

TEST_CASE("a slow client holds nobody up, and is left after a while") {
  Served served({.patience = 300ms});
  Raw slow(served.path);
  slow.say("{\"a\":");
  CHECK(served.ask({{"b", 1}}) == Json{{"b", 1}});
  CHECK_FALSE(slow.has_ended());
  slow.say("2}\n");
  CHECK(served.run_until([&] { return slow.has("{\"a\":2}\n"); }));
  slow.say("{");
  CHECK(served.run_until([&] { return slow.has_ended(); }));
}

TEST_CASE("a long answer waits until its client reads it") {
  std::string text(3'000'000, 'x');
  Served served({}, 0600, [&](const ControlRequest& request) {
    return request.body.contains("long") ? Json{{"text", text}} : Json{{"short", true}};
  });
  Raw reader(served.path);
  reader.say("{\"long\":true}\n{}\n");
  REQUIRE(served.run_until([&] { return served.requests.size() == 1; }));
  CHECK(served.ask(Json::object()) == Json{{"short", true}});
  CHECK(served.requests.size() == 2);
  CHECK(served.run_until([&] { return reader.has("{\"text\":\"" + text + "\"}\n{\"short\":true}\n"); }));
}

TEST_CASE("one client too many is told so, until another has gone") {
  Served served({.clients = 2});
  auto first = std::make_unique<Raw>(served.path);
  Raw second(served.path), third(served.path);
  CHECK(served.run_until([&] { return third.has_ended(); }));
  CHECK(third.received == "{\"error\":\"busy: too many others are connected\"}\n");
  first.reset();
  CHECK(served.ask({{"a", 1}}) == Json{{"a", 1}});
}

TEST_CASE("a path may be longer than an address") {
  Folder folder;
  fs::path deep = folder.path / std::string(200, 'd') / std::string(200, 'e');
  fs::create_directories(deep);
  auto loop = *EventLoop::open();
  int asked = 0;
  auto server = ControlServer::open(*loop, deep / "control.sock", 0600, [&](const ControlRequest&) {
    ++asked;
    return Json{{"ok", true}};
  });
  REQUIRE(server);
  std::thread client([&] { CHECK(ask(deep / "control.sock", Json::object(), 5s) == Json{{"ok", true}}); });
  (void)loop->run([&] { return asked == 1; });
  std::atomic<bool> ticked = false;
  loop->at(Clock::now() + 50ms, [&] { ticked = true; });
  (void)loop->run([&] { return ticked.load(); });
  client.join();
  CHECK(mode_of(deep / "control.sock") == 0600);
  server->reset();
  CHECK_FALSE(fs::exists(deep / "control.sock"));
}

TEST_CASE("a dead process's socket is replaced, a living one's and other files are not") {
  Folder folder;
  fs::path path = folder.path / "s";
  { Descriptor dead = *listen_at(path, 0600); }
  REQUIRE(fs::exists(path));
  auto dead = ask(path, Json::object(), 1s);
  REQUIRE_FALSE(dead);
  CHECK(dead.error().kind == Kind::unreachable);
  auto living = listen_at(path, 0600);
  REQUIRE(living);
  auto second = listen_at(path, 0600);
  REQUIRE_FALSE(second);
  CHECK(second.error() == "a process listens at `" + path.string() + "`");
  std::ofstream(folder.path / "file") << "text";
  auto file = listen_at(folder.path / "file", 0600);
  REQUIRE_FALSE(file);
  CHECK(file.error() == "`" + (folder.path / "file").string() + "` is no socket");
  CHECK(listen_at(folder.path / "none" / "s", 0600).error().starts_with("cannot open `"));
}

TEST_CASE("of many that come at once one gets the socket") {
  Folder folder;
  { Descriptor dead = *listen_at(folder.path / "s", 0600); }
  std::vector<std::expected<Descriptor, std::string>> got(16);
  std::vector<std::thread> threads;
  for (auto& one : got) threads.emplace_back([&] { one = listen_at(folder.path / "s", 0600); });
  for (std::thread& thread : threads) thread.join();
  CHECK(std::ranges::count_if(got, [](const auto& one) { return one.has_value(); }) == 1);
}

TEST_CASE("the file goes with its server, unless it is another's by then") {
  auto served = std::make_unique<Served>();
  fs::path path = served->path;
  served->server.reset();
  CHECK_FALSE(fs::exists(path));
  served = std::make_unique<Served>();
  fs::remove(served->path);
  auto next = listen_at(served->path, 0600);
  REQUIRE(next);
  served->server.reset();
  CHECK(fs::exists(served->path));
}

TEST_CASE("a socket has its mode whatever the umask") {
  for (mode_t umask_now : {0, 0177, 0777}) {
    mode_t before = umask(umask_now);
    Served own({}, 0600), shared({}, 0666);
    umask(before);
    CHECK(mode_of(own.path) == 0600);
    CHECK(mode_of(shared.path) == 0666);
  }
}

TEST_CASE("another user reaches what is shared, and is known") {
  if (geteuid() != 0) return;
  Served own, shared({}, 0666);
  CHECK(as_nobody(own, [&] {
          auto answer = ask(own.path, Json::object(), 2s);
          return answer ? 1 : answer.error().kind == Kind::forbidden ? 7 : 2;
        }) == 7);
  CHECK(own.requests.empty());
  CHECK(as_nobody(shared, [&] { return ask(shared.path, Json::object(), 2s) ? 7 : 1; }) == 7);
  REQUIRE(shared.requests.size() == 1);
  CHECK(shared.requests[0].peer.user == 65534);
  CHECK(shared.requests[0].peer.group == 65534);
}

TEST_CASE("others leave places for whoever started the server") {
  if (geteuid() != 0) return;
  Served served({.clients = 4}, 0666);
  int status = as_nobody(served, [&] {
    int sockets[3];
    for (int& one : sockets) {
      one = socket(AF_UNIX, SOCK_STREAM, 0);
      if (connect_to(one, served.path) != 0) return 1;
    }
    char buffer[200];
    ssize_t count = recv(sockets[2], buffer, sizeof buffer, 0);
    return std::string(buffer, static_cast<std::size_t>(std::max<ssize_t>(0, count))).find("busy") < 20 ? 7 : 2;
  });
  CHECK(status == 7);
}

TEST_CASE("asking says what went wrong") {
  Folder folder;
  auto kind = [&](const fs::path& path) { return ask(path, Json::object(), 100ms).error().kind; };
  CHECK(kind(folder.path / "none") == Kind::unreachable);
  CHECK(kind(folder.path / "none" / "s") == Kind::unreachable);
  Descriptor silent = *listen_at(folder.path / "s", 0600);
  CHECK(kind(folder.path / "s") == Kind::late);
  CHECK(ask(folder.path / "s", Json::object(), 100ms).error().text ==
        "`" + (folder.path / "s").string() + "` has not answered in time");
  auto answered_with = [&](std::string text) {
    std::thread other([&] {
      usleep(1000);
      for (int i = 0; i < 3; ++i) {  // the two of before are still in the queue
        int one = -1;
        while ((one = accept(silent.get(), nullptr, nullptr)) < 0) usleep(1000);
        send(one, text.data(), text.size(), MSG_NOSIGNAL);
        close(one);
      }
    });
    auto answer = ask(folder.path / "s", Json::object(), 2s);
    other.join();
    return answer;
  };
  auto broken = answered_with("hello\n");
  REQUIRE_FALSE(broken);
  CHECK(broken.error().kind == Kind::broken);
}

TEST_CASE("a full queue of connections does not hold a client for ever") {
  Folder folder;
  Descriptor silent = *listen_at(folder.path / "s", 0600);
  listen(silent.get(), 0);
  std::vector<std::unique_ptr<Raw>> waiting;
  waiting.push_back(std::make_unique<Raw>(folder.path / "s"));
  auto answer = ask(folder.path / "s", Json::object(), 100ms);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == Kind::late);
  CHECK(answer.error().text.ends_with("has taken no connection in time"));
  CHECK_FALSE(listen_at(folder.path / "s", 0600));
}

#pragma once
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::runtime {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;
constexpr Instant never = Instant::max();

/// One thread, one epoll: calls back when a descriptor can be read, when a time has come, or as soon as it is free.
class EventLoop {
 public:
  using Callback = std::function<void()>;
  using TimerId = std::pair<Instant, std::uint64_t>;

  static std::expected<std::unique_ptr<EventLoop>, std::string> open();
  explicit EventLoop(int epoll) : epoll_(epoll) {}  ///< takes the descriptor
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// `ready` is called as long as there is something to read. `forget` it before closing the descriptor.
  std::expected<void, std::string> watch(int descriptor, Callback ready);
  /// The same, as long as something can be written.
  std::expected<void, std::string> watch_writable(int descriptor, Callback ready);
  void forget(int descriptor);

  TimerId at(Instant time, Callback callback);
  void cancel(TimerId timer);
  void post(Callback callback);  ///< as soon as what runs now has returned

  /// Until `done` says so.
  std::expected<void, std::string> run(const std::function<bool()>& done);

 private:
  std::expected<void, std::string> watch_for(std::uint32_t events, int descriptor, Callback ready);
  void run_posted();
  void run_timers();
  int wait_milliseconds() const;

  int epoll_;
  std::uint64_t next_ = 1;
  std::unordered_map<int, std::uint64_t> watches_;  ///< descriptor to the number of its watch: a stale event finds none
  std::unordered_map<std::uint64_t, Callback> callbacks_;
  std::map<TimerId, Callback> timers_;
  std::vector<Callback> posted_;
};

/// What one coroutine waits for: something has happened, go and look. A notice given before the wait is not lost.
class Wakeup {
 public:
  explicit Wakeup(EventLoop& loop) : loop_(loop) {}
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  void notify();

  struct Wait {
    Wakeup& wakeup;
    Instant deadline;
    bool await_ready() const noexcept { return std::exchange(wakeup.noticed_, false); }
    void await_suspend(std::coroutine_handle<> waiting) { wakeup.suspend(waiting, deadline); }
    void await_resume() const noexcept {}
  };

  /// `co_await` it: until a notice, or the deadline.
  Wait until(Instant deadline) { return {*this, deadline}; }

 private:
  void suspend(std::coroutine_handle<> waiting, Instant deadline);
  void resume();

  EventLoop& loop_;
  bool noticed_ = false;
  std::coroutine_handle<> waiting_;
  std::optional<EventLoop::TimerId> timer_;
};

}  // namespace sluice::runtime

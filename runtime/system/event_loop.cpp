#include "runtime/system/event_loop.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sluice::runtime {

std::expected<std::unique_ptr<EventLoop>, std::string> EventLoop::open() {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return std::unexpected(fmt::format("cannot make an event queue: {}", strerror(errno)));
  return std::make_unique<EventLoop>(epoll);
}

EventLoop::~EventLoop() { close(epoll_); }

std::expected<void, std::string> EventLoop::watch(int descriptor, Callback ready) {
  return watch_for(EPOLLIN, descriptor, std::move(ready));
}

std::expected<void, std::string> EventLoop::watch_writable(int descriptor, Callback ready) {
  return watch_for(EPOLLOUT, descriptor, std::move(ready));
}

std::expected<void, std::string> EventLoop::watch_for(std::uint32_t events, int descriptor, Callback ready) {
  std::uint64_t number = next_++;
  epoll_event event{};
  event.events = events;
  event.data.u64 = number;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    return std::unexpected(fmt::format("cannot wait for a descriptor: {}", strerror(errno)));
  }
  watches_[descriptor] = number;
  callbacks_[number] = std::move(ready);
  return {};
}

void EventLoop::forget(int descriptor) {
  auto found = watches_.find(descriptor);
  if (found == watches_.end()) return;
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  callbacks_.erase(found->second);
  watches_.erase(found);
}

EventLoop::TimerId EventLoop::at(Instant time, Callback callback) {
  TimerId timer{time, next_++};
  timers_.emplace(timer, std::move(callback));
  return timer;
}

void EventLoop::cancel(TimerId timer) { timers_.erase(timer); }

void EventLoop::post(Callback callback) { posted_.push_back(std::move(callback)); }

void EventLoop::run_posted() {
  while (!posted_.empty()) {
    std::vector<Callback> callbacks = std::exchange(posted_, {});
    for (Callback& callback : callbacks) callback();
  }
}

void EventLoop::run_timers() {
  Instant now = Clock::now();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    Callback callback = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    callback();
  }
}

int EventLoop::wait_milliseconds() const {
  if (!posted_.empty()) return 0;
  if (timers_.empty()) return -1;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first.first - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

std::expected<void, std::string> EventLoop::run(const std::function<bool()>& done) {
  epoll_event events[64];
  while (run_posted(), !done()) {
    int count = epoll_wait(epoll_, events, 64, wait_milliseconds());
    if (count < 0 && errno != EINTR) return std::unexpected(fmt::format("waiting failed: {}", strerror(errno)));
    for (int i = 0; i < count; ++i) {
      auto found = callbacks_.find(events[i].data.u64);
      if (found == callbacks_.end()) continue;
      Callback callback = found->second;  // a copy: the callback may forget itself
      callback();
    }
    run_timers();
  }
  return {};
}

Wakeup::~Wakeup() {
  if (timer_) loop_.cancel(*timer_);
}

void Wakeup::notify() {
  if (!waiting_) {
    noticed_ = true;
    return;
  }
  resume();
}

void Wakeup::suspend(std::coroutine_handle<> waiting, Instant deadline) {
  waiting_ = waiting;
  if (deadline == never) return;
  timer_ = loop_.at(deadline, [this] {
    timer_.reset();
    resume();
  });
}

void Wakeup::resume() {
  if (timer_) loop_.cancel(*timer_);
  timer_.reset();
  loop_.post([handle = std::exchange(waiting_, nullptr)] {
    if (handle) handle.resume();
  });
}

}  // namespace sluice::runtime

#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "runtime/system/event_loop.h"
#include "runtime/system/process.h"

namespace sluice::runtime {

/// Writes to a screen that may be read slowly, or not at all. While a run lasts it never waits: what does not go out at
/// once is kept, and meanwhile no process's output is read, so what is kept stays small. Where nobody reads any more
/// nothing is written.
class ScreenWriter {
 public:
  explicit ScreenWriter(int descriptor);
  ~ScreenWriter() { finish(); }
  ScreenWriter(const ScreenWriter&) = delete;
  ScreenWriter& operator=(const ScreenWriter&) = delete;

  void attach(EventLoop& loop, ProcessTable& processes);  ///< from now on it does not wait, until `finish`
  void write(std::string_view text);
  void finish();  ///< waits until all is written
  bool is_behind() const { return !pending_.empty(); }
  bool is_seen() const { return is_seen_; }  ///< false for /dev/null: what is written there need not be made

 private:
  void write_gathered();
  void write_now(std::string_view text);
  void catch_up();
  void write_pending();

  int descriptor_;
  Descriptor own_;  ///< the same pipe or terminal, opened anew: not to wait there is nobody else's matter
  EventLoop* loop_ = nullptr;
  ProcessTable* processes_ = nullptr;
  std::string gathered_;  ///< in this turn of the loop
  std::shared_ptr<char> alive_ = std::make_shared<char>();
  std::string pending_;
  std::size_t written_ = 0;  ///< of `pending_`
  bool is_seen_;
};

}  // namespace sluice::runtime

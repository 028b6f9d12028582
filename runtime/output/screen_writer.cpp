#include "runtime/output/screen_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace sluice::runtime {
namespace {

constexpr int pipe_size = 1 << 20;
constexpr std::size_t most_gathered = std::size_t{64} << 10;
constexpr std::size_t most_pending = std::size_t{4} << 20;

/// Nothing for a file, which is always ready, and for what cannot be opened again.
Descriptor open_again(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return Descriptor();
  if (!S_ISFIFO(status.st_mode) && isatty(descriptor) != 1) return Descriptor();
  std::string path = fmt::format("/proc/self/fd/{}", descriptor);
  return Descriptor(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
}

bool is_null_device(int descriptor) {
  struct stat status {
  }, null{};
  if (fstat(descriptor, &status) != 0 || stat("/dev/null", &null) != 0) return false;
  return S_ISCHR(status.st_mode) && status.st_rdev == null.st_rdev;
}

/// What can be written without waiting; all of it where the reader has gone.
std::size_t write_some(int descriptor, std::string_view text) {
  std::size_t done = 0;
  while (done < text.size()) {
    ssize_t count = write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN ? done : text.size();
    done += static_cast<std::size_t>(count);
  }
  return done;
}

}  // namespace

ScreenWriter::ScreenWriter(int descriptor)
    : descriptor_(descriptor), own_(open_again(descriptor)), is_seen_(!is_null_device(descriptor)) {}

void ScreenWriter::attach(EventLoop& loop, ProcessTable& processes) {
  loop_ = &loop;
  processes_ = &processes;
}

/// What comes in one turn of the loop goes out together: a task costs one call, not three.
void ScreenWriter::write(std::string_view text) {
  if (loop_ == nullptr) return write_now(text);
  gathered_ += text;
  if (gathered_.size() >= most_gathered) return write_gathered();
  if (gathered_.size() > text.size()) return;
  loop_->post([this, alive = std::weak_ptr<char>(alive_)] {
    if (!alive.expired()) write_gathered();
  });
}

void ScreenWriter::write_gathered() { write_now(std::exchange(gathered_, {})); }

void ScreenWriter::write_now(std::string_view text) {
  if (!own_ || loop_ == nullptr) {
    (void)write_all(descriptor_, text);  // nobody reads: the run goes on
    return;
  }
  if (!is_behind()) text.remove_prefix(write_some(own_.get(), text));
  if (text.empty()) return;
  bool was_behind = is_behind();
  pending_ += text;
  if (!was_behind) {
    processes_->pause_output();
    fcntl(own_.get(), F_SETPIPE_SZ, pipe_size);  // a wish, and nothing for a terminal
    if (loop_->watch_writable(own_.get(), [this] { catch_up(); })) return;
  }
  // Steps that end leave their last words even so: many of them in a row have to wait here.
  if (!was_behind || pending_.size() > most_pending) write_pending();
}

void ScreenWriter::catch_up() {
  written_ += write_some(own_.get(), std::string_view(pending_).substr(written_));
  if (written_ < pending_.size()) return;
  pending_.clear();
  written_ = 0;
  loop_->forget(own_.get());
  processes_->resume_output();
}

void ScreenWriter::finish() {
  write_gathered();
  if (is_behind()) write_pending();
  loop_ = nullptr;
}

void ScreenWriter::write_pending() {
  (void)write_all(descriptor_, std::string_view(pending_).substr(std::exchange(written_, 0)));
  pending_.clear();
  loop_->forget(own_.get());
  processes_->resume_output();
}

}  // namespace sluice::runtime

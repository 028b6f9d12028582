#include "runtime/store/transfer.h"

#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sluice::runtime {

Outcome finish(Job& job) {
  while (true) {
    auto done = job.advance();
    if (!done) return std::unexpected(done.error());
    if (*done) return {};
    if (job.waits()) usleep(1000);
  }
}

Transfer::Transfer() : buffer_(std::make_unique_for_overwrite<char[]>(piece)) {}

void Transfer::begin(int from, int to) {
  from_ = from, to_ = to;
  at_ = 0, last_ = 0, size_ = 0;
  hash_ = Sha256();
  // A clone is one moment's bytes: they are read from there.
  if (to >= 0 && ioctl(to, FICLONE, from) == 0) from_ = to, to_ = -1;
}

std::expected<bool, std::string> Transfer::advance() {
  std::size_t filled = 0;
  while (filled < piece) {
    ssize_t count = pread(from_, buffer_.get() + filled, piece - filled, at_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(std::string(strerror(errno)));
    if (count == 0) break;
    filled += static_cast<std::size_t>(count), at_ += count;
  }
  hash_.add({buffer_.get(), filled});
  size_ += filled;
  if (filled > 0) last_ = filled;
  if (to_ >= 0) {
    if (Outcome written = write_all(to_, {buffer_.get(), filled}); !written) return std::unexpected(written.error());
  }
  if (filled == piece) return false;
  digest_ = hash_.finish();
  return true;
}

}  // namespace sluice::runtime

#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

#include "runtime/system/files.h"
#include "runtime/system/sha256.h"

namespace sluice::runtime {

/// Work that is done in pieces of some milliseconds, so that the event loop lives meanwhile.
class Job {
 public:
  virtual ~Job() = default;

  /// Does a piece and gives whether that was the last one.
  virtual std::expected<bool, std::string> advance() = 0;

  /// Whether it only waits for another process: there is no hurry to ask again.
  virtual bool waits() const { return false; }
};

/// All of it at once, for who has no event loop.
Outcome finish(Job& job);

/// Reads a file to its end, hashes what it reads and writes it elsewhere if asked to, a mebibyte at a time. The digest
/// is that of the bytes that were written, whatever happens to the file meanwhile.
class Transfer {
 public:
  Transfer();

  /// `from` and `to` stay open until the end. Where the file system can, `to` shares the blocks of `from`.
  void begin(int from, int to = -1);
  std::expected<bool, std::string> advance();

  const Digest& digest() const { return digest_; }
  std::uint64_t size() const { return size_; }
  bool in_one_piece() const { return size_ <= piece; }
  std::string_view last_piece() const { return {buffer_.get(), last_}; }  ///< all of it, if it was `in_one_piece`

 private:
  static constexpr std::size_t piece = 1 << 20;

  std::unique_ptr<char[]> buffer_;
  int from_ = -1, to_ = -1;
  off_t at_ = 0;
  std::size_t last_ = 0;
  std::uint64_t size_ = 0;
  Sha256 hash_;
  Digest digest_{};
};

}  // namespace sluice::runtime

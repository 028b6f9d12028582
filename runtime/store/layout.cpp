#include "runtime/store/layout.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto longest_piece = std::chrono::milliseconds(5);

void set_time(int descriptor, const fs::path& path, std::int64_t modified) {
  timespec time{static_cast<time_t>(modified / 1'000'000'000), static_cast<long>(modified % 1'000'000'000)};
  timespec times[2] = {{0, UTIME_OMIT}, time};
  // A wrong time is no reason to fail.
  (void)(descriptor >= 0 ? futimens(descriptor, times) : utimensat(AT_FDCWD, path.c_str(), times, 0));
}

}  // namespace

Layout::Layout(const Contents& contents, Entries entries, Place place)
    : contents_(contents), entries_(std::move(entries)), place_(std::move(place)) {}

std::expected<bool, std::string> Layout::advance() {
  if (!lock_) {
    auto locked = contents_.lock(Contents::Share::shared);
    if (!locked) return std::unexpected(locked.error());
    lock_ = std::move(*locked);
    if (!lock_) return false;
  }
  auto end = Clock::now() + longest_piece;
  while ((at_ < entries_.size() || !folders_.empty()) && Clock::now() < end) {
    if (Outcome outcome = piece(); !outcome) return std::unexpected(outcome.error());
  }
  return at_ == entries_.size() && folders_.empty();
}

Outcome Layout::piece() {
  if (at_ == entries_.size()) return dress_folder();
  const Entry& entry = entries_[at_];
  if (begun_) return continue_file(entry);
  to_ = place_(entry);
  if (to_.empty()) {
    ++at_;
    return {};
  }
  if (Outcome made = make_folders(to_.parent_path(), 0777); !made) return made;
  switch (entry.kind) {
    case Entry::Kind::file: return begin_file(entry);
    case Entry::Kind::link: return make_link(entry);
    case Entry::Kind::folder: return make_folder(entry);
  }
  return {};
}

/// Never writes through a link that stands there, nor into a file that somebody has open.
Outcome Layout::clear_way() {
  if (unlink(to_.c_str()) == 0 || errno == ENOENT) return {};
  return system_error("replace", to_);
}

Outcome Layout::begin_file(const Entry& entry) {
  fs::path content = contents_.file(entry.digest);
  input_ = Descriptor(open(content.c_str(), O_RDONLY | O_CLOEXEC));
  if (!input_) {
    damaged_ = true;
    return std::unexpected(fmt::format("the content of `{}` is missing in the store", entry.path));
  }
  if (Outcome cleared = clear_way(); !cleared) return cleared;
  output_ = Descriptor(open(to_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!output_) return system_error("write", to_);
  transfer_.begin(input_.get(), output_.get());
  begun_ = true;
  return {};
}

Outcome Layout::continue_file(const Entry& entry) {
  auto done = transfer_.advance();
  if (!done) return std::unexpected(fmt::format("cannot write `{}`: {}", to_.string(), done.error()));
  if (!*done) return {};
  if (transfer_.digest() != entry.digest) {
    damaged_ = true;
    unlink(to_.c_str());
    unlink(contents_.file(entry.digest).c_str());
    return std::unexpected(fmt::format("the content of `{}` is damaged in the store: it should be sha256:{}",
                                       entry.path, hexadecimal(entry.digest)));
  }
  if (fchmod(output_.get(), entry.mode) != 0) return system_error("set the mode of", to_);
  set_time(output_.get(), to_, entry.modified);
  input_ = Descriptor();
  output_ = Descriptor();
  begun_ = false;
  ++at_;
  return {};
}

Outcome Layout::make_link(const Entry& entry) {
  if (Outcome cleared = clear_way(); !cleared) return cleared;
  if (symlink(entry.target.c_str(), to_.c_str()) != 0) return system_error("write", to_);
  ++at_;
  return {};
}

Outcome Layout::make_folder(const Entry& entry) {
  std::error_code error;
  if (!fs::is_directory(to_, error) && mkdir(to_.c_str(), entry.mode | 0700) != 0) return system_error("make", to_);
  folders_.push_back(at_++);
  return {};
}

Outcome Layout::dress_folder() {
  const Entry& entry = entries_[folders_.back()];
  fs::path folder = place_(entry);
  folders_.pop_back();
  if (folder.empty()) return {};
  if (chmod(folder.c_str(), entry.mode) != 0) return system_error("set the mode of", folder);
  set_time(-1, folder, entry.modified);
  return {};
}

}  // namespace sluice::runtime

#include "runtime/store/capture.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto longest_piece = std::chrono::milliseconds(5);
constexpr std::size_t most_single_syncs = 16;  // above it the whole file system at once is faster
constexpr std::size_t names_a_piece = 64;

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

}  // namespace

Capture::Capture(const Contents& contents, std::vector<Source> sources, Durable durable)
    : contents_(contents), sources_(std::move(sources)), durable_(durable) {
  std::ranges::sort(sources_, {}, &Source::path);
}

Capture::~Capture() {
  if (!copy_.empty()) unlink(copy_.c_str());
  for (const Fresh& content : fresh_) unlink(content.temporary.c_str());
}

std::expected<bool, std::string> Capture::advance() {
  if (!lock_) {
    auto locked = contents_.lock(Contents::Share::shared);
    if (!locked) return std::unexpected(locked.error());
    lock_ = std::move(*locked);
    if (!lock_) return false;
  }
  for (auto end = Clock::now() + longest_piece; state_ != State::done && Clock::now() < end;) {
    if (Outcome outcome = piece(); !outcome) return std::unexpected(outcome.error());
  }
  return state_ == State::done;
}

Outcome Capture::piece() {
  switch (state_) {
    case State::next: return take_next();
    case State::measuring: return measure();
    case State::copying: return copy();
    case State::sync: return sync_contents();
    case State::name: return name_contents();
    case State::sync_names: return sync_names();
    case State::done: break;
  }
  return {};
}

Outcome Capture::take_next() {
  if (at_ == sources_.size()) {
    bool lasting = durable_ == Durable::yes && !taken_.empty();
    state_ = lasting ? State::sync : State::name;
    return {};
  }
  const Source& source = sources_[at_];
  struct stat status {};
  if (lstat(source.file.c_str(), &status) != 0) return system_error("read", source.file);
  return take_entry(source, status);
}

Outcome Capture::take_entry(const Source& source, const struct stat& status) {
  Entry entry;
  entry.path = source.path;
  entry.mode = status.st_mode & 0777;
  entry.modified = nanoseconds(status.st_mtim);
  if (S_ISLNK(status.st_mode)) {
    std::error_code error;
    entry.kind = Entry::Kind::link;
    entry.target = fs::read_symlink(source.file, error).string();
    if (error) return std::unexpected(fmt::format("cannot read `{}`: {}", source.file.string(), error.message()));
  } else if (S_ISDIR(status.st_mode)) {
    entry.kind = Entry::Kind::folder;
  } else if (S_ISREG(status.st_mode)) {
    input_ = Descriptor(open(source.file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!input_) return system_error("read", source.file);
    transfer_.begin(input_.get());
    state_ = State::measuring;
  } else {
    ++at_;  // sockets and pipes are nobody's content
    return {};
  }
  entries_.push_back(std::move(entry));
  if (state_ == State::next) ++at_;
  return {};
}

/// Reads the file to know whether its content is there already.
Outcome Capture::measure() {
  auto done = transfer_.advance();
  if (!done) return std::unexpected(fmt::format("cannot read `{}`: {}", sources_[at_].file.string(), done.error()));
  if (!*done) return {};
  if (taken_.contains(transfer_.digest()) || contents_.has(transfer_.digest(), transfer_.size())) {
    keep_as({});
    return {};
  }
  if (Outcome begun = begin_copy(); !begun) return begun;
  if (!transfer_.in_one_piece()) {
    transfer_.begin(input_.get(), output_.get());
    state_ = State::copying;
    return {};
  }
  if (Outcome written = write_all(output_.get(), transfer_.last_piece()); !written) {
    return std::unexpected(fmt::format("cannot write `{}`: {}", copy_.string(), written.error()));
  }
  start_writing();
  keep_as(std::exchange(copy_, {}));
  return {};
}

/// So that there is less to wait for when all is synced.
void Capture::start_writing() const {
  if (durable_ == Durable::yes) (void)sync_file_range(output_.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
}

Outcome Capture::begin_copy() {
  auto temporary = contents_.make_temporary();
  if (!temporary) return std::unexpected(temporary.error());
  output_ = std::move(temporary->first);
  copy_ = std::move(temporary->second);
  return {};
}

/// The file may have changed since it was measured: what counts is what was copied.
Outcome Capture::copy() {
  auto done = transfer_.advance();
  if (!done) return std::unexpected(fmt::format("cannot copy `{}`: {}", sources_[at_].file.string(), done.error()));
  start_writing();
  if (*done) keep_as(std::exchange(copy_, {}));
  return {};
}

void Capture::keep_as(fs::path temporary) {
  Entry& entry = entries_.back();
  entry.digest = transfer_.digest();
  entry.size = transfer_.size();
  if (!temporary.empty()) fresh_.push_back({std::move(temporary), entry.digest});
  taken_.insert(entry.digest);
  input_ = Descriptor();
  output_ = Descriptor();
  ++at_;
  state_ = State::next;
}

/// Also what is there already: a cache may have put it there, and caches need not outlive a power cut.
Outcome Capture::sync_contents() {
  state_ = State::name;
  if (taken_.size() > most_single_syncs) {
    Descriptor folder(open(contents_.temporary().c_str(), O_RDONLY | O_CLOEXEC));
    if (!folder || syncfs(folder.get()) != 0) return system_error("keep", contents_.temporary());
    return {};
  }
  std::set<Digest> without_name;
  for (const Fresh& content : fresh_) {
    without_name.insert(content.digest);
    if (Outcome synced = sync_path(content.temporary); !synced) return synced;
  }
  for (const Digest& digest : taken_) {
    if (without_name.contains(digest)) continue;
    if (Outcome synced = sync_path(contents_.file(digest)); !synced) return synced;
  }
  return {};
}

Outcome Capture::name_contents() {
  for (std::size_t i = 0; i < names_a_piece && !fresh_.empty(); ++i) {
    const auto& [temporary, digest] = fresh_.back();
    fs::path file = contents_.file(digest);
    if (rename(temporary.c_str(), file.c_str()) != 0) {
      if (Outcome made = make_folders(file.parent_path()); !made) return made;
      if (rename(temporary.c_str(), file.c_str()) != 0) return system_error("write", file);
    }
    fresh_.pop_back();
  }
  if (fresh_.empty()) state_ = durable_ == Durable::yes && !taken_.empty() ? State::sync_names : State::done;
  return {};
}

Outcome Capture::sync_names() {
  state_ = State::done;
  if (taken_.size() > most_single_syncs) {
    Descriptor folder(open(contents_.blobs().c_str(), O_RDONLY | O_CLOEXEC));
    if (!folder || syncfs(folder.get()) != 0) return system_error("keep", contents_.blobs());
    return {};
  }
  std::set<fs::path> folders = {contents_.blobs()};
  for (const Digest& digest : taken_) folders.insert(contents_.file(digest).parent_path());
  for (const fs::path& folder : folders) {
    if (Outcome synced = sync_path(folder); !synced) return synced;
  }
  return {};
}

}  // namespace sluice::runtime

#include "runtime/journal/run_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace sluice::runtime {
namespace {

constexpr auto between_syncs = std::chrono::milliseconds(10);
constexpr off_t many_commits = off_t{4} << 20;  // bytes of WAL

/// A record as the tail has it: numbers, then the text.
struct Packed {
  std::int64_t seq = 0, at = 0;
  std::int32_t kind = 0, stage = 0, leg = 0, attempt = 0, step = 0;
};

std::string pack(const Record& record, std::int64_t seq) {
  Packed numbers{
      seq, record.at, static_cast<std::int32_t>(record.kind), record.stage, record.leg, record.attempt, record.step};
  std::string text(reinterpret_cast<const char*>(&numbers), sizeof numbers);
  text += record.data;
  return text;
}

std::optional<Record> unpack(std::string_view text, std::int64_t& seq) {
  Packed numbers;
  if (text.size() < sizeof numbers) return std::nullopt;
  std::memcpy(&numbers, text.data(), sizeof numbers);
  seq = numbers.seq;
  return Record{static_cast<RecordKind>(numbers.kind),    numbers.stage, numbers.leg, numbers.attempt, numbers.step,
                std::string(text.substr(sizeof numbers)), numbers.at};
}

}  // namespace

JournalSync::JournalSync(const std::filesystem::path& journal_file)
    : file_(journal_file), wal_(open((journal_file.string() + "-wal").c_str(), O_RDONLY | O_CLOEXEC)) {
  if (!wal_) error_ = fmt::format("cannot open `{}-wal`: {}", file_.string(), strerror(errno));
  thread_ = std::thread([this] { work(); });
}

JournalSync::~JournalSync() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  if (dirty_) (void)sync();
}

void JournalSync::commit_made() {
  if (dirty_.exchange(true)) return;
  std::lock_guard lock(mutex_);  // so that the thread does not miss it between its look and its sleep
  wake_.notify_one();
}

Outcome JournalSync::sync() {
  std::lock_guard alone(syncing_);  // whoever needs the disk waits for a sync that is under way
  if (!dirty_.exchange(false)) return state();
  if (fdatasync(wal_.get()) == 0) return {};
  // After a failed sync the kernel may have dropped the pages: asking again would be a lie (LWN "fsyncgate", 2018).
  std::string text = fmt::format("the journal cannot be brought to the disk: {}", strerror(errno));
  std::lock_guard lock(mutex_);
  if (error_.empty()) error_ = text;
  return std::unexpected(std::move(text));
}

Outcome JournalSync::sync_now() {
  if (Outcome fine = state(); !fine) return fine;
  return sync();
}

Outcome JournalSync::state() {
  std::lock_guard lock(mutex_);
  if (error_.empty()) return {};
  return std::unexpected(error_);
}

void JournalSync::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait(lock, [this] { return stopping_ || dirty_; });
    if (stopping_) break;
    lock.unlock();
    (void)sync();
    checkpoint();
    lock.lock();
    wake_.wait_for(lock, between_syncs, [this] { return stopping_; });
  }
}

void JournalSync::checkpoint() {
  struct stat status {};
  if (fstat(wal_.get(), &status) != 0 || status.st_size < many_commits) return;
  auto database = Database::open(file_);
  if (database) (void)database->run("PRAGMA wal_checkpoint(PASSIVE)");
}

std::expected<RunLog, std::string> RunLog::open(Journal& journal, std::int64_t run,
                                                const std::filesystem::path& folder) {
  auto tail = Tail::open(folder / "tail");
  if (!tail) return std::unexpected(tail.error());
  RunLog log(journal, run, std::move(*tail));
  Database& database = journal.database();
  auto last = database.prepare("SELECT coalesce(max(seq), 0) FROM record WHERE run = ?");
  if (!last) return std::unexpected(last.error());
  if (last->bind(1, run).step()) log.next_ = last->integer(0) + 1;
  std::pair<Statement*, const char*> statements[] = {
      {&log.begin_, "BEGIN IMMEDIATE"},
      {&log.insert_, "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"},
      {&log.end_, "COMMIT"},
      {&log.undo_, "ROLLBACK"}};
  for (auto& [statement, sql] : statements) {
    auto prepared = database.prepare(sql);
    if (!prepared) return std::unexpected(prepared.error());
    *statement = std::move(*prepared);
  }
  log.sync_ = std::make_unique<JournalSync>(journal.file());
  if (Outcome fine = log.sync_->state(); !fine) return std::unexpected(fine.error());
  if (Outcome recovered = log.recover(); !recovered) return std::unexpected(recovered.error());
  return log;
}

/// What stands in the tail and not in the journal, by its number: a crash may have come between a commit and `clear`,
/// and a power cut may have taken commits that came before what the tail has.
Outcome RunLog::recover() {
  tail_.each([&](std::string_view text) {
    std::int64_t seq = 0;
    auto record = unpack(text, seq);
    bool follows = record && seq == next_ + static_cast<std::int64_t>(pending_.size());
    if (follows) pending_.push_back(std::move(*record));
  });
  return commit();
}

Outcome RunLog::write() {
  if (!begin_.execute()) return std::unexpected(journal_->database().error());
  std::int64_t next = next_;
  for (const Record& record : pending_) {
    insert_.bind(1, run_).bind(2, next++).bind(3, record.at).bind(4, static_cast<std::int64_t>(record.kind));
    insert_.bind(5, std::int64_t{record.stage}).bind(6, std::int64_t{record.leg});
    insert_.bind(7, std::int64_t{record.attempt}).bind(8, std::int64_t{record.step}).bind(9, record.data);
    if (insert_.execute()) continue;
    std::string why = journal_->database().error();
    (void)undo_.execute();
    return std::unexpected(std::move(why));
  }
  if (!end_.execute()) {
    std::string why = journal_->database().error();
    (void)undo_.execute();
    return std::unexpected(std::move(why));
  }
  next_ = next;
  return {};
}

Outcome RunLog::add(Record record) {
  if (record.at == 0) record.at = wall_clock();
  std::string text = pack(record, next_ + static_cast<std::int64_t>(pending_.size()));
  pending_.push_back(std::move(record));
  return tail_.add(text) ? Outcome() : commit();
}

Outcome RunLog::commit() {
  if (Outcome fine = sync_->state(); !fine) return fine;
  if (!pending_.empty()) {
    if (Outcome done = write(); !done) {
      return std::unexpected(fmt::format("the journal cannot be written: {}", done.error()));
    }
    pending_.clear();
    sync_->commit_made();
  }
  tail_.clear();
  return {};
}

Outcome RunLog::sync() {
  if (Outcome committed = commit(); !committed) return committed;
  return sync_->sync_now();
}

std::expected<std::vector<Record>, std::string> newest_records(Journal& journal, std::int64_t run,
                                                               const std::filesystem::path& folder) {
  // The tail first: what is committed in between stands in both, and is known by its number.
  std::string tail = read_file(folder / "tail").value_or("");
  auto records = journal.records_of(run);
  if (!records) return records;
  Tail::each_in(tail, [&](std::string_view text) {
    std::int64_t seq = 0;
    auto record = unpack(text, seq);
    if (record && seq == static_cast<std::int64_t>(records->size()) + 1) records->push_back(std::move(*record));
  });
  return records;
}

}  // namespace sluice::runtime

#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/journal/journal.h"
#include "runtime/journal/tail.h"
#include "runtime/system/files.h"

namespace sluice::runtime {

/// Brings the journal's commits to the disk, at most every ten milliseconds, in a thread of its own, and moves them
/// from the WAL into the file when there are many.
class JournalSync {
 public:
  explicit JournalSync(const std::filesystem::path& journal_file);
  ~JournalSync();
  JournalSync(const JournalSync&) = delete;
  JournalSync& operator=(const JournalSync&) = delete;

  void commit_made();  ///< there is something new to bring to the disk
  Outcome sync_now();  ///< brings all commits to the disk before it returns
  Outcome state();     ///< an error once the disk has refused: then nothing is certain any more

 private:
  void work();
  void checkpoint();
  Outcome sync();

  std::filesystem::path file_;
  Descriptor wal_;
  std::mutex mutex_, syncing_;
  std::condition_variable wake_;
  std::atomic<bool> dirty_ = false;
  bool stopping_ = false;
  std::string error_;
  std::thread thread_;
};

/// The records of one run, as its runtime writes them. What was added outlives a kill of this process from then on (see
/// `Tail`); some ten milliseconds later it is committed, and soon on the disk; after `sync` it is there at once.
class RunLog {
 public:
  /// The journal must live longer; `folder` is the run's. Records go behind those that are there, and what a dead
  /// runtime has left in the tail is committed first.
  static std::expected<RunLog, std::string> open(Journal& journal, std::int64_t run,
                                                 const std::filesystem::path& folder);

  /// An error where the disk has refused: then nothing is certain any more.
  Outcome add(Record record);
  bool is_behind() const { return !pending_.empty(); }
  Outcome commit();  ///< all that was added since the last time
  Outcome sync();    ///< commit, and wait for the disk: before something outside is changed

 private:
  RunLog(Journal& journal, std::int64_t run, Tail tail) : journal_(&journal), run_(run), tail_(std::move(tail)) {}
  Outcome write();
  Outcome recover();

  Journal* journal_;
  std::int64_t run_;
  Tail tail_;
  std::int64_t next_ = 1;
  Statement begin_, insert_, end_, undo_;
  std::vector<Record> pending_;
  std::unique_ptr<JournalSync> sync_;
};

/// For those who only look: the records of a run with what its runtime has in the tail, also one that has died.
/// `folder` is the run's.
std::expected<std::vector<Record>, std::string> newest_records(Journal& journal, std::int64_t run,
                                                               const std::filesystem::path& folder);

}  // namespace sluice::runtime

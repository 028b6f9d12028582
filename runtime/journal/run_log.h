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

/// The records of one run, as its runtime writes them. What was added is in the kernel's hands after `flush` (a kill of
/// this process loses nothing of it), and on the disk some ten milliseconds later, or after `sync`.
class RunLog {
 public:
  /// The journal must live longer. Records go behind those that are there.
  static std::expected<RunLog, std::string> open(Journal& journal, std::int64_t run);

  void add(Record record);
  /// Whether anything waits that others rely on: that a process has started is worth no commit of its own.
  bool has_urgent() const;
  Outcome flush();  ///< one commit for all that was added since the last
  Outcome sync();   ///< flush, and wait for the disk: before something outside is changed

 private:
  RunLog(Journal& journal, std::int64_t run) : journal_(&journal), run_(run) {}
  Outcome commit();

  Journal* journal_;
  std::int64_t run_;
  std::int64_t next_ = 1;
  Statement begin_, insert_, end_, undo_;
  std::vector<Record> pending_;
  std::unique_ptr<JournalSync> sync_;
};

}  // namespace sluice::runtime

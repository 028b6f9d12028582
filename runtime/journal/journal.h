#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/expressions/json.h"
#include "runtime/journal/database.h"
#include "runtime/journal/record.h"

namespace sluice::runtime {

enum class RunPhase : std::uint8_t { running, waiting, finished };

std::string_view to_text(RunPhase phase);

/// What is known of a run without its plan.
struct RunEntry {
  std::int64_t id = 0;
  std::string pipeline, title;
  RunPhase phase = RunPhase::running;
  std::string outcome;  ///< of a finished run
  std::string plan_hash;
  std::string starter;
  std::int64_t begun = 0, ended = 0;  ///< milliseconds since 1970; 0: not yet
  std::int64_t wake_at = 0;           ///< of a waiting run: when it may go on without anybody's word; 0: never
  std::optional<std::int64_t> rerun_of;
};

struct RunStart {
  std::string pipeline, title;
  std::string plan, plan_hash;
  std::string context;
  std::string starter;
  std::int64_t begun = 0;
  std::optional<std::int64_t> rerun_of = {};
};

struct VoteEntry {
  std::string gate, person;
  Json data;
};

struct LockEntry {
  std::string name;
  std::int64_t run = 0;
  bool held = false;
  std::int64_t at = 0;
};

/// `.sluice/journal.db`: all runs of a repository. Any number of processes may have it open; each call is a transaction
/// of its own that is in the kernel's hands when it returns. Errors are the outside's: a full disk, a newer version.
class Journal {
 public:
  /// Makes what is missing and brings the file to this program's version.
  static std::expected<Journal, std::string> open(const std::filesystem::path& state_folder);

  std::expected<std::int64_t, std::string> begin_run(const RunStart& start);
  std::expected<void, std::string> set_phase(std::int64_t run, RunPhase phase, std::int64_t wake_at = 0);
  std::expected<void, std::string> finish_run(std::int64_t run, std::string_view outcome, std::int64_t at);
  std::expected<void, std::string> remove_run(std::int64_t run);
  std::expected<void, std::string> replace_plan(std::int64_t run, const std::string& plan, const std::string& hash);

  std::expected<std::vector<RunEntry>, std::string> runs();  ///< the newest first
  std::expected<std::optional<RunEntry>, std::string> find(std::int64_t run);
  std::expected<std::string, std::string> plan_of(std::int64_t run);
  std::expected<std::string, std::string> context_of(std::int64_t run);
  std::expected<std::vector<Record>, std::string> records_of(std::int64_t run);
  /// Adds one record behind all others, as those outside of a runtime do: `asked`, `resolved`.
  std::expected<void, std::string> add(std::int64_t run, const Record& record);

  std::expected<void, std::string> vote(std::int64_t run, const VoteEntry& vote);
  std::expected<std::vector<VoteEntry>, std::string> votes_of(std::int64_t run);  ///< in the order in which they came
  std::expected<void, std::string> void_votes(std::int64_t run);

  /// Asks for a lock, once, and says whether `run` has it now. With `latest`, older runs that wait for it are
  /// superseded: they get it never.
  std::expected<bool, std::string> take_lock(std::int64_t run, const std::string& name, bool latest, std::int64_t at);
  std::expected<bool, std::string> superseded(std::int64_t run, const std::string& name);
  std::expected<void, std::string> release_locks(std::int64_t run, const std::string& name = {});  ///< or all of them
  std::expected<std::vector<LockEntry>, std::string> locks();

  std::expected<void, std::string> enter(const std::string& environment, std::int64_t run, std::int64_t at);
  /// The run that entered an environment last.
  std::expected<std::optional<std::int64_t>, std::string> newest_in(const std::string& environment);

  std::expected<std::map<std::string, std::int64_t>, std::string> durations(const std::string& pipeline);
  std::expected<void, std::string> keep_durations(const std::string& pipeline,
                                                  const std::map<std::string, std::int64_t>& milliseconds);

  Database& database() { return database_; }
  const std::filesystem::path& file() const { return file_; }

 private:
  Journal(Database database, std::filesystem::path file) : database_(std::move(database)), file_(std::move(file)) {}
  std::expected<std::string, std::string> text_of(std::int64_t run, const char* column);

  Database database_;
  std::filesystem::path file_;
};

std::int64_t wall_clock();  ///< milliseconds since 1970

}  // namespace sluice::runtime

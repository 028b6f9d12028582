#include "runtime/journal/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>

#include "runtime/journal/schema.h"
#include "runtime/system/files.h"

namespace sluice::runtime {
namespace {

namespace fs = std::filesystem;

template <class... Values>
std::expected<void, std::string> change(Database& database, std::string_view sql, const Values&... values) {
  auto statement = database.prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  int index = 0;
  (statement->bind(++index, values), ...);
  if (!statement->execute()) return std::unexpected(database.error());
  return {};
}

/// Runs a query and hands each row to `row`.
template <class Row, class... Values>
std::expected<void, std::string> query(Database& database, std::string_view sql, Row row, const Values&... values) {
  auto statement = database.prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  int index = 0;
  (statement->bind(++index, values), ...);
  while (statement->step()) row(*statement);
  if (statement->failed()) return std::unexpected(database.error());
  return {};
}

constexpr std::string_view entry_columns =
    "SELECT id, pipeline, title, state, outcome, plan_hash, starter, begun, ended, wake_at, rerun_of FROM run ";

RunEntry read_entry(const Statement& row) {
  RunEntry entry;
  entry.id = row.integer(0);
  entry.pipeline = row.text(1);
  entry.title = row.text(2);
  std::string phase = row.text(3);
  entry.phase = phase == "finished" ? RunPhase::finished : phase == "waiting" ? RunPhase::waiting : RunPhase::running;
  entry.outcome = row.text(4);
  entry.plan_hash = row.text(5);
  entry.starter = row.text(6);
  entry.begun = row.integer(7);
  entry.ended = row.integer(8);
  entry.wake_at = row.integer(9);
  if (!row.is_null(10)) entry.rerun_of = row.integer(10);
  return entry;
}

std::expected<Database, std::string> open_newest(const fs::path& file) {
  auto database = Database::open(file);
  if (!database) return std::unexpected(database.error());
  if (auto migrated = migrate(*database); !migrated) {
    return std::unexpected(fmt::format("cannot use the journal `{}`: {}", file.string(), migrated.error()));
  }
  return database;
}

Outcome sync_path(const fs::path& path) {
  Descriptor descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  bool synced = descriptor && (fsync(descriptor.get()) == 0 || errno == EINVAL);  // some file systems sync no folders
  if (!synced) return system_error("bring to the disk", path);
  return {};
}

/// Makes the journal under another name and gives it its own when it is whole and on the disk: a power cut while SQLite
/// makes a file may leave one that is no database. Who comes second waits for the first and finds it made.
Outcome make_journal(const fs::path& folder, const fs::path& file) {
  Descriptor lock(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  int locked = -1;
  do locked = flock(lock.get(), LOCK_EX);
  while (locked != 0 && errno == EINTR);
  if (locked != 0) return system_error("lock", folder);
  if (access(file.c_str(), F_OK) == 0) return {};
  fs::path unfinished = folder / "journal.new";
  auto remove_companions = [&] {
    for (const char* left : {"-journal", "-wal", "-shm"}) unlink((unfinished.string() + left).c_str());
  };
  unlink(unfinished.c_str());
  remove_companions();
  {
    auto database = open_newest(unfinished);
    if (!database) return std::unexpected(database.error());
    if (auto moved = database->run("PRAGMA wal_checkpoint(TRUNCATE)"); !moved) {
      return std::unexpected(fmt::format("cannot make the journal `{}`: {}", file.string(), moved.error()));
    }
  }
  remove_companions();  // SQLite does not say whether it could
  if (Outcome synced = sync_path(unfinished); !synced) return synced;
  if (rename(unfinished.c_str(), file.c_str()) != 0) return system_error("make", file);
  if (Outcome synced = sync_path(folder); !synced) return synced;
  return sync_path(folder / "..");  // the folder may be just as new
}

}  // namespace

std::int64_t wall_clock() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

std::string_view to_text(RunPhase phase) {
  switch (phase) {
    case RunPhase::running: return "running";
    case RunPhase::waiting: return "waiting";
    case RunPhase::finished: return "finished";
  }
  return {};
}

std::expected<Journal, std::string> Journal::open(const std::filesystem::path& state_folder) {
  if (Outcome made = make_folders(state_folder); !made) return std::unexpected(made.error());
  std::filesystem::path ignore = state_folder / ".gitignore", file = state_folder / "journal.db";
  if (std::error_code error; !std::filesystem::exists(ignore, error)) {
    if (Outcome written = write_file(ignore, "*\n", 0644); !written) return std::unexpected(written.error());
  }
  if (access(file.c_str(), F_OK) != 0) {
    if (Outcome made = make_journal(state_folder, file); !made) return std::unexpected(made.error());
  }
  auto database = open_newest(file);
  if (!database) return std::unexpected(database.error());
  return Journal(std::move(*database), file);
}

std::expected<std::int64_t, std::string> Journal::begin_run(const RunStart& start) {
  auto statement = database_.prepare(
      "INSERT INTO run (pipeline, title, state, outcome, plan, plan_hash, context, starter, begun, rerun_of) "
      "VALUES (?, ?, 'running', '', ?, ?, ?, ?, ?, ?)");
  if (!statement) return std::unexpected(statement.error());
  statement->bind(1, start.pipeline).bind(2, start.title).bind(3, start.plan).bind(4, start.plan_hash);
  statement->bind(5, start.context).bind(6, start.starter).bind(7, start.begun);
  if (start.rerun_of)
    statement->bind(8, *start.rerun_of);
  else
    statement->bind_null(8);
  if (!statement->execute()) return std::unexpected(database_.error());
  return database_.last_row();
}

std::expected<void, std::string> Journal::set_phase(std::int64_t run, RunPhase phase, std::int64_t wake_at) {
  return change(database_, "UPDATE run SET state = ?1, wake_at = ?2 WHERE id = ?3", to_text(phase), wake_at, run);
}

std::expected<void, std::string> Journal::finish_run(std::int64_t run, std::string_view outcome, std::int64_t at) {
  return change(database_, "UPDATE run SET state = 'finished', outcome = ?1, ended = ?2 WHERE id = ?3", outcome, at,
                run);
}

std::expected<void, std::string> Journal::remove_run(std::int64_t run) {
  Transaction transaction(database_);
  for (const char* sql : {"DELETE FROM record WHERE run = ?", "DELETE FROM vote WHERE run = ?",
                          "DELETE FROM lock WHERE run = ?", "DELETE FROM run WHERE id = ?"}) {
    if (auto done = change(database_, sql, run); !done) return done;
  }
  return transaction.commit();
}

std::expected<void, std::string> Journal::replace_plan(std::int64_t run, const std::string& plan,
                                                       const std::string& hash) {
  return change(database_, "UPDATE run SET plan = ?1, plan_hash = ?2 WHERE id = ?3", plan, hash, run);
}

std::expected<std::vector<RunEntry>, std::string> Journal::runs() {
  std::vector<RunEntry> entries;
  auto asked = query(database_, fmt::format("{} ORDER BY id DESC", entry_columns),
                     [&](const Statement& row) { entries.push_back(read_entry(row)); });
  if (!asked) return std::unexpected(asked.error());
  return entries;
}

std::expected<std::optional<RunEntry>, std::string> Journal::find(std::int64_t run) {
  std::optional<RunEntry> entry;
  auto asked = query(
      database_, fmt::format("{} WHERE id = ?", entry_columns), [&](const Statement& row) { entry = read_entry(row); },
      run);
  if (!asked) return std::unexpected(asked.error());
  return entry;
}

std::expected<std::string, std::string> Journal::text_of(std::int64_t run, const char* column) {
  std::string text;
  auto asked = query(
      database_, fmt::format("SELECT {} FROM run WHERE id = ?", column),
      [&](const Statement& row) { text = row.text(0); }, run);
  if (!asked) return std::unexpected(asked.error());
  return text;
}

std::expected<std::string, std::string> Journal::plan_of(std::int64_t run) { return text_of(run, "plan"); }

std::expected<std::string, std::string> Journal::context_of(std::int64_t run) { return text_of(run, "context"); }

std::expected<std::vector<Record>, std::string> Journal::records_of(std::int64_t run) {
  std::vector<Record> records;
  auto asked = query(
      database_, "SELECT kind, stage, leg, attempt, step, data, at FROM record WHERE run = ? ORDER BY seq",
      [&](const Statement& row) {
        auto number = [&](int column) { return static_cast<int>(row.integer(column)); };
        records.push_back({static_cast<RecordKind>(number(0)), number(1), number(2), number(3), number(4), row.text(5),
                           row.integer(6)});
      },
      run);
  if (!asked) return std::unexpected(asked.error());
  return records;
}

std::expected<void, std::string> Journal::add(std::int64_t run, const Record& record) {
  return change(database_,
                "INSERT INTO record SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 "
                "FROM record WHERE run = ?1",
                run, record.at, static_cast<std::int64_t>(record.kind), std::int64_t{record.stage},
                std::int64_t{record.leg}, std::int64_t{record.attempt}, std::int64_t{record.step}, record.data);
}

std::expected<void, std::string> Journal::vote(std::int64_t run, const VoteEntry& vote) {
  std::string data = to_json_line(vote.data);
  return change(database_, "INSERT INTO vote SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4 FROM vote WHERE run = ?1",
                run, vote.gate, vote.person, data);
}

std::expected<std::vector<VoteEntry>, std::string> Journal::votes_of(std::int64_t run) {
  std::vector<VoteEntry> votes;
  auto asked = query(
      database_, "SELECT gate, person, data FROM vote WHERE run = ? ORDER BY seq",
      [&](const Statement& row) {
        votes.push_back({row.text(0), row.text(1), parse_json(row.text(2))});
      },
      run);
  if (!asked) return std::unexpected(asked.error());
  return votes;
}

std::expected<void, std::string> Journal::void_votes(std::int64_t run) {
  return change(database_, "DELETE FROM vote WHERE run = ?", run);
}

std::expected<void, std::string> Journal::enter(const std::string& environment, std::int64_t run, std::int64_t at) {
  return change(database_,
                "INSERT INTO deployment SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3 FROM deployment "
                "WHERE environment = ?1",
                environment, run, at);
}

std::expected<std::optional<std::int64_t>, std::string> Journal::newest_in(const std::string& environment) {
  std::optional<std::int64_t> newest;
  auto asked = query(
      database_, "SELECT run FROM deployment WHERE environment = ? ORDER BY seq DESC LIMIT 1",
      [&](const Statement& row) { newest = row.integer(0); }, environment);
  if (!asked) return std::unexpected(asked.error());
  return newest;
}

std::expected<std::map<std::string, std::int64_t>, std::string> Journal::durations(const std::string& pipeline) {
  std::map<std::string, std::int64_t> durations;
  auto asked = query(
      database_, "SELECT key, value FROM duration, json_each(stages) WHERE pipeline = ?",
      [&](const Statement& row) { durations[row.text(0)] = row.integer(1); }, pipeline);
  if (!asked) return std::unexpected(asked.error());
  return durations;
}

std::expected<void, std::string> Journal::keep_durations(const std::string& pipeline,
                                                         const std::map<std::string, std::int64_t>& milliseconds) {
  std::string text = "{";
  for (const auto& [stage, duration] : milliseconds) {
    fmt::format_to(std::back_inserter(text), "{}{}:{}", text.size() > 1 ? "," : "", to_json_line(stage), duration);
  }
  text += '}';
  return change(database_, "INSERT OR REPLACE INTO duration VALUES (?, ?)", pipeline, text);
}

}  // namespace sluice::runtime

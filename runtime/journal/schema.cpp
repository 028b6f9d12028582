#include "runtime/journal/schema.h"

#include <fmt/format.h>

#include <iterator>

namespace sluice::runtime {
namespace {

/// Each brings a file from the version of its index to the next. Never change one that was released: add another.
constexpr const char* migrations[] = {
    R"(
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice
  pipeline TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,           -- running, waiting, finished
  outcome TEXT NOT NULL,         -- of a finished run: succeeded, failed …
  plan TEXT NOT NULL,            -- what resumes, whatever the files say by then
  plan_hash TEXT NOT NULL,       -- without titles
  context TEXT NOT NULL,         -- github, inputs, options: all that is no secret
  starter TEXT NOT NULL,
  begun INTEGER NOT NULL,        -- milliseconds since 1970, as all times
  ended INTEGER,
  wake_at INTEGER,               -- of a waiting run: when it may go on without anybody's word
  rerun_of INTEGER
) STRICT;

CREATE TABLE record (            -- what happened in a run, in order
  run INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind INTEGER NOT NULL,         -- RecordKind
  stage INTEGER NOT NULL,
  leg INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  step INTEGER NOT NULL,
  data TEXT NOT NULL,            -- a JSON object, or empty
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE vote (
  run INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  gate TEXT NOT NULL,
  person TEXT NOT NULL,
  data TEXT NOT NULL,            -- decision, comment, ticks, time, hashes, and how the person was known
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE lock (              -- who holds a lock and who waits for it, in the order of asking
  name TEXT NOT NULL,
  run INTEGER NOT NULL,
  turn INTEGER NOT NULL,
  latest INTEGER NOT NULL,       -- 1: gives way to a newer run while it waits
  held INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (name, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE deployment (        -- the runs that have entered an environment
  environment TEXT NOT NULL,
  seq INTEGER NOT NULL,
  run INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (environment, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE duration (          -- how long stages took the last times
  pipeline TEXT PRIMARY KEY,
  stages TEXT NOT NULL           -- a JSON object: stage to milliseconds
) STRICT, WITHOUT ROWID;
)",
};

}  // namespace

int newest_schema() { return static_cast<int>(std::size(migrations)); }

std::expected<void, std::string> migrate(Database& database) {
  auto version_of = [&]() -> std::expected<int, std::string> {
    auto query = database.prepare("PRAGMA user_version");
    if (!query) return std::unexpected(query.error());
    if (!query->step()) return std::unexpected(database.error());
    return static_cast<int>(query->integer(0));
  };
  auto version = version_of();
  if (!version) return std::unexpected(version.error());
  if (*version == newest_schema()) return {};
  Transaction transaction(database);
  if (!transaction.begun()) return transaction.begun();
  version = version_of();  // another process may have been quicker
  if (!version) return std::unexpected(version.error());
  if (*version > newest_schema()) {
    return std::unexpected(fmt::format("it is of version {}, and this sluice knows versions up to {}; use a newer one",
                                       *version, newest_schema()));
  }
  for (int next = *version; next < newest_schema(); ++next) {
    if (auto done = database.run(migrations[next]); !done) return done;
  }
  if (auto noted = database.run(fmt::format("PRAGMA user_version={}", newest_schema())); !noted) return noted;
  return transaction.commit();
}

}  // namespace sluice::runtime

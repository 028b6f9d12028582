#include "runtime/journal/journal.h"

namespace sluice::runtime {
namespace {

std::expected<void, std::string> change(Database& database, Statement& statement) {
  if (!statement.execute()) return std::unexpected(database.error());
  return {};
}

/// Writes down that a run asks for a lock, behind all who asked before.
std::expected<void, std::string> ask(Database& database, std::int64_t run, const std::string& name, bool latest,
                                     std::int64_t at) {
  auto asked = database.prepare(
      "INSERT OR IGNORE INTO lock SELECT ?1, ?2, coalesce(max(turn), 0) + 1, ?3, 0, ?4 FROM lock WHERE name = ?1");
  if (!asked) return std::unexpected(asked.error());
  asked->bind(1, name).bind(2, run).bind(3, std::int64_t{latest}).bind(4, at);
  if (auto done = change(database, *asked); !done || !latest) return done;
  // A newer run that wants the place of those that wait turns them away; `turn` 0 says so to them.
  auto turned = database.prepare("UPDATE lock SET turn = 0 WHERE name = ?1 AND held = 0 AND latest = 1 AND run < ?2");
  if (!turned) return std::unexpected(turned.error());
  turned->bind(1, name).bind(2, run);
  return change(database, *turned);
}

}  // namespace

std::expected<bool, std::string> Journal::take_lock(std::int64_t run, const std::string& name, bool latest,
                                                    std::int64_t at) {
  Transaction transaction(database_);
  if (!transaction.begun()) return std::unexpected(transaction.begun().error());
  if (auto asked = ask(database_, run, name, latest, at); !asked) return std::unexpected(asked.error());
  auto taken = database_.prepare(
      "UPDATE lock SET held = 1, at = ?3 WHERE name = ?1 AND run = ?2 AND held = 0 AND turn > 0 "
      "AND NOT EXISTS (SELECT 1 FROM lock AS other WHERE other.name = ?1 AND (other.held = 1 OR (other.turn > 0 AND "
      "other.turn < lock.turn)))");
  if (!taken) return std::unexpected(taken.error());
  taken->bind(1, name).bind(2, run).bind(3, at);
  if (auto done = change(database_, *taken); !done) return std::unexpected(done.error());
  auto held = database_.prepare("SELECT held FROM lock WHERE name = ?1 AND run = ?2");
  if (!held) return std::unexpected(held.error());
  held->bind(1, name).bind(2, run);
  bool has = held->step() && held->integer(0) == 1;
  if (held->failed()) return std::unexpected(database_.error());
  held->reset();
  if (auto done = transaction.commit(); !done) return std::unexpected(done.error());
  return has;
}

std::expected<bool, std::string> Journal::superseded(std::int64_t run, const std::string& name) {
  auto asked = database_.prepare("SELECT 1 FROM lock WHERE name = ?1 AND run = ?2 AND turn = 0 AND held = 0");
  if (!asked) return std::unexpected(asked.error());
  asked->bind(1, name).bind(2, run);
  bool found = asked->step();
  if (asked->failed()) return std::unexpected(database_.error());
  return found;
}

std::expected<void, std::string> Journal::release_locks(std::int64_t run, const std::string& name) {
  auto released = database_.prepare("DELETE FROM lock WHERE run = ?1 AND (?2 = '' OR name = ?2)");
  if (!released) return std::unexpected(released.error());
  released->bind(1, run).bind(2, name);
  return change(database_, *released);
}

std::expected<std::vector<LockEntry>, std::string> Journal::locks() {
  auto asked = database_.prepare("SELECT name, run, held, at FROM lock ORDER BY name, held DESC, turn, run");
  if (!asked) return std::unexpected(asked.error());
  std::vector<LockEntry> entries;
  while (asked->step()) {
    entries.push_back({asked->text(0), asked->integer(1), asked->integer(2) == 1, asked->integer(3)});
  }
  if (asked->failed()) return std::unexpected(database_.error());
  return entries;
}

}  // namespace sluice::runtime

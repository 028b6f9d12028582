#include "runtime/journal/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <utility>

namespace sluice::runtime {
namespace {

constexpr int wait_for_others = 10'000;  // milliseconds for another process's commit

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), failed_(other.failed_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(failed_, other.failed_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::bind(int index, std::int64_t value) {
  failed_ = sqlite3_bind_int64(handle_, index, value) != SQLITE_OK || failed_;
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  int code = sqlite3_bind_text64(handle_, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  failed_ = code != SQLITE_OK || failed_;
  return *this;
}

Statement& Statement::bind_null(int index) {
  failed_ = sqlite3_bind_null(handle_, index) != SQLITE_OK || failed_;
  return *this;
}

bool Statement::step() {
  int code = sqlite3_step(handle_);
  failed_ = (code != SQLITE_ROW && code != SQLITE_DONE) || failed_;
  return code == SQLITE_ROW;
}

bool Statement::execute() {
  while (step()) {
  }
  bool fine = !failed_;
  reset();
  return fine;
}

void Statement::reset() {
  sqlite3_reset(handle_);
  failed_ = false;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string Statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(handle_, column);
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text), size);
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

std::expected<Database, std::string> Database::open(const std::filesystem::path& file) {
  // SQLite gives its other files the mode of this one. A file that is there must not be touched: closing any descriptor
  // of it would drop the locks that this process holds on it (sqlite.org/howtocorrupt.html, 2.2).
  if (int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600); made >= 0) close(made);
  sqlite3* handle = nullptr;
  int code = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) {
    return std::unexpected(fmt::format("cannot open `{}`: {}", file.string(), sqlite3_errstr(code)));
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, wait_for_others);
  // Checkpoints are the syncing thread's work; until then a commit is a write into the WAL.
  auto set = database.run(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0;"
      "PRAGMA foreign_keys=OFF; PRAGMA cache_size=-2048");
  if (!set) return std::unexpected(fmt::format("cannot use `{}`: {}", file.string(), set.error()));
  return database;
}

Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Database::~Database() { sqlite3_close_v2(handle_); }

std::expected<void, std::string> Database::run(const std::string& sql) {
  char* said = nullptr;
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &said) == SQLITE_OK) return {};
  std::string text = said != nullptr ? said : error();
  sqlite3_free(said);
  return std::unexpected(std::move(text));
}

std::expected<Statement, std::string> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                &statement, nullptr);
  if (code != SQLITE_OK) return std::unexpected(error());
  return Statement(statement);
}

std::string Database::error() const { return sqlite3_errmsg(handle_); }

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle_); }

Transaction::Transaction(Database& database) : database_(database), begun_(database.run("BEGIN IMMEDIATE")) {
  open_ = begun_.has_value();
}

Transaction::~Transaction() {
  if (open_) (void)database_.run("ROLLBACK");
}

std::expected<void, std::string> Transaction::commit() {
  if (!begun_) return begun_;
  auto done = database_.run("COMMIT");
  if (done) open_ = false;
  return done;
}

}  // namespace sluice::runtime

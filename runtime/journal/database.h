#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::runtime {

/// A prepared statement, used again and again: bind, step, columns, reset. Errors are kept by the database.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  Statement& bind(int index, std::int64_t value);     ///< counted from 1
  Statement& bind(int index, std::string_view text);  ///< must outlive the step
  Statement& bind_null(int index);

  bool step();     ///< whether there is a row; false too where it failed
  bool execute();  ///< steps to the end and resets; false where it failed
  void reset();

  std::int64_t integer(int column) const;  ///< counted from 0; NULL is 0
  std::string text(int column) const;
  bool is_null(int column) const;
  bool failed() const { return failed_; }

 private:
  sqlite3_stmt* handle_ = nullptr;
  bool failed_ = false;
};

/// A connection to an SQLite file in WAL mode. Commits reach the kernel at once and the disk when `sync_wal` says so;
/// a commit that was torn by a power cut is dropped whole when the file is opened next (sqlite.org/wal.html).
class Database {
 public:
  /// Makes the file, for the user alone, where it is missing.
  static std::expected<Database, std::string> open(const std::filesystem::path& file);
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  ~Database();

  std::expected<void, std::string> run(const std::string& sql);  ///< one or several statements, without parameters
  std::expected<Statement, std::string> prepare(std::string_view sql);
  std::string error() const;  ///< what the last failed call says
  std::int64_t last_row() const;

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_ = nullptr;
};

/// Begins a transaction that may write, and takes it back unless it is committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  std::expected<void, std::string> begun() const { return begun_; }
  std::expected<void, std::string> commit();

 private:
  Database& database_;
  std::expected<void, std::string> begun_;
  bool open_ = false;
};

}  // namespace sluice::runtime

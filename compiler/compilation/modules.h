#pragma once
#include <llvm/ADT/StringMap.h>

#include <memory>
#include <vector>

#include "check/check.h"
#include "diagnostics/sink.h"
#include "source/source_manager.h"

namespace sluice::compilation {

/// A file of stdlib/, `pins.tsv`; null text: there is none.
std::string_view library_file(std::string_view name);

/// Reads a file and the modules that it uses, however far they reach, and each of them once: the library's from memory,
/// others from the disk, by a path that is relative to the file that uses them.
class Modules {
 public:
  Modules(source::SourceManager& sources, diagnostics::Sink& sink) : sources_(sources), sink_(sink) {}

  /// The tree of that text; empty, after a report, where it is no text. Not a module.
  const ast::File& parse(const std::string& name, std::string text);

  /// Reads the text with its modules, each before whoever uses it, so that it is the last of `units`.
  const check::Unit& load(const std::string& name, std::string text);
  void load_library(llvm::StringRef name);  ///< `python`

  const std::vector<check::Unit>& units() const { return units_; }

 private:
  /// A file that is being read: it waits for the module of its `use` number `next`.
  struct Opened {
    check::Unit unit;
    std::string path;
    std::size_t next = 0;
    const ast::Statement* use = nullptr;  ///< what asked for it; null: it was asked for by itself
  };

  void read_all(Opened first);
  Opened open(const std::string& path, std::string text, bool library, const ast::Statement* use);
  std::vector<Opened> resolve(const ast::Statement& use);
  void close();
  void report_cycle(const ast::Statement& use, std::size_t from);
  void report_missing(const ast::Statement& use);
  bool is_used_here(const std::string& path) const;
  bool readable(const source::File& file);

  source::SourceManager& sources_;
  diagnostics::Sink& sink_;
  std::vector<std::unique_ptr<ast::File>> files_;
  std::vector<check::Unit> units_;
  llvm::StringMap<std::size_t> read_;  ///< by path, or `std.python`: the index of the unit
  llvm::StringMap<std::size_t> open_;  ///< those being read, by their place in `opened_`
  std::vector<Opened> opened_;
};

}  // namespace sluice::compilation

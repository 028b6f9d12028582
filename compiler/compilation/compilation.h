#pragma once
#include <memory>
#include <vector>

#include "check/check.h"
#include "diagnostics/sink.h"
#include "graph/graph.h"
#include "source/source_manager.h"
#include "syntax/ast.h"

namespace sluice::compilation {

/// Owns all that comes of compiling one file: texts, trees, the program, the graphs and what was found on the way. The
/// only place that knows the order of the passes; each runs only if those before it found no error.
class Compilation {
 public:
  /// Reads the file's modules as well: the library's from memory, others from beside the file.
  /// `shown` is the file as its graphs name it, the same wherever the command was given; empty: `name`.
  Compilation(std::string name, std::string text, std::string shown = "");

  /// Parsing alone, for what needs no more: `fmt`.
  const ast::File& parse();
  /// All passes. The graphs are complete and verified exactly if `sink` holds no error.
  const std::vector<graph::Graph>& compile();

  /// Only once `compile` found no error.
  const check::Program& program() const { return *program_; }

  const diagnostics::Sink& sink() const { return sink_; }
  const source::SourceManager& sources() const { return sources_; }

 private:
  std::size_t load(std::string name, std::string text, bool library);
  void load_uses(const ast::File& file, check::Unit& unit);
  std::size_t load_module(const ast::Statement& use, const std::string& user);
  bool readable(const source::File& file);

  source::SourceManager sources_;
  diagnostics::Sink sink_;
  std::string name_;
  std::string shown_;
  std::string text_;
  std::vector<std::unique_ptr<ast::File>> files_;
  std::vector<check::Unit> units_;
  std::vector<std::string> loading_;  ///< modules being read, to tell one that uses itself
  std::unique_ptr<check::Program> program_;
  std::vector<graph::Graph> graphs_;
};

}  // namespace sluice::compilation

#pragma once
#include <memory>
#include <vector>

#include "check/check.h"
#include "compilation/modules.h"
#include "diagnostics/sink.h"
#include "graph/graph.h"
#include "source/source_manager.h"

namespace sluice::compilation {

/// Owns all that comes of compiling one file: texts, trees, the program, the graphs and what was found on the way. The
/// only place that knows the order of the passes; each runs only if those before it found no error.
class Compilation {
 public:
  /// Reads the file's modules as well: the library's from memory, others from beside the file.
  /// `shown` is the file as its graphs name it, the same wherever the command was given; empty: `name`. `project` is
  /// the folder that `uses "./path"` is looked for in; empty: it is not known.
  Compilation(std::string name, std::string text, std::string shown = "", std::string project = "");

  /// Parsing alone, for what needs no more: `fmt`.
  const ast::File& parse();
  /// All passes. The graphs are complete and verified exactly if `sink` holds no error.
  const std::vector<graph::Graph>& compile();

  /// Only once `compile` found no error.
  const check::Program& program() const { return *program_; }

  const diagnostics::Sink& sink() const { return sink_; }
  const source::SourceManager& sources() const { return sources_; }

 private:
  source::SourceManager sources_;
  diagnostics::Sink sink_;
  Modules modules_;
  std::string name_;
  std::string shown_;
  std::string project_;
  std::string text_;
  std::unique_ptr<check::Program> program_;
  std::vector<graph::Graph> graphs_;
};

}  // namespace sluice::compilation

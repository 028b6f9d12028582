#pragma once
#include <memory>
#include <string>

#include "diagnostics/sink.h"
#include "source/source_manager.h"
#include "syntax/parse.h"

namespace sluice::tests {

/// A text that was read, and what was said about it.
struct Parsed {
  source::SourceManager sources;
  diagnostics::Sink sink;
  std::unique_ptr<ast::File> file;

  explicit Parsed(std::string text) { file = syntax::parse(sources.add("test.pipe", std::move(text)), sink); }

  /// One line each: `2:5 S0201 unknown word …`.
  std::string diagnostics() const {
    std::string result;
    for (const diagnostics::Diagnostic* one : sink.sorted()) {
      source::Position at = sources.begin(one->span);
      result += std::to_string(at.line) + ":" + std::to_string(at.column) + " " + diagnostics::code(one->kind) + " " +
                one->message + "\n";
    }
    return result;
  }
};

/// The whole tree without places, so that two trees that mean the same give the same text: pieces and blocks, slots,
/// values of strings, documentation.
std::string dump(const ast::File& file);
std::string dump(const ast::Expression& expression);

/// The text of a file of the repository, or of the machine; empty if there is none.
std::string read_file(const std::string& path);

}  // namespace sluice::tests

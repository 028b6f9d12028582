#pragma once
#include <functional>
#include <string>
#include <vector>

#include "check/program.h"
#include "diagnostics/sink.h"
#include "lint/allow.h"

/// What a rule sees: the tree of one file, flat, and the program that the checker made of it.
namespace sluice::lint {

using ast::Expression;
using ast::Statement;
using ast::Word;
using diagnostics::Span;
using llvm::StringRef;

/// A statement and what it stands in.
struct Node {
  const Statement* statement = nullptr;
  std::size_t parent = SIZE_MAX;  ///< among the nodes; none for a declaration of the file
};

struct Context {
  Context(const check::Program& program_, diagnostics::Sink& sink_);

  const check::Program& program;
  const ast::File& file;
  diagnostics::Sink& sink;
  std::vector<Node> nodes;    ///< every statement in source order, outer ones first
  std::vector<Allow> allows;  ///< marked as used when the rules have run

  /// Every statement of that word, with its index among the nodes.
  void each(Word word, const std::function<void(const Statement&, std::size_t)>& visit) const;
  /// The nearest statement of that word around a node; null where there is none.
  const Statement* around(std::size_t node, Word word) const;
  /// The node and those inside it: [first, last).
  std::size_t end_of(std::size_t node) const;
  /// Whether the file holds a pipeline: the names of one that does not are for those who use it.
  bool is_program() const;
  /// Whether an expression or a type anywhere in the file mentions the name, by itself or behind a dot; what a `use`
  /// brings in does not count, what it passes does.
  bool mentions(StringRef name) const { return mentioned_.count(name) > 0; }
  /// Whether the name stands for itself somewhere, without a dot and a member behind it: `toJSON(inputs)`.
  bool takes_whole(StringRef name) const { return whole_.lookup(name) > 0; }
  StringRef source(Span span) const;
  /// The lines of the statement with its `///`, where nothing else stands on them; unknown otherwise.
  Span lines_of(const Statement& statement) const;

 private:
  void collect(llvm::ArrayRef<ast::Item> items, std::size_t parent);
  void mention(const Expression& expression);
  void mention(const ast::Type* type);
  void mention(const Statement& statement);

  llvm::StringMap<bool> mentioned_;
  llvm::StringMap<int> whole_;
};

/// Visits every expression of the statement's header and entries, with all that it is made of; not those of the
/// statements inside.
void each_expression(const Statement& statement, const std::function<void(const Expression&)>& visit);
void each_expression(const Expression& expression, const std::function<void(const Expression&)>& visit);

/// `github.actor` is_path(expression, "github", "actor").
bool is_path(const Expression& expression, StringRef base, StringRef member);
/// The text of a string without holes; empty for anything else.
std::string constant_text(const Expression& expression);

/// A command of a script as it is written: a line, with those that it goes on in behind a backslash.
struct Command {
  StringRef text;
  Span span;
};
/// The commands of a `run`, without comments and empty lines. None if what runs is no string in the file.
std::vector<Command> commands(const Context& context, const Statement& run);
/// The place of `word` as a word by itself in the command, or `npos`.
std::size_t find_word(StringRef command, StringRef word);

}  // namespace sluice::lint

#pragma once
#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SmallVector.h>

#include "format/comments.h"
#include "format/doc.h"
#include "syntax/ast.h"

namespace sluice::format {

/// Turns the nodes of a file into docs, in source order, because comments are given out in source order.
class Writer {
 public:
  explicit Writer(const ast::File& file) : comments_(file) {}

  const Doc* file(const ast::File& file);

 private:
  using Parts = llvm::SmallVector<const Doc*, 16>;

  /// How a bracket and what it holds are written.
  struct Bracket {
    llvm::StringRef open, close;
    llvm::StringRef padding;  ///< inside the brackets, on one line
    bool commas_when_broken;
  };
  static const Bracket round, square, curly;

  /// What stands between two neighbours on lines of their own.
  struct Gap {
    bool own_lines = false;  ///< comments on lines of their own stand here
    bool any = false;
    bool blank = false;  ///< an empty line stands right above what comes next
  };

  // Items and blocks.
  void set_apart(llvm::MutableArrayRef<const Doc*> gap);
  void separate(const ast::Item& before, const ast::Item& item, Parts& parts);
  const Doc* item(const ast::Item& item);
  const Doc* statement(const ast::Statement& statement);
  const Doc* block(const ast::Block& block);
  Gap comments_before(std::uint32_t offset, bool first, Parts& parts);

  // Headers.
  const Doc* header(const ast::Statement& statement);
  const Doc* long_header(const ast::Statement& statement);
  const Doc* segment(llvm::ArrayRef<ast::Piece> pieces);
  const Doc* comma_run(llvm::ArrayRef<ast::Piece> pieces);
  const Doc* piece(const ast::Piece& piece);
  const Doc* parameters(const ast::Piece& piece);
  const Doc* parameter(const ast::Parameter& parameter);

  // Types.
  const Doc* type(const ast::Type& type);
  void type_arguments(const ast::Type& type, Parts& parts);
  const Doc* record(const ast::Type& type);

  // Expressions.
  const Doc* expression(const ast::Expression& expression);
  const Doc* bare(const ast::Expression& expression);
  const Doc* chain(const ast::Expression& expression);
  const Doc* postfix(const ast::Expression& expression);
  void postfix_part(const ast::Expression& expression, Parts& parts);
  const Doc* arguments(const ast::Expression& call);
  const Doc* list(const ast::Expression& list);
  const Doc* map(const ast::Expression& map);
  const Doc* key(const ast::Name& name);

  // Strings.
  const Doc* string(const ast::Expression& string);
  const Doc* single_quoted(const ast::Expression& string);
  const Doc* with_holes(const ast::Expression& string);
  const Doc* raw(const ast::Expression& string);
  const Doc* verbatim(const ast::Expression& string);
  void hole(const ast::StringPart& part, std::string& out, Parts& suffixes);
  const Doc* with_suffixes(const Doc* doc, Parts& suffixes);

  /// What `build(i)` gives for each of `spans`, in brackets: on one line, or one on each line.
  const Doc* bracketed(const Bracket& bracket, ast::Span inside, llvm::ArrayRef<ast::Span> spans,
                       llvm::function_ref<const Doc*(std::size_t)> build);

  llvm::StringRef source(ast::Span span) const { return comments_.text(span); }

  Docs docs_;
  Comments comments_;
  bool in_hole_ = false;
};

}  // namespace sluice::format

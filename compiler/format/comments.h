#pragma once
#include "syntax/ast.h"

namespace sluice::format {

/// The text between the nodes of a file: its comments, each given out once and in order, and its empty lines.
class Comments {
 public:
  explicit Comments(const ast::File& file) : file_(file), text_(file.source->text) {}

  /// The comments in front of `offset` that were not given out yet.
  llvm::ArrayRef<ast::Comment> take_before(std::uint32_t offset);

  llvm::StringRef text(ast::Span span) const;
  llvm::StringRef text(const ast::Comment& comment) const { return text(comment.span).rtrim(); }
  bool has_newline(std::uint32_t begin, std::uint32_t end) const { return text(ast::Span{begin, end}).contains('\n'); }
  /// Whether an empty line stands above what begins at `offset`.
  bool blank_before(std::uint32_t offset) const;

  std::uint32_t end_of_file() const { return file_.source->base + static_cast<std::uint32_t>(text_.size()); }

 private:
  const ast::File& file_;
  llvm::StringRef text_;
  std::size_t next_ = 0;
};

}  // namespace sluice::format

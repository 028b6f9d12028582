#pragma once
#include "syntax/ast.h"

namespace sluice::format {

/// `after`, `in` and `when`: with one of these at the beginning of a line a header may go on.
inline bool is_clause_word(llvm::StringRef word) { return word == "after" || word == "in" || word == "when"; }

/// Whether the header is one that may go on over a newline (grammar/productions.h: long_header_word).
inline bool has_long_header(const ast::Statement& statement) {
  llvm::StringRef word = statement.keyword.text;
  return word == "stage" || word == "step" || word == "gate" || word == "notify" || word == "phase";
}

}  // namespace sluice::format

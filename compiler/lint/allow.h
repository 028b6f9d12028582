#pragma once
#include <string>
#include <vector>

#include "syntax/ast.h"

namespace sluice::lint {

/// One rule that a comment `// allow(rule, rule) reason` names. It holds for findings on its own line if code stands
/// there, otherwise on the next line with code; and for those in the header or the script that such a line belongs to.
struct Allow {
  llvm::StringRef rule;
  source::Span span;     ///< of the rule's name
  source::Span comment;  ///< of the whole comment
  llvm::StringRef reason;
  std::uint32_t line = 0;  ///< that it holds for
  bool several = false;    ///< whether its comment names others too
  bool used = false;
};

/// Ordered by line.
std::vector<Allow> allows_of(const ast::File& file);

}  // namespace sluice::lint

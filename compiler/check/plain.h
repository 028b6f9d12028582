#pragma once
#include "diagnostics/sink.h"
#include "syntax/ast.h"

namespace sluice::check {

/// Reports what the text of a statement shows to be wrong by itself, without names and types: one that is given twice,
/// an empty text where something must stand, a runner that GitHub does not have, an exclusion that excludes nothing.
void check_plainly(const ast::File& file, diagnostics::Sink& sink);

/// The part of it that is about `runs-on`.
void check_runner(const ast::Statement& statement, diagnostics::Sink& sink);

/// The part of it that is about `matrix`.
void check_exclusions(const ast::Statement& statement, diagnostics::Sink& sink);

/// The text of a literal without holes; null data where `expression` is none.
llvm::StringRef plain_text(const ast::Expression& expression);

}  // namespace sluice::check

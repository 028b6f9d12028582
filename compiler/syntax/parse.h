#pragma once
#include <memory>

#include "diagnostics/sink.h"
#include "syntax/ast.h"

namespace sluice::syntax {

/// Reads one file. Always gives a tree of all that could be read; what could not be read is a diagnostic each, and
/// reading goes on at the next statement of the same or an outer block. Statements have their slots filled.
std::unique_ptr<ast::File> parse(const source::File& file, diagnostics::Sink& sink);

}  // namespace sluice::syntax

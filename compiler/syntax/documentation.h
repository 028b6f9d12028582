#pragma once
#include "syntax/ast.h"

namespace sluice::syntax {

/// Gives each `///` comment to its statement or entry: one on a line of its own to what follows, one behind code to
/// what ends right before it, or to the statement whose block opens there.
void attach_documentation(ast::File& file);

}  // namespace sluice::syntax

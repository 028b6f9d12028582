#pragma once
#include "syntax/ast.h"

namespace sluice::check {

/// Whether a statement in an environment asks something of those who enter it.
bool is_entry_condition(const ast::Item& item);

}  // namespace sluice::check

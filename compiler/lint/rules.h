#pragma once
#include "lint/context.h"

/// Every rule of diagnostics/rules.def as a function, each in compiler/lint/rules/<function>.cpp.
namespace sluice::lint {

#define LINT_RULE(name, function, title) void function(Context& context);
#include "diagnostics/rules.def"

}  // namespace sluice::lint

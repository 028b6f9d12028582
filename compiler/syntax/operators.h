#pragma once
#include "syntax/ast.h"

namespace sluice::ast {

/// As it is written: `&&`.
StringRef sign_of(Operator op);

/// How tightly it binds, `||` least and `??` most; all are left-associative.
int precedence(Operator op);

}  // namespace sluice::ast

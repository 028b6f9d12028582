#pragma once
#include <string>

#include "syntax/ast.h"

namespace sluice::format {

/// The one canonical form of a file that was read without errors. Every comment is kept, reading the result gives the
/// same tree, and formatting it again changes nothing.
std::string format(const ast::File& file);

}  // namespace sluice::format

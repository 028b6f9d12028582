#pragma once
#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/StringRef.h>

#include <string>

namespace sluice::diagnostics {

/// The candidate that was most likely meant by `wanted`, or the empty text where none is near. Ties go to the first.
llvm::StringRef nearest(llvm::StringRef wanted, llvm::ArrayRef<llvm::StringRef> candidates);

/// "`a`, `b` and `c`"; more than seven are cut to "`a`, `b`, `c` and 12 more".
std::string list_of(llvm::ArrayRef<llvm::StringRef> names);

}  // namespace sluice::diagnostics

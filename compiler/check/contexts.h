#pragma once
#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/StringRef.h>

namespace sluice::check {

/// GitHub's contexts: github, inputs, vars, secrets, needs, steps, matrix, strategy, env, job, runner.
bool is_context(llvm::StringRef name);

/// The members of a context whose members are known, or nothing.
llvm::ArrayRef<llvm::StringRef> members_of(llvm::StringRef context);

/// `declassify` and `trust`: they give what they are given, and take a label off it.
bool takes_label(llvm::StringRef function);

/// A function of expressions, with how many arguments it takes.
struct BuiltinInfo {
  llvm::StringRef name;
  unsigned least;
  unsigned most;
  bool status;     ///< answers for the run so far: only in `when`
  bool unfolding;  ///< worked out when the program is unfolded, not GitHub's
};

const BuiltinInfo* builtin_function(llvm::StringRef name);
llvm::ArrayRef<BuiltinInfo> builtin_functions();

}  // namespace sluice::check

#pragma once
#include <llvm/ADT/StringRef.h>

#include "check/program.h"

namespace sluice::check {

/// What the body being checked adds to.
struct Body {
  Symbol* owner = nullptr;          ///< the stage, step or function; null in a notification
  bool stage = false;               ///< whether it is a stage's own body
  llvm::StringRef name = "notify";  ///< of what has no owner
};

}  // namespace sluice::check

#pragma once
#include <string>
#include <utility>
#include <vector>

#include "runtime/expressions/expression.h"

namespace sluice::runtime {

using Bindings = std::vector<std::pair<std::string, Expression>>;  ///< names with values, in source order

/// An action of GitHub's. What `with` does not give, the action says itself.
struct UseAction {
  std::string uses;    ///< `./path`, `owner/name/path@ref`, `docker://image`
  std::string folder;  ///< where it lies; empty: it is looked for when it runs, as `./path` is in the workspace
  Bindings with;
};

}  // namespace sluice::runtime

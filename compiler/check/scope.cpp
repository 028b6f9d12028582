#include "check/scope.h"

namespace sluice::check {

Symbol* Scope::find(llvm::StringRef name) const {
  for (std::size_t i = names_.size(); i > floor_; --i)
    if (names_[i - 1]->name == name) return names_[i - 1];
  return nullptr;
}

}  // namespace sluice::check

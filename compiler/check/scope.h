#pragma once
#include <llvm/ADT/SmallVector.h>

#include <utility>

#include "check/program.h"

namespace sluice::check {

/// Names that are visible, the innermost last. `seal` hides the outer ones: a function sees its module, not its caller.
class Scope {
 public:
  void add(Symbol* symbol) { names_.push_back(symbol); }
  Symbol* find(llvm::StringRef name) const;
  std::size_t mark() const { return names_.size(); }
  void restore(std::size_t mark) { names_.truncate(mark); }
  std::size_t seal() { return std::exchange(floor_, names_.size()); }
  void unseal(std::size_t floor) { floor_ = floor; }
  llvm::ArrayRef<Symbol*> visible() const {
    return llvm::ArrayRef<Symbol*>(names_.data() + floor_, names_.size() - floor_);
  }

 private:
  llvm::SmallVector<Symbol*, 32> names_;
  std::size_t floor_ = 0;
};

}  // namespace sluice::check

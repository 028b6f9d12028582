#pragma once
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/SmallVector.h>

#include <tuple>
#include <utility>

#include "check/program.h"

namespace sluice::check {

/// Names that are visible, the innermost last. `seal` hides the outer ones: a function sees its module, not its caller.
/// What is visible at a place can be come back to, for as long as the scope lives: `capture` and `open`. Looking a name
/// up takes logarithmic time.
class Scope {
 public:
  Scope() { nodes_.push_back({}); }
  void add(Symbol* symbol);
  Symbol* find(llvm::StringRef name) const;
  ScopeIndex mark() const { return top_; }
  void restore(ScopeIndex mark);
  struct Sealed {
    ScopeIndex top = 0;
    ScopeIndex floor = 0;
  };
  Sealed seal() { return {std::exchange(top_, 0), std::exchange(floor_, static_cast<ScopeIndex>(nodes_.size() - 1))}; }
  void unseal(Sealed outer) { std::tie(top_, floor_) = std::tie(outer.top, outer.floor); }
  ScopeIndex capture() { return kept_ = std::max(kept_, top_), top_; }
  void open(ScopeIndex captured) { top_ = captured; }
  /// The innermost first.
  llvm::SmallVector<Symbol*, 32> visible() const;

 private:
  /// A name and all that is visible around it. The first one is none.
  struct Node {
    Symbol* symbol = nullptr;
    ScopeIndex outer = 0;
    ScopeIndex jump = 0;  ///< far outside, so that a few jumps lead anywhere
    std::uint32_t depth = 0;
  };
  bool sees(ScopeIndex node) const;

  std::vector<Node> nodes_;  ///< each behind those around it
  llvm::DenseMap<llvm::StringRef, llvm::SmallVector<ScopeIndex, 1>> by_name_;
  ScopeIndex top_ = 0;
  ScopeIndex kept_ = 0;   ///< the last one that is captured
  ScopeIndex floor_ = 0;  ///< the last one of those that are sealed off
};

}  // namespace sluice::check

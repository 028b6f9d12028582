#pragma once
#include <llvm/ADT/ArrayRef.h>
#include <llvm/Support/Allocator.h>

#include <algorithm>
#include <memory>

namespace sluice::syntax {

/// A copy of `values` that lives as long as the arena.
template <typename T>
llvm::ArrayRef<T> copy_into(llvm::BumpPtrAllocator& arena, llvm::ArrayRef<T> values) {
  if (values.empty()) return {};
  T* copy = arena.Allocate<T>(values.size());
  std::uninitialized_copy(values.begin(), values.end(), copy);
  return {copy, values.size()};
}

}  // namespace sluice::syntax

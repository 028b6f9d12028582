#pragma once
#include <functional>

#include "check/program.h"
#include "diagnostics/sink.h"

namespace sluice::check {

/// One parsed file, with what its `use` statements name.
struct Unit {
  std::string name;
  const ast::File* file = nullptr;
  bool library = false;
  llvm::DenseMap<const ast::Statement*, std::size_t>
      uses;  ///< a `use` to the index of its unit; all smaller than its own
};

/// Binds names and checks types of `units`, of which the first is the prelude and the last the file that was asked for.
/// Bodies of library functions are checked where they are used. Whatever is wrong is reported; the program is then of
/// use to editors, not to lowering.
std::unique_ptr<Program> check(llvm::ArrayRef<Unit> units, diagnostics::Sink& sink);

}  // namespace sluice::check

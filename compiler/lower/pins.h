#pragma once
#include <llvm/ADT/StringMap.h>
#include <llvm/ADT/StringRef.h>

#include <string>
#include <vector>

namespace sluice::lower {

/// One line of stdlib/pins.tsv: an action's full version, its commit and the permissions of the token that it needs.
struct Pin {
  llvm::StringRef version;
  llvm::StringRef commit;
  llvm::StringRef permissions;  ///< `contents: read, issues: write`
};

/// What is known of actions. Refers to the table's text.
class Pins {
 public:
  explicit Pins(llvm::StringRef table);
  /// The newest version that `ref` names: `v7` is any of v7.x.y, `v7.0.1` is itself, a commit is itself.
  const Pin* find(llvm::StringRef action, llvm::StringRef ref) const;
  bool knows(llvm::StringRef action) const { return pins_.count(action) != 0; }

 private:
  llvm::StringMap<std::vector<Pin>> pins_;
};

}  // namespace sluice::lower

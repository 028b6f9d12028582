#pragma once
#include <llvm/ADT/StringRef.h>

#include <optional>
#include <string>

/// What stands in `uses "…"` and behind `action x =`.
namespace sluice::check {

/// `actions/cache/restore@v5`, taken apart.
struct ActionReference {
  llvm::StringRef action;  ///< `actions/cache/restore`
  llvm::StringRef ref;     ///< `v5`; empty: there is none
};

ActionReference read_reference(llvm::StringRef text);

/// What keeps a text from naming a version of an action, and what to write instead.
struct ReferenceMistake {
  std::string seen;
  std::string help;
  bool lacks_version = false;  ///< the rest is right
  bool lacks_owner = false;
};

std::optional<ReferenceMistake> mistake_in(llvm::StringRef text);

/// The first number of a version: 5 of `v5`, `v5.1.0`, `5.1` and `release/v5`. Nothing of a branch or a commit.
std::optional<unsigned> major_of(llvm::StringRef ref);

}  // namespace sluice::check

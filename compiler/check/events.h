#pragma once
#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/SmallVector.h>
#include <llvm/ADT/StringRef.h>

#include "syntax/ast.h"

namespace sluice::check {

/// One line of events.def; lists are words with blanks between them.
struct EventInfo {
  llvm::StringRef name;
  llvm::StringRef types;
  llvm::StringRef filters;
};

/// The words of such a list.
llvm::SmallVector<llvm::StringRef, 32> words_of(llvm::StringRef list);

llvm::ArrayRef<EventInfo> events();
/// The event of that name in GitHub's or in the author's words (`manual`, `call`), or null.
const EventInfo* find_event(llvm::StringRef name);
/// An activity type as written, with or without quotes.
llvm::StringRef written_type(const ast::Expression& type);

}  // namespace sluice::check

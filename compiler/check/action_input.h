#pragma once
#include <llvm/ADT/STLFunctionalExtras.h>

#include "check/expression_checker.h"

/// What an `action` declares.
namespace sluice::check {

/// The text of a string without holes; else nothing.
llvm::StringRef literal(const Expression* value);

/// The declared statements of that word that have a name: inputs or outputs.
void each_of(Word word, const Symbol& action, llvm::function_ref<void(const Statement&)> visit);

/// The input of that name, in whatever case, as GitHub has it; or null.
const Statement* input_of(const Symbol& action, llvm::StringRef name);

/// Names of the inputs that are not deprecated.
llvm::SmallVector<llvm::StringRef, 16> inputs_of(const Symbol& action);

/// `shown` is what the author called the action.
void report_deprecated_input(const ast::Name& given, llvm::StringRef shown, const Symbol& action,
                             diagnostics::Sink& sink);
void report_deprecated_action(Span span, llvm::StringRef shown, const Symbol& action, diagnostics::Sink& sink);

}  // namespace sluice::check

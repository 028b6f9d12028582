#include "check/plain.h"

namespace sluice::check {
namespace {

using ast::Expression;

DIAGNOSTIC(MisplacedStatusFunction, "`{}()` is known in conditions only");

bool is_status_function(llvm::StringRef name) {
  return name.equals_insensitive("success") || name.equals_insensitive("failure") ||
         name.equals_insensitive("always") || name.equals_insensitive("cancelled");
}

void refuse(const Expression& expression, diagnostics::Sink& sink) {
  if (expression.kind == Expression::Kind::call && expression.operands[0]->kind == Expression::Kind::name &&
      is_status_function(expression.operands[0]->text)) {
    sink.report<MisplacedStatusFunction>(expression.span, std::string_view(expression.operands[0]->text))
        .help("write a `when`, or ask a stage or a step how it ended: `NAME.result`");
    return;
  }
  for (const Expression* operand : expression.operands) refuse(*operand, sink);
  for (const ast::StringPart& part : expression.parts)
    if (part.hole) refuse(*part.hole, sink);
}

}  // namespace

void check_status_functions(const ast::Statement& statement, diagnostics::Sink& sink) {
  // A `let` may be a part of a condition; what is decided at compile time is told to be too late.
  bool condition = statement.word == ast::Word::when || statement.word == ast::Word::let ||
                   statement.word == ast::Word::if_ || statement.word == ast::Word::invalid;
  if (!condition) {
    for (const Expression* value : statement.values) refuse(*value, sink);
    bool apart = statement.values.empty() && statement.value && statement.word != ast::Word::call;
    if (apart) refuse(*statement.value, sink);
    if (statement.word == ast::Word::call && statement.value)
      for (const Expression* operand : statement.value->operands.drop_front()) refuse(*operand, sink);
  }
  if (statement.title) refuse(*statement.title, sink);
  if (!statement.block) return;
  for (const ast::Item& item : statement.block->items)
    if (item.entry) refuse(*item.entry->value, sink);
}

}  // namespace sluice::check

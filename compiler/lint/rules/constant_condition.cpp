// What: A `when` or an `if` holds nothing but values that are written out.
//
// Why: What stands behind it always runs, or never: a check that was switched off for a while, or a forgotten one.
//
// Example:
//     stage test when true { run "make test" }
//
// Instead:
//     stage test { run "make test" }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(ConstantCondition, "this condition is always the same");

// Whether the value of an expression follows from its literals alone.
bool is_constant(const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::invalid:
    case Expression::Kind::name:
    case Expression::Kind::wildcard: return false;
    case Expression::Kind::string:
      return std::all_of(expression.parts.begin(), expression.parts.end(),
                         [](const ast::StringPart& part) { return !part.hole || is_constant(*part.hole); });
    case Expression::Kind::call: {
      llvm::StringRef callee = expression.operands[0]->text;
      bool pure = callee == "contains" || callee == "startsWith" || callee == "endsWith" || callee == "format" ||
                  callee == "join" || callee == "toJSON" || callee == "fromJSON";
      return pure && std::all_of(expression.operands.begin() + 1, expression.operands.end(),
                                 [](const Expression* operand) { return is_constant(*operand); });
    }
    default:
      return std::all_of(expression.operands.begin(), expression.operands.end(),
                         [](const Expression* operand) { return is_constant(*operand); });
  }
}

}  // namespace

void constant_condition(Context& context) {
  for (const Node& node : context.nodes) {
    const Statement& one = *node.statement;
    const Expression* condition =
        one.word == Word::when || one.word == Word::if_ ? one.value : one.clause(ast::Clause::when);
    if (!condition) continue;
    if (is_constant(*condition))
      context.sink.report<ConstantCondition>(condition->span).help("take the condition out, or what it guards");
  }
}

}  // namespace sluice::lint

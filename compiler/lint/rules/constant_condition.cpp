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

}  // namespace

void constant_condition(Context& context) {
  for (const Node& node : context.nodes) {
    const Statement& one = *node.statement;
    const Expression* condition =
        one.word == Word::when || one.word == Word::if_ ? one.value : one.clause(ast::Clause::when);
    if (!condition) continue;
    bool constant = true;
    each_expression(*condition, [&](const Expression& part) {
      constant = constant && part.kind != Expression::Kind::name && part.kind != Expression::Kind::call;
    });
    if (constant)
      context.sink.report<ConstantCondition>(condition->span).help("take the condition out, or what it guards");
  }
}

}  // namespace sluice::lint

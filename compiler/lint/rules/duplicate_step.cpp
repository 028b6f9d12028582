// What: A script stands twice, one behind the other, in the same block.
//
// Why: It runs twice and costs twice; mostly a line that was copied and never changed.
//
// Example:
//     run "make test"
//     run "make test"
//
// Instead:
//     run "make test"
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(DuplicateStep, "the same script ran just before");

}  // namespace

void duplicate_step(Context& context) {
  const Statement* before = nullptr;
  std::size_t parent = 0;
  for (const Node& node : context.nodes) {
    const Statement& one = *node.statement;
    bool same = before && one.word == Word::run && parent == node.parent && !one.block && !before->block &&
                context.source(one.header) == context.source(before->header);
    if (same) {
      auto told = context.sink.report<DuplicateStep>(one.header);
      told.note(before->header, "the first").help("take one of them out, or use `retry`");
    }
    // A nested statement in between is of another block, and ends the row.
    before = one.word == Word::run ? &one : nullptr;
    parent = node.parent;
  }
}

}  // namespace sluice::lint

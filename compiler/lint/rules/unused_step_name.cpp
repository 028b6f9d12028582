// What: A step has a name and outputs, but nothing reads one of them.
//
// Why: The step works them out, and GitHub keeps them, for nobody.
//
// Example:
//     step version {
//       run """echo number=1.2 >> "$GITHUB_OUTPUT""""
//       output number: string
//     }
//     run "make"
//
// Instead:
//     step version {
//       run """echo number=1.2 >> "$GITHUB_OUTPUT""""
//       output number: string
//     }
//     run "make VERSION=${{ version.number }}"
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UnusedStepName, "nothing reads what `{}` gives");

}  // namespace

void unused_step_name(Context& context) {
  context.each(Word::step, [&](const Statement& step, std::size_t index) {
    bool inside = context.nodes[index].parent != SIZE_MAX && context.around(index, Word::stage);
    if (!inside || !step.name || !step.block || context.mentions(step.name.text)) return;
    bool gives = false;
    for (const ast::Item& item : step.block->items)
      gives = gives || (item.statement && item.statement->word == Word::output);
    if (gives)
      context.sink.report<UnusedStepName>(step.name.span, std::string_view(step.name.text))
          .help("read an output of it, or take them and the name out");
  });
}

}  // namespace sluice::lint

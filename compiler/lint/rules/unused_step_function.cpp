// What: A `step` of the file is called nowhere in it, and the file is no module.
//
// Why: It looks as if the pipeline did it.
//
// Example:
//     step greet() { run "echo hello" }
//     pipeline ci {
//       on push
//       stage test { run "make test" }
//     }
//
// Instead:
//     step greet() { run "echo hello" }
//     pipeline ci {
//       on push
//       stage test {
//         greet()
//         run "make test"
//       }
//     }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UnusedStepFunction, "nothing calls `{}`");

}  // namespace

void unused_step_function(Context& context) {
  if (!context.is_program()) return;
  context.each(Word::step, [&](const Statement& step, std::size_t index) {
    if (context.nodes[index].parent != SIZE_MAX || context.mentions(step.name.text)) return;
    context.sink.report<UnusedStepFunction>(step.name.span, std::string_view(step.name.text))
        .help("call it, or take it out");
  });
}

}  // namespace sluice::lint

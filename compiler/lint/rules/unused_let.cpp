// What: A `let` is read nowhere in its file.
//
// Why: Names that mean nothing hide those that do, and a value that is changed there changes nothing.
//
// Example:
//     let python = "3.11"
//     pipeline ci {
//       on push
//       stage test { run "make test" }
//     }
//
// Instead:
//     pipeline ci {
//       on push
//       stage test { run "make test" }
//     }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UnusedLet, "nothing reads `{}`");

}  // namespace

void unused_let(Context& context) {
  context.each(Word::let, [&](const Statement& one, std::size_t index) {
    if (context.nodes[index].parent == SIZE_MAX && !context.is_program()) return;
    if (context.mentions(one.name.text)) return;
    auto told = context.sink.report<UnusedLet>(one.name.span, std::string_view(one.name.text));
    // The step behind it runs all the same.
    auto call = one.value ? context.program.calls.find(one.value) : context.program.calls.end();
    if (call != context.program.calls.end() && call->second.callee->kind == check::Symbol::Kind::step_function) {
      told.help("call the step without it").fix({one.span.begin, one.value->span.begin}, "");
      return;
    }
    told.help("take it out");
    if (Span lines = context.lines_of(one); lines.known()) told.fix(lines, "");
  });
}

}  // namespace sluice::lint

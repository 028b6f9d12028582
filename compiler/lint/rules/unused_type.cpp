// What: A type is named, and no other declaration of a file with a pipeline is of that type.
//
// Why: It looks as if something were held to it, and nothing is.
//
// Example:
//     type severity = enum("critical", "low")
//     pipeline ci {
//       on manual { input level: string }
//       stage test { run "make ${{ inputs.level }}" }
//     }
//
// Instead:
//     type severity = enum("critical", "low")
//     pipeline ci {
//       on manual { input level: severity }
//       stage test { run "make ${{ inputs.level }}" }
//     }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UnusedType, "nothing is of the type `{}`");

}  // namespace

void unused_type(Context& context) {
  if (!context.is_program()) return;
  context.each(Word::type, [&](const Statement& one, std::size_t) {
    if (context.mentions(one.name.text)) return;
    auto told = context.sink.report<UnusedType>(one.name.span, std::string_view(one.name.text));
    told.help("take it out, or write it where it holds");
    if (Span lines = context.lines_of(one); lines.known()) told.fix(lines, "");
  });
}

}  // namespace sluice::lint

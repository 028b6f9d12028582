// What: An input of a trigger is read nowhere in its file.
//
// Why: Who starts the pipeline fills it in and believes that it matters.
//
// Example:
//     on manual { input version: string }
//     stage test { run "make test" }
//
// Instead:
//     on manual { input version: string }
//     stage test { run "make test VERSION=${{ inputs.version }}" }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UnusedInput, "nothing reads the input `{}`");

}  // namespace

void unused_input(Context& context) {
  context.each(Word::input, [&](const Statement& one, std::size_t index) {
    if (!context.around(index, Word::on) || context.takes_whole("inputs")) return;
    if (context.mentions(one.name.text)) return;
    auto told = context.sink.report<UnusedInput>(one.name.span, std::string_view(one.name.text));
    told.help("take it out");
  });
}

}  // namespace sluice::lint

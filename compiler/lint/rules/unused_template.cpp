// What: A template of stages or services, a typed action, a strategy, a target or an interface is used nowhere in a
// file with a pipeline.
//
// Why: It is read, kept and changed with care, and nothing runs it. In a file without a pipeline it is for those who
// use the file.
//
// Example:
//     stage deploy-to(region: string) { run "./deploy ${{ region }}" }
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

DIAGNOSTIC(UnusedTemplate, "nothing uses the {} `{}`");

}  // namespace

void unused_template(Context& context) {
  if (!context.is_program()) return;
  for (const Node& node : context.nodes) {
    const Statement& one = *node.statement;
    bool declares = one.word == Word::stage || one.word == Word::service || one.word == Word::action ||
                    one.word == Word::strategy || one.word == Word::target || one.word == Word::interface;
    if (!declares || node.parent != SIZE_MAX || context.mentions(one.name.text)) continue;
    auto told = context.sink.report<UnusedTemplate>(one.name.span, std::string_view(one.keyword.text),
                                                    std::string_view(one.name.text));
    told.help("take it out, or use it");
    if (Span lines = context.lines_of(one); lines.known()) told.fix(lines, "");
  }
}

}  // namespace sluice::lint

// What: A secret is declared and read nowhere in its file.
//
// Why: What is declared is asked for: a run here stops without it, and a reviewer believes that something needs
// it.
//
// Example:
//     secret DEPLOY_KEY
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

DIAGNOSTIC(UnusedSecret, "nothing reads the secret `{}`");

}  // namespace

void unused_secret(Context& context) {
  context.each(Word::secret, [&](const Statement& one, std::size_t index) {
    (void)index;
    if (!context.is_program()) return;
    if (context.mentions(one.name.text)) return;
    auto told = context.sink.report<UnusedSecret>(one.name.span, std::string_view(one.name.text));
    told.help("take it out");
    if (Span lines = context.lines_of(one); lines.known()) told.fix(lines, "");
  });
}

}  // namespace sluice::lint

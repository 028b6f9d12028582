// What: An environment is declared, and no stage works in it.
//
// Why: Its secrets and rules protect nothing.
//
// Example:
//     environment staging { url "https://staging.example.com" }
//     pipeline ci {
//       on push
//       stage deploy { run "./deploy" }
//     }
//
// Instead:
//     environment staging { url "https://staging.example.com" }
//     pipeline ci {
//       on push
//       concurrency "staging"
//       stage deploy in staging { run "./deploy" }
//     }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UnusedEnvironment, "no stage works in `{}`");

}  // namespace

void unused_environment(Context& context) {
  context.each(Word::environment, [&](const Statement& one, std::size_t index) {
    (void)index;
    if (!context.is_program()) return;
    if (context.mentions(one.name.text)) return;
    auto told = context.sink.report<UnusedEnvironment>(one.name.span, std::string_view(one.name.text));
    told.help("take it out");
  });
}

}  // namespace sluice::lint

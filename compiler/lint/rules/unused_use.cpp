// What: A `use` brings in a module of which nothing is used.
//
// Why: The module is read and checked for nothing, and a reader looks for what it is there for.
//
// Example:
//     use std.python
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

DIAGNOSTIC(UnusedUse, "nothing of `{}` is used");

StringRef name_of(const Context& context, const Statement* use) {
  for (const auto& entry : context.program.main().names)
    if (entry.second->kind == check::Symbol::Kind::module && entry.second->statement == use) return entry.first();
  return {};
}

}  // namespace

void unused_use(Context& context) {
  context.each(Word::use, [&](const Statement& use, std::size_t) {
    for (const check::Use& one : context.program.uses) {
      if (one.statement != &use || one.owner != &context.program.main()) continue;
      StringRef name = name_of(context, &use);
      if (name.empty() || context.mentions(name)) return;
      auto told = context.sink.report<UnusedUse>(use.header, name.str());
      told.help("take it out");
      if (Span lines = context.lines_of(use); lines.known()) told.fix(lines, "");
    }
  });
}

}  // namespace sluice::lint

// What: `// allow(rule)` stands where the rule has nothing to say.
//
// Why: What it allowed is mended or moved; left there, it would hide the next mistake.
//
// Example:
//     // allow(unused-let) for later
//     run "make"
//
// Instead:
//     run "make"
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UnusedAllow, "`{}` says nothing here");

}  // namespace

void unused_allow(Context& context) {
  for (const Allow& allow : context.allows)
    if (!allow.used) context.sink.report<UnusedAllow>(allow.span, std::string_view(allow.rule)).help("take it out");
}

}  // namespace sluice::lint

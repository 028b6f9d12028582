// What: `// allow(rule)` says nothing behind the bracket.
//
// Why: Who reads it later cannot tell whether the reason still holds.
//
// Example:
//     on pull_request_target  // allow(dangerous-trigger)
//
// Instead:
//     on pull_request_target  // allow(dangerous-trigger) only sets labels, nothing is checked out
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(AllowWithoutReason, "there is no reason why `{}` is allowed");

}  // namespace

void allow_without_reason(Context& context) {
  for (const Allow& allow : context.allows)
    if (allow.reason.empty())
      context.sink.report<AllowWithoutReason>(allow.span, std::string_view(allow.rule))
          .help("write it behind the bracket: `// allow({}) because …`", std::string_view(allow.rule));
}

}  // namespace sluice::lint

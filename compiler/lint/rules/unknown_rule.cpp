// What: `// allow(…)` names a rule that does not exist.
//
// Why: It allows nothing; the rule that was meant still speaks, or will.
//
// Example:
//     run "true"  // allow(unused-lte) for later
//
// Instead:
//     run "true"
#include "diagnostics/nearest.h"
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UnknownRule, "there is no rule `{}`");

using diagnostics::Kind;

constexpr Kind kinds[] = {
#define LINT_RULE(name, function, title) Kind::name,
#include "diagnostics/rules.def"
};

}  // namespace

void unknown_rule(Context& context) {
  llvm::SmallVector<std::string, 48> names;
  for (Kind kind : kinds) names.push_back(diagnostics::code(kind));
  llvm::SmallVector<StringRef, 48> known(names.begin(), names.end());
  for (Allow& allow : context.allows) {
    if (std::find(names.begin(), names.end(), allow.rule) != names.end()) continue;
    // One mistake, one message.
    allow.used = true;
    auto told = context.sink.report<UnknownRule>(allow.span, std::string_view(allow.rule));
    StringRef near = diagnostics::nearest(allow.rule, known);
    if (near.empty())
      told.help("`sluice explain` lists them");
    else
      told.help("did you mean `{}`?", std::string_view(near)).fix(allow.span, near.str());
  }
}

}  // namespace sluice::lint

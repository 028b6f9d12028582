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

// With the blanks before it, and with its line where it has one for itself.
Span removal(const Context& context, Span comment) {
  StringRef text = context.file.source->text;
  std::size_t begin = comment.begin - context.file.source->base, end = comment.end - context.file.source->base;
  while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t')) --begin;
  if ((begin == 0 || text[begin - 1] == '\n') && end < text.size()) ++end;
  return context.file.source->span(begin, end);
}

}  // namespace

void unused_allow(Context& context) {
  for (const Allow& allow : context.allows) {
    if (allow.used) continue;
    auto told = context.sink.report<UnusedAllow>(allow.span, std::string_view(allow.rule));
    told.help("take it out");
    if (!allow.several) told.fix(removal(context, allow.comment), "");
  }
}

}  // namespace sluice::lint

// What: A stage asks for `write` and no `///` says why.
//
// Why: A token that may write is what an attacker looks for. The reason goes into the workflow behind the
// permission, and tells a reviewer when it can go.
//
// Example:
//     permissions { contents: write }
//
// Instead:
//     permissions {
//       contents: write  /// to push the tag
//     }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(WriteWithoutReason, "`{}: write` has no reason");

}  // namespace

void write_without_reason(Context& context) {
  context.each(Word::permissions, [&](const Statement& permissions, std::size_t) {
    if (!permissions.block || !permissions.documentation.empty()) return;
    for (const ast::Item& item : permissions.block->items) {
      if (!item.entry || item.entry->value->text != "write" || !item.entry->documentation.empty()) continue;
      context.sink.report<WriteWithoutReason>(item.entry->span, std::string_view(item.entry->key.text))
          .help("write the reason behind it: `{}: write  /// to …`", std::string_view(item.entry->key.text));
    }
  });
}

}  // namespace sluice::lint

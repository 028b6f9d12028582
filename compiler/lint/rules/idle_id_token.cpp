// What: A stage asks for `id-token: write`, but calls no action and no script of it asks for the token.
//
// Why: With it every step of the stage can log in to what trusts this repository.
//
// Example:
//     stage build {
//       permissions {
//         id-token: write  /// for the cloud
//       }
//       run "make"
//     }
//
// Instead:
//     stage build { run "make" }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(IdleIdToken, "nothing in this stage takes the token that `id-token: write` gives");

// Actions and the library's steps may; a script that does reads ACTIONS_ID_TOKEN_REQUEST_URL.
bool takes_token(const Context& context, std::size_t stage) {
  for (std::size_t i = stage; i < context.end_of(stage); ++i) {
    const Statement& one = *context.nodes[i].statement;
    bool calls = one.word == Word::uses || one.word == Word::artifact;
    if (one.word == Word::call && one.value) calls = !context.source(one.value->span).startswith("checkout(");
    if (calls || (one.word == Word::run && context.source(one.span).contains("ACTIONS_ID_TOKEN"))) return true;
  }
  return false;
}

}  // namespace

void idle_id_token(Context& context) {
  context.each(Word::permissions, [&](const Statement& permissions, std::size_t index) {
    std::size_t stage = context.nodes[index].parent;
    bool of_stage = stage != SIZE_MAX && context.nodes[stage].statement->word == Word::stage;
    if (!permissions.block || !of_stage || takes_token(context, stage)) return;
    for (const ast::Item& item : permissions.block->items)
      if (item.entry && item.entry->key.text == "id-token" && item.entry->value->text == "write")
        context.sink.report<IdleIdToken>(item.entry->span).help("take it out");
  });
}

}  // namespace sluice::lint

// What: A pipeline that starts on tags or releases restores a cache.
//
// Why: A cache is shared with less trusted runs: who can fill it puts files into the release, and no review sees
// them.
//
// Example:
//     on release { types published }
//     stage publish { uses "actions/cache@v6" { with { path: "node_modules", key: "deps" } } }
//
// Instead:
//     on release { types published }
//     stage publish { run "npm ci" }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(CacheInRelease, "what this cache gives goes into a release");

bool publishes(const Statement& pipeline) {
  for (const ast::Item& item : pipeline.block->items) {
    if (!item.statement || item.statement->word != Word::on) continue;
    if (item.statement->name.text == "release") return true;
    if (!item.statement->block) continue;
    for (const ast::Item& filter : item.statement->block->items)
      if (filter.statement && filter.statement->word == Word::tags) return true;
  }
  return false;
}

}  // namespace

void cache_in_release(Context& context) {
  context.each(Word::uses, [&](const Statement& uses, std::size_t index) {
    const Statement* pipeline = context.around(index, Word::pipeline);
    if (!pipeline || !uses.value || !publishes(*pipeline)) return;
    StringRef action = StringRef(context.source(uses.value->span)).trim('"');
    if (action.startswith("actions/cache@") || action.startswith("actions/cache/restore@"))
      context.sink.report<CacheInRelease>(uses.value->span)
          .help("fetch anew what is published, or publish from another pipeline");
  });
}

}  // namespace sluice::lint

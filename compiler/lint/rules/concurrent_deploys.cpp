// What: A stage works in an environment without a `lock`, and neither it nor its pipeline has a `concurrency` group.
//
// Why: Two pushes deploy at the same time, and the older one may end last: what is live is not what was pushed
// last.
//
// Example:
//     stage deploy in production { run "./deploy" }
//
// Instead:
//     stage deploy in production {
//       concurrency "production"
//       run "./deploy"
//     }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(ConcurrentDeploys, "two runs of `{}` can deploy at the same time");

bool has_group(const Statement& statement) {
  for (const ast::Item& item : statement.block->items)
    if (item.statement && item.statement->word == Word::concurrency) return true;
  return false;
}

bool is_locked(const Context& context, StringRef environment) {
  bool locked = false;
  context.each(Word::environment, [&](const Statement& declared, std::size_t) {
    if (declared.name.text != environment || !declared.block) return;
    for (const ast::Item& item : declared.block->items) locked |= item.statement && item.statement->word == Word::lock;
  });
  return locked;
}

}  // namespace

void concurrent_deploys(Context& context) {
  context.each(Word::stage, [&](const Statement& stage, std::size_t index) {
    const Statement* pipeline = context.around(index, Word::pipeline);
    const Expression* environment = stage.clause(ast::Clause::in);
    if (!environment || !pipeline || has_group(stage) || has_group(*pipeline)) return;
    // What another file declares is not seen from here.
    if (environment->kind == Expression::Kind::member || is_locked(context, environment->text)) return;
    context.sink.report<ConcurrentDeploys>(stage.name.span, std::string_view(stage.name.text))
        .help("add `concurrency \"…\"` to it or to the pipeline, or `lock` to the environment");
  });
}

}  // namespace sluice::lint

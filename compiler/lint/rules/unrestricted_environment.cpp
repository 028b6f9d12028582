// What: A stage that pull requests start works, without a condition, in an environment that holds secrets.
//
// Why: A pull request changes what the stage runs, so whoever may push a branch has the environment's secrets.
//
// Example:
//     environment production { secret DEPLOY_KEY }
//     pipeline ci {
//       on push { branches "main" }
//       on pull_request
//       stage deploy in production { run "./deploy" { env { KEY: secrets.DEPLOY_KEY } } }
//     }
//
// Instead:
//     stage deploy in production when github.ref == "refs/heads/main" {
//       run "./deploy" { env { KEY: secrets.DEPLOY_KEY } }
//     }

#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(UnrestrictedEnvironment, "a pull request reaches the secrets of `{}`");

bool on_pull_requests(const Statement& pipeline) {
  for (const ast::Item& item : pipeline.block->items)
    if (item.statement && item.statement->word == Word::on && item.statement->name.text.startswith("pull_request"))
      return true;
  return false;
}

bool holds_secret(const Statement& environment) {
  if (!environment.block) return false;
  for (const ast::Item& item : environment.block->items)
    if (item.statement && item.statement->word == Word::secret) return true;
  return false;
}

}  // namespace

void unrestricted_environment(Context& context) {
  context.each(Word::stage, [&](const Statement& stage, std::size_t index) {
    const Statement* pipeline = context.around(index, Word::pipeline);
    const Expression* in = stage.clause(ast::Clause::in);
    if (!pipeline || !in || stage.clause(ast::Clause::when) || !on_pull_requests(*pipeline)) return;
    context.each(Word::environment, [&](const Statement& environment, std::size_t) {
      if (environment.name.text != in->text || !holds_secret(environment)) return;
      context.sink.report<UnrestrictedEnvironment>(in->span, std::string_view(in->text))
          .note(environment.name.span, "declared here, with secrets")
          .help("give the stage a `when`, such as `when github.ref == \"refs/heads/main\"`");
    });
  });
}

}  // namespace sluice::lint

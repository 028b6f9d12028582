// What: A condition compares `github.actor` or `github.triggering_actor` with a bot's name.
//
// Why: The actor is who caused the last event, not who wrote the commits: an outsider who makes a bot act on their
// branch (a rebase, a re-run) passes the check.
//
// Example:
//     stage merge when github.actor == "dependabot[bot]" { run "./merge" }
//
// Instead:
//     stage merge when github.event.pull_request.user.login == "dependabot[bot]" { run "./merge" }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(BotActorCheck, "`{}` is who acted last, not who wrote the change");

}  // namespace

void bot_actor_check(Context& context) {
  for (const Node& node : context.nodes)
    each_expression(*node.statement, [&](const Expression& one) {
      bool compares =
          one.kind == Expression::Kind::binary && (one.op == ast::Operator::equal || one.op == ast::Operator::unequal);
      if (!compares) return;
      for (int side : {0, 1}) {
        const Expression& actor = *one.operands[static_cast<std::size_t>(side)];
        const Expression& bot = *one.operands[static_cast<std::size_t>(1 - side)];
        if (!is_path(actor, "github", "actor") && !is_path(actor, "github", "triggering_actor")) continue;
        if (!StringRef(constant_text(bot)).endswith("[bot]")) continue;
        context.sink.report<BotActorCheck>(one.span, context.source(actor.span).str())
            .help("compare `github.event.pull_request.user.login`, who opened it");
      }
    });
}

}  // namespace sluice::lint

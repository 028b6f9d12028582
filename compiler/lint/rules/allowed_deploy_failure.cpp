// What: A stage works in an environment and has `allow-failure`.
//
// Why: The run is green and the stages behind it go on, while the deployment is half done.
//
// Example:
//     stage deploy in production {
//       allow-failure
//       run "./deploy"
//     }
//
// Instead:
//     stage deploy in production { run "./deploy" }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(AllowedDeployFailure, "the deployment `{}` may fail and nobody is told");

}  // namespace

void allowed_deploy_failure(Context& context) {
  context.each(Word::allow_failure, [&](const Statement& allow, std::size_t index) {
    std::size_t parent = context.nodes[index].parent;
    if (parent == SIZE_MAX || context.nodes[parent].statement->word != Word::stage) return;
    const Statement& stage = *context.nodes[parent].statement;
    if (stage.clause(ast::Clause::in))
      context.sink.report<AllowedDeployFailure>(allow.keyword.span, std::string_view(stage.name.text))
          .help("take it out; what is only a wish can be a stage of its own");
  });
}

}  // namespace sluice::lint

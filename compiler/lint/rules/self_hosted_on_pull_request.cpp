// What: A pipeline that starts on pull requests runs on a machine of yours.
//
// Why: What a pull request changes is what runs: its author gets a shell on the machine, and what is left there
// waits for the next job.
//
// Example:
//     pipeline ci {
//       on pull_request
//       runs-on "self-hosted"
//       stage test { run "make test" }
//     }
//
// Instead:
//     pipeline ci {
//       on pull_request
//       runs-on "ubuntu-24.04"
//       stage test { run "make test" }
//     }
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(SelfHostedOnPullRequest, "a pull request decides what runs on this machine");

bool on_pull_requests(const Statement& pipeline) {
  for (const ast::Item& item : pipeline.block->items)
    if (item.statement && item.statement->word == Word::on && item.statement->name.text.startswith("pull_request"))
      return true;
  return false;
}

}  // namespace

void self_hosted_on_pull_request(Context& context) {
  context.each(Word::runs_on, [&](const Statement& runs_on, std::size_t index) {
    const Statement* pipeline = context.around(index, Word::pipeline);
    if (!pipeline || !on_pull_requests(*pipeline)) return;
    for (const Expression* label : runs_on.values)
      if (constant_text(*label) == "self-hosted")
        context.sink.report<SelfHostedOnPullRequest>(label->span)
            .help("run pull requests on GitHub's machines, or start this pipeline on `push` alone");
  });
}

}  // namespace sluice::lint

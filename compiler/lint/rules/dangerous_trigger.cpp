// What: A pipeline starts on `pull_request_target` or `workflow_run`.
//
// Why: Both run with the repository's secrets and a token that may write, on an event that anybody with an account
// can cause. One checkout of the pull request's head, one of its artifacts or one of its titles in the wrong place
// is enough to lose them.
//
// Example:
//     on pull_request_target { types opened }
//
// Instead:
//     on pull_request
//
//     // or, where only metadata is read and nothing of the pull request is checked out:
//     on pull_request_target { types opened }  // allow(dangerous-trigger) only sets labels
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(DangerousTrigger, "`{}` gives an outsider's event the repository's secrets");

}  // namespace

void dangerous_trigger(Context& context) {
  context.each(Word::on, [&](const Statement& on, std::size_t) {
    if (on.name.text != "pull_request_target" && on.name.text != "workflow_run") return;
    context.sink.report<DangerousTrigger>(on.name.span, std::string_view(on.name.text))
        .help(
            "start on `pull_request`, or say with `// allow(dangerous-trigger) reason` why nothing of the outsider is "
            "used");
  });
}

}  // namespace sluice::lint

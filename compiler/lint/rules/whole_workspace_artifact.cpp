// What: The whole workspace is kept as an artifact.
//
// Why: Whoever can read the run gets all of it: `.git` with what a checkout left there, keys and files that steps
// wrote on the way.
//
// Example:
//     artifact all = upload(".")
//
// Instead:
//     artifact package = upload("dist")
#include "lint/rules.h"

namespace sluice::lint {
namespace {

DIAGNOSTIC(WholeWorkspaceArtifact, "this keeps everything that lies in the workspace");

}  // namespace

void whole_workspace_artifact(Context& context) {
  for (const Node& node : context.nodes)
    each_expression(*node.statement, [&](const Expression& one) {
      auto call = context.program.calls.find(&one);
      if (call == context.program.calls.end() || call->second.callee->name != "upload" ||
          call->second.arguments.empty() || !call->second.arguments[0])
        return;
      const Expression& path = *call->second.arguments[0];
      std::string text = constant_text(path);
      bool whole = text == "." || text == "./" || text == "*" || text == "**" || text == "**/*" ||
                   is_path(path, "github", "workspace");
      if (whole) context.sink.report<WholeWorkspaceArtifact>(path.span).help("name the files that somebody needs");
    });
}

}  // namespace sluice::lint

// Names that GitHub or its runner keeps for itself.
#include <llvm/ADT/STLExtras.h>

#include "check/events.h"
#include "check/plain.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(BadName, "`{}` cannot be a secret's name");
DIAGNOSTIC(ReservedName, "GitHub keeps names that begin with `GITHUB_` for itself");
DIAGNOSTIC(OverriddenVariable, "the runner gives `{}` its own value");

// docs.github.com: default environment variables. GITHUB_TOKEN is none of them, and CI can be set.
constexpr llvm::StringLiteral variables =
    "GITHUB_ACTION GITHUB_ACTION_PATH GITHUB_ACTION_REPOSITORY GITHUB_ACTIONS GITHUB_ACTOR GITHUB_ACTOR_ID "
    "GITHUB_API_URL GITHUB_BASE_REF GITHUB_ENV GITHUB_EVENT_NAME GITHUB_EVENT_PATH GITHUB_GRAPHQL_URL "
    "GITHUB_HEAD_REF GITHUB_JOB GITHUB_OUTPUT GITHUB_PATH GITHUB_REF GITHUB_REF_NAME GITHUB_REF_PROTECTED "
    "GITHUB_REF_TYPE GITHUB_REPOSITORY GITHUB_REPOSITORY_ID GITHUB_REPOSITORY_OWNER GITHUB_REPOSITORY_OWNER_ID "
    "GITHUB_RETENTION_DAYS GITHUB_RUN_ATTEMPT GITHUB_RUN_ID GITHUB_RUN_NUMBER GITHUB_SERVER_URL GITHUB_SHA "
    "GITHUB_STATE GITHUB_STEP_SUMMARY GITHUB_TRIGGERING_ACTOR GITHUB_WORKFLOW GITHUB_WORKFLOW_REF "
    "GITHUB_WORKFLOW_SHA GITHUB_WORKSPACE RUNNER_ARCH RUNNER_ENVIRONMENT RUNNER_NAME RUNNER_OS RUNNER_TEMP "
    "RUNNER_TOOL_CACHE RUNNER_WORKSPACE";

bool is_overridden(llvm::StringRef name) {
  bool near = name.startswith("GITHUB_") || name.startswith("RUNNER_");
  return near && llvm::is_contained(words_of(variables), name);
}

}  // namespace

bool is_kept_by_github(llvm::StringRef name) { return name.startswith_insensitive("GITHUB_"); }

void check_secret_name(const ast::Statement& secret, diagnostics::Sink& sink) {
  llvm::StringRef name = secret.name.text;
  if (name.equals_insensitive("GITHUB_TOKEN") && name != "GITHUB_TOKEN")
    sink.report<ReservedName>(secret.name.span)
        .help("read `secrets.GITHUB_TOKEN`, which is there without being declared");
  else if (is_kept_by_github(name) && name != "GITHUB_TOKEN")
    sink.report<ReservedName>(secret.name.span).help("give the secret another name");
  else if (name.contains('-'))
    sink.report<BadName>(secret.name.span, std::string_view(name))
        .help("GitHub's secrets have letters, digits and `_` in their names");
}

void check_variable_names(const ast::Statement& env, diagnostics::Sink& sink) {
  if (!env.block) return;
  for (const ast::Item& item : env.block->items) {
    if (!item.entry || !is_overridden(item.entry->key.text)) continue;
    sink.report<OverriddenVariable>(item.entry->key.span, std::string_view(item.entry->key.text))
        .help("give the variable another name: what is written here is lost");
  }
}

}  // namespace sluice::check

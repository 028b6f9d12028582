#include "check/contexts.h"

#include <algorithm>

namespace sluice::check {
namespace {

constexpr llvm::StringLiteral contexts[] = {"github", "inputs",   "vars", "secrets", "needs", "steps",
                                            "matrix", "strategy", "env",  "job",     "runner"};

const llvm::StringRef github_members[] = {"action",
                                          "action_path",
                                          "action_ref",
                                          "action_repository",
                                          "action_status",
                                          "actor",
                                          "actor_id",
                                          "api_url",
                                          "base_ref",
                                          "env",
                                          "event",
                                          "event_name",
                                          "event_path",
                                          "graphql_url",
                                          "head_ref",
                                          "job",
                                          "path",
                                          "ref",
                                          "ref_name",
                                          "ref_protected",
                                          "ref_type",
                                          "repository",
                                          "repository_id",
                                          "repository_owner",
                                          "repository_owner_id",
                                          "repositoryUrl",
                                          "retention_days",
                                          "run_attempt",
                                          "run_id",
                                          "run_number",
                                          "secret_source",
                                          "server_url",
                                          "sha",
                                          "token",
                                          "triggering_actor",
                                          "workflow",
                                          "workflow_ref",
                                          "workflow_sha",
                                          "workspace"};
const llvm::StringRef runner_members[] = {"arch", "debug", "environment", "name", "os", "temp", "tool_cache"};
const llvm::StringRef strategy_members[] = {"fail-fast", "job-index", "job-total", "max-parallel"};
const llvm::StringRef job_members[] = {
    "check_run_id", "container",           "services",    "status", "workflow_file_path",
    "workflow_ref", "workflow_repository", "workflow_sha"};

constexpr unsigned any_number = 255;
const BuiltinInfo functions[] = {
    {"always", 0, 0, true, false},
    {"cancelled", 0, 0, true, false},
    {"case", 3, any_number, false, false},
    {"contains", 2, 2, false, false},
    {"declassify", 1, 2, false, false},
    {"endsWith", 2, 2, false, false},
    {"failure", 0, 0, true, false},
    {"format", 1, any_number, false, false},
    {"fromJSON", 1, 1, false, false},
    {"hashFiles", 1, any_number, false, false},
    {"join", 1, 2, false, false},
    {"startsWith", 2, 2, false, false},
    {"success", 0, 0, true, false},
    {"toJSON", 1, 1, false, false},
    {"trust", 1, 2, false, false},
    {"first", 1, 1, false, true},
    {"increasing", 1, 1, false, true},
    {"keys", 1, 1, false, true},
    {"last", 1, 1, false, true},
    {"length", 1, 1, false, true},
    {"max", 1, any_number, false, true},
    {"min", 1, any_number, false, true},
    {"sum", 1, 1, false, true},
    {"values", 1, 1, false, true},
};

}  // namespace

bool is_context(llvm::StringRef name) {
  return std::find(std::begin(contexts), std::end(contexts), name) != std::end(contexts);
}

llvm::ArrayRef<llvm::StringRef> members_of(llvm::StringRef context) {
  if (context == "github") return github_members;
  if (context == "runner") return runner_members;
  if (context == "strategy") return strategy_members;
  if (context == "job") return job_members;
  return {};
}

bool takes_label(llvm::StringRef function) { return function == "declassify" || function == "trust"; }

const BuiltinInfo* builtin_function(llvm::StringRef name) {
  for (const BuiltinInfo& info : functions)
    if (info.name.equals_insensitive(name)) return &info;
  return nullptr;
}

llvm::ArrayRef<BuiltinInfo> builtin_functions() { return functions; }

}  // namespace sluice::check

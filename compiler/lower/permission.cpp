// The permissions of a stage's token: no more than its steps need, each with its reason.
#include "lower/unfolder.h"

namespace sluice::lower {

void Unfolder::add_permission(llvm::StringRef scope, llvm::StringRef access, std::string reason) {
  std::vector<graph::Permission>& permissions = current_->stage.permissions;
  graph::Access wanted = access == "write"  ? graph::Access::write
                         : access == "read" ? graph::Access::read
                                            : graph::Access::none;
  auto at = std::find_if(permissions.begin(), permissions.end(),
                         [&](const auto& permission) { return permission.scope >= scope; });
  if (at == permissions.end() || at->scope != scope) {
    permissions.insert(at, {scope.str(), wanted, std::move(reason)});
  } else if (wanted > at->access) {
    at->access = wanted;
    at->reason = std::move(reason);
  }
}

void Unfolder::add_permissions(const Statement& statement, llvm::StringRef call) {
  if (!statement.block) return;
  for (const ast::Item& item : statement.block->items) {
    if (!item.entry) continue;
    std::string reason = item.entry->documentation.str();
    if (reason.empty()) reason = statement.documentation.str();
    if (reason.empty()) reason = call.empty() ? "asked for by the stage" : "needed by " + call.str();
    add_permission(item.entry->key.text, item.entry->value->text, std::move(reason));
  }
}

}  // namespace sluice::lower

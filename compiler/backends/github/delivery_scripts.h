#pragma once
#include <string>
#include <string_view>

namespace sluice::github {

/// What the jobs of delivery run in bash. Each says in its first lines what it reads: variables of the step's `env`.
extern const std::string_view votes_script, clock_script, fence_script, undone_script, asked_script, expired_script,
    clear_script;

/// Asks whether no other run has deployed to ENVIRONMENT since, and says which of the rollbacks are due:
/// `undo-1=true` … for each whose READY_<number> is so. `asks`: there is an environment; `reads`: LOST is `true`
/// where what they read is lost.
struct RollbackScript {
  std::size_t rollbacks = 1;
  std::string_view ready;  ///< the end of a test: `== true`
  bool asks = true, reads = false;
};
std::string rollback_script(const RollbackScript& options);

}  // namespace sluice::github

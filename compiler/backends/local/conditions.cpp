#include "backends/local/planner.h"

namespace sluice::local {

runtime::Conditions plan_conditions(const graph::Conditions& conditions) {
  runtime::Conditions result;
  for (const graph::Approval& one : conditions.approvals)
    result.approvals.push_back({one.count, one.who, one.not_author, one.not_starter});
  result.confirm = conditions.confirm;
  result.expires = conditions.expires;
  result.wait = conditions.wait;
  for (const graph::Window& one : conditions.windows) result.windows.push_back({one.times, one.zone});
  for (const graph::Freeze& one : conditions.freezes)
    result.freezes.push_back({one.from, one.to, one.zone, one.because});
  return result;
}

}  // namespace sluice::local

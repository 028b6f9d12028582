#include <fmt/format.h>

#include <algorithm>

#include "changes/comparison.h"

namespace sluice::changes {
namespace {

int people(const Json& gate) {
  int sum = 0;
  for (const Json& one : at(gate, "approvals")) sum += at(one, "count").is_number() ? at(one, "count").get<int>() : 1;
  return sum;
}

std::set<std::string> named(const Json& gate) {
  std::set<std::string> names;
  for (const Json& one : at(gate, "approvals"))
    for (const Json& who : at(one, "of")) names.insert(shown(who));
  return names;
}

std::size_t count_of(const Json& gate, const char* flag) {
  const Json& approvals = at(gate, "approvals");
  return static_cast<std::size_t>(
      std::count_if(approvals.begin(), approvals.end(), [&](const Json& one) { return !at(one, flag).is_null(); }));
}

bool holds_all(const std::set<std::string>& more, const std::set<std::string>& less) {
  return std::ranges::includes(more, less);
}

}  // namespace

void Comparison::compare_gate(const Json& before, const Json& now) {
  const Json &old = at(before, "gate"), &gate = at(now, "gate");
  if (old == gate) return;
  if (gate.is_null()) return add(Severity::weakens, "gate-removed", "it was a gate, and asks nothing any more");
  if (old.is_null()) return add(Severity::harmless, "gate-added", "it is a gate now");
  compare_approvals(old, gate);
  compare_calendar(old, gate);
  for (const Json& text : at(old, "confirm")) {
    bool kept = std::find(at(gate, "confirm").begin(), at(gate, "confirm").end(), text) != at(gate, "confirm").end();
    if (!kept) add(Severity::weakens, "confirm-removed", fmt::format("nobody confirms \"{}\" any more", shown(text)));
  }
  if (at(gate, "confirm").size() > at(old, "confirm").size())
    add(Severity::harmless, "confirm-added", "there is more to confirm");
}

void Comparison::compare_approvals(const Json& before, const Json& now) {
  int was = people(before), is = people(now);
  if (is == 0 && was > 0) return add(Severity::weakens, "approval-removed", "nobody approves it any more");
  if (is != was)
    add(is < was ? Severity::weakens : Severity::harmless, "approval-count",
        fmt::format("{} approve{} it, was {}", is == 1 ? "one person" : fmt::format("{} people", is),
                    is == 1 ? "s" : "", was));
  std::set<std::string> old_names = named(before), names = named(now);
  if (old_names != names) {
    bool fewer = holds_all(old_names, names);
    add(fewer ? Severity::harmless : Severity::weakens, "approvers-changed",
        fmt::format("who may approve: {}, was {}", fmt::join(names, ", "), fmt::join(old_names, ", ")));
  }
  for (auto [flag, who] : {std::pair("not_author", "authors"), std::pair("not_starter", "whoever started the run")}) {
    if (count_of(now, flag) < count_of(before, flag))
      add(Severity::weakens, "approval-exclusion", fmt::format("{} may approve it now", who));
    if (count_of(now, flag) > count_of(before, flag))
      add(Severity::harmless, "approval-exclusion", fmt::format("{} may not approve it any more", who));
  }
}

void Comparison::compare_calendar(const Json& before, const Json& now) {
  const Json &old_wait = at(before, "wait"), &wait = at(now, "wait");
  auto seconds = [](const Json& value) { return value.is_number() ? value.get<std::int64_t>() : 0; };
  if (old_wait != wait)
    add(seconds(wait) < seconds(old_wait) ? Severity::weakens : Severity::harmless, "wait-changed",
        fmt::format("it waits {}s, was {}s", seconds(wait), seconds(old_wait)));
  if (at(before, "expires") != at(now, "expires"))
    add(Severity::changes, "expiry-changed",
        fmt::format("it expires after {}, was {}", shown(at(now, "expires")), shown(at(before, "expires"))));
  const Json &old_windows = at(before, "windows"), &windows = at(now, "windows");
  if (old_windows != windows) {
    bool narrower = old_windows.is_null();
    add(narrower            ? Severity::harmless
        : windows.is_null() ? Severity::weakens
                            : Severity::changes,
        "window-changed", fmt::format("its windows: {}, was {}", shown(windows), shown(old_windows)));
  }
  for (const Json& freeze : at(before, "freezes"))
    if (std::find(at(now, "freezes").begin(), at(now, "freezes").end(), freeze) == at(now, "freezes").end())
      add(Severity::weakens, "freeze-removed", fmt::format("it is not frozen any more: {}", shown(freeze)));
  for (const Json& freeze : at(now, "freezes"))
    if (std::find(at(before, "freezes").begin(), at(before, "freezes").end(), freeze) == at(before, "freezes").end())
      add(Severity::harmless, "freeze-added", fmt::format("it is frozen: {}", shown(freeze)));
}

}  // namespace sluice::changes

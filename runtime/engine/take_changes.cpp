#include "runtime/engine/take_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/plan/plan_json.h"

namespace sluice::runtime {
namespace {

/// A stage alone, as text, with the names of what it follows: equal texts do the same.
std::string text_of(const Plan& plan, std::size_t index) {
  Plan alone;
  alone.stages.push_back(plan.stages[index]);
  alone.stages[0].title = {};
  alone.stages[0].after.clear();
  alone.stages[0].environment.reset();
  std::string text = write_plan(alone);
  for (std::size_t before : plan.stages[index].after) text += " " + plan.stages[before].id;
  if (auto environment = plan.stages[index].environment) text += " in " + plan.environments[*environment].name;
  return text;
}

bool has_begun(const StagePast& past) { return past.started || past.finished || !past.legs.empty(); }

}  // namespace

std::expected<std::vector<std::string>, std::string> compare_plans(const Plan& before, const Plan& after,
                                                                   const Past& past) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < after.stages.size(); ++i) places[after.stages[i].id] = i;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < before.stages.size(); ++i) {
    const std::string& id = before.stages[i].id;
    auto found = places.find(id);
    bool gone = found == places.end();
    bool changed = !gone && text_of(before, i) != text_of(after, found->second);
    if (has_begun(past.stages[i]) && (gone || changed || found->second != i)) {
      return std::unexpected(
          fmt::format("the stage `{}` has begun already, and the file {}; take that back, or start a "
                      "new run",
                      id,
                      gone      ? "has it no more"
                      : changed ? "has changed it"
                                : "has moved it"));
    }
    if (gone) lines.push_back("- " + id);
    if (changed) lines.push_back("~ " + id);
    if (!gone) places.erase(found);
  }
  for (const auto& [id, place] : places) lines.push_back("+ " + id);
  return lines;
}

}  // namespace sluice::runtime

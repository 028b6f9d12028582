#include <fmt/format.h>

#include <algorithm>

#include "changes/comparison.h"
#include "graph/order.h"
#include "graph/text.h"

namespace sluice::changes {
namespace {

const graph::Stage* find_stage(const graph::Graph& graph, const Json& stage) {
  auto found = std::ranges::find(graph.stages, shown(at(stage, "id")), &graph::Stage::id);
  return found == graph.stages.end() ? nullptr : &*found;
}

std::set<std::string> ids_before(const graph::Graph& graph, const graph::Stage& stage) {
  std::set<std::string> ids;
  auto index = static_cast<graph::StageIndex>(&stage - graph.stages.data());
  for (graph::StageIndex before : graph::ancestors(graph, index)) ids.insert(graph.stages[before].id);
  return ids;
}

bool leads_into_an_environment(const graph::Graph& graph, const graph::Stage& stage) {
  auto index = static_cast<graph::StageIndex>(&stage - graph.stages.data());
  auto deploys = [&](graph::StageIndex one) { return graph.stages[one].environment.has_value(); };
  return deploys(index) || std::ranges::any_of(graph::descendants(graph, index), deploys);
}

int rank(const std::string& access) { return access == "write" ? 2 : access == "read" ? 1 : 0; }

int access_of(const Json& stage, const std::string& scope) {
  for (const Json& one : at(stage, "permissions"))
    if (at(one, "scope") == scope) return rank(shown(at(one, "access")));
  return 0;
}

/// What a step does, without what it is called.
Json deed(Json step) {
  step.erase("title");
  step.erase("id");
  return step;
}

std::size_t count_steps(const Json& stage, const std::function<bool(const Json&)>& is) {
  const Json& steps = at(stage, "steps");
  return static_cast<std::size_t>(std::count_if(steps.begin(), steps.end(), is));
}

bool is_tolerant(const Json& step) {
  return !at(step, "allow_failure").is_null() && at(step, "allow_failure") != false;
}
bool is_pasted(const Json& step) { return !at(at(step, "run"), "pasted").is_null(); }

}  // namespace

void Comparison::compare_stages() {
  match(
      at(before_, "stages"), at(now_, "stages"), "id",
      [this](const Json& before, const Json& now) {
        subject_ = fmt::format("stage {}", shown(at(now, "id")));
        if (before != now) compare_stage(before, now);
      },
      [this](const Json& gone) { stage_removed(gone); }, [this](const Json& added) { stage_added(added); });
  subject_.clear();
}

void Comparison::stage_removed(const Json& stage) {
  subject_ = fmt::format("stage {}", shown(at(stage, "id")));
  for (const Json& other : at(now_, "stages")) {
    bool is_new = find_stage(before_graph_, other) == nullptr;
    if (!is_new || at(other, "steps") != at(stage, "steps") || at(other, "gate") != at(stage, "gate")) continue;
    return add(Severity::changes, "job-renamed",
               fmt::format("the job is called `{}` now: checks that are required by its name do not see it",
                           shown(at(other, "id"))));
  }
  const graph::Stage* old = find_stage(before_graph_, stage);
  bool guarded = old != nullptr && leads_into_an_environment(before_graph_, *old);
  if (!at(stage, "gate").is_null()) return add(Severity::weakens, "gate-removed", "the gate is gone");
  add(guarded ? Severity::weakens : Severity::changes, "stage-removed",
      guarded ? "it is gone, and stood before or in an environment" : "it is gone");
}

void Comparison::stage_added(const Json& stage) {
  subject_ = fmt::format("stage {}", shown(at(stage, "id")));
  for (const Json& other : at(before_, "stages")) {
    bool is_gone = find_stage(now_graph_, other) == nullptr;
    if (is_gone && at(other, "steps") == at(stage, "steps") && at(other, "gate") == at(stage, "gate")) return;
  }
  if (!at(stage, "gate").is_null()) return add(Severity::harmless, "gate-added", "a new gate");
  bool deploys = !at(stage, "environment").is_null();
  add(Severity::changes, "stage-added", deploys ? "a new stage that works in an environment" : "a new stage");
  compare_permissions(Json::object(), stage);
}

void Comparison::compare_stage(const Json& before, const Json& now) {
  std::size_t told = changes_.size();
  compare_gate(before, now);
  compare_order(before, now);
  compare_condition(before, now);
  compare_place(before, now);
  compare_permissions(before, now);
  compare_failures(before, now);
  compare_times(before, now);
  compare_rollbacks(before, now);
  compare_steps(before, now);
  for (const char* key : {"env", "matrix", "services", "outputs", "concurrency", "fail_fast", "max_parallel"})
    if (at(before, key) != at(now, key))
      add(Severity::changes, "stage-changed",
          fmt::format("{}: {}, was {}", key, shown(at(now, key)), shown(at(before, key))));
  if (at(before, "title") != at(now, "title"))
    add(Severity::harmless, "title-changed",
        fmt::format("its title: {}, was {}", shown(at(now, "title")), shown(at(before, "title"))));
  Json old_rest = before, new_rest = now;
  for (const char* key : {"after", "expect"}) old_rest.erase(key), new_rest.erase(key);  // by number, and no meaning
  if (changes_.size() == told && old_rest != new_rest) add(Severity::changes, "stage-changed", "it is not what it was");
}

void Comparison::compare_order(const Json& before, const Json& now) {
  const graph::Stage *old = find_stage(before_graph_, before), *stage = find_stage(now_graph_, now);
  if (old == nullptr || stage == nullptr) return;
  std::set<std::string> was = ids_before(before_graph_, *old), is = ids_before(now_graph_, *stage);
  for (const std::string& id : was) {
    bool exists = std::ranges::find(now_graph_.stages, id, &graph::Stage::id) != now_graph_.stages.end();
    if (!exists || is.contains(id)) continue;
    add(leads_into_an_environment(now_graph_, *stage) ? Severity::weakens : Severity::changes, "order-removed",
        fmt::format("does not wait for `{}` any more", id));
  }
  for (const std::string& id : is) {
    bool existed = std::ranges::find(before_graph_.stages, id, &graph::Stage::id) != before_graph_.stages.end();
    if (existed && !was.contains(id)) add(Severity::harmless, "order-added", fmt::format("waits for `{}`", id));
  }
}

void Comparison::compare_condition(const Json& before, const Json& now) {
  if (at(before, "condition") == at(now, "condition")) return;
  const graph::Stage *old = find_stage(before_graph_, before), *stage = find_stage(now_graph_, now);
  auto text = [](const graph::Graph& graph, const graph::Stage* one) {
    return one != nullptr && one->condition ? "`" + graph::describe(graph, one->condition) + "`" : std::string("none");
  };
  bool looser = at(before, "asks_status").is_null() && !at(now, "asks_status").is_null();
  bool guarded = stage != nullptr && leads_into_an_environment(now_graph_, *stage);
  bool dropped = at(now, "condition").is_null() && guarded;
  add((looser && guarded) || dropped ? Severity::weakens : Severity::changes, "condition-changed",
      fmt::format("its condition: {}, was {}{}", text(now_graph_, stage), text(before_graph_, old),
                  looser ? "; it may run although something before it failed" : ""));
}

void Comparison::compare_place(const Json& before, const Json& now) {
  for (const char* key : {"runs_on", "runs_on_expression"})
    if (at(before, key) != at(now, key))
      add(Severity::changes, "runner-changed",
          fmt::format("runs on {}, was {}", shown(at(now, key)), shown(at(before, key))));
  const Json &old = at(before, "environment"), &is = at(now, "environment");
  if (at(old, "name") != at(is, "name"))
    add(is.is_null() ? Severity::weakens : Severity::changes, "environment-changed",
        fmt::format("works in {}, was in {}", is.is_null() ? "no environment" : shown(at(is, "name")),
                    old.is_null() ? "none" : shown(at(old, "name"))));
  else if (at(old, "url") != at(is, "url"))
    add(Severity::harmless, "url-changed", fmt::format("its url: {}", shown(at(is, "url"))));
}

void Comparison::compare_permissions(const Json& before, const Json& now) {
  std::set<std::string> scopes;
  for (const Json* stage : {&before, &now})
    for (const Json& one : at(*stage, "permissions")) scopes.insert(shown(at(one, "scope")));
  constexpr const char* words[] = {"none", "read", "write"};
  for (const std::string& scope : scopes) {
    int was = access_of(before, scope), is = access_of(now, scope);
    if (was == is) continue;
    add(is > was ? Severity::weakens : Severity::harmless, is > was ? "permission-widened" : "permission-narrowed",
        fmt::format("its token: `{}: {}`, was `{}`", scope, words[is], words[was]));
  }
}

void Comparison::compare_failures(const Json& before, const Json& now) {
  auto tolerant = [](const Json& stage) { return is_tolerant(stage); };
  if (tolerant(now) != tolerant(before))
    add(tolerant(now) ? Severity::weakens : Severity::harmless, "failure-allowed",
        tolerant(now) ? "its failure does not count any more" : "its failure counts");
  std::size_t was = count_steps(before, is_tolerant), is = count_steps(now, is_tolerant);
  if (is > was)
    add(Severity::weakens, "failure-allowed",
        fmt::format("the failure of {} more of its steps does not count", is - was));
  if (count_steps(now, is_pasted) > count_steps(before, is_pasted))
    add(Severity::weakens, "unsafe-added", "a script has text pasted into it: `unsafe run`");
}

void Comparison::compare_times(const Json& before, const Json& now) {
  for (const char* key : {"timeout", "retry"})
    if (at(before, key) != at(now, key))
      add(Severity::changes, "time-changed",
          fmt::format("its {}: {}, was {}", key, shown(at(now, key)), shown(at(before, key))));
}

void Comparison::compare_rollbacks(const Json& before, const Json& now) {
  const Json &old = at(before, "rollbacks"), &is = at(now, "rollbacks");
  if (is.size() < old.size())
    add(Severity::weakens, "rollback-removed",
        at(now, "no_rollback").is_null()
            ? "its rollback is gone"
            : fmt::format("its rollback is gone, because \"{}\"", shown(at(now, "no_rollback"))));
  else if (is.size() > old.size())
    add(Severity::harmless, "rollback-added", "it has a rollback");
  else if (is != old)
    add(Severity::changes, "rollback-changed", "it is undone in another way");
  auto is_commit = [](const Json& step) { return !at(step, "commit").is_null(); };
  if (count_steps(now, is_commit) > count_steps(before, is_commit))
    add(Severity::weakens, "commit-added", "from its `commit` on nothing is undone");
}

void Comparison::compare_steps(const Json& before, const Json& now) {
  std::vector<Json> old, is;
  for (const Json& step : at(before, "steps")) old.push_back(deed(step));
  for (const Json& step : at(now, "steps")) is.push_back(deed(step));
  auto missing = [](const std::vector<Json>& from, std::vector<Json> in) {
    std::size_t count = 0;
    for (const Json& one : from) {
      auto found = std::ranges::find(in, one);
      if (found == in.end())
        ++count;
      else
        in.erase(found);
    }
    return count;
  };
  std::size_t gone = missing(old, is), added = missing(is, old);
  if (gone > 0 || added > 0)
    add(Severity::changes, "steps-changed", fmt::format("steps: {} new or changed, {} gone or changed", added, gone));
  else if (old != is)
    add(Severity::changes, "steps-changed", "its steps stand in another order");
}

}  // namespace sluice::changes

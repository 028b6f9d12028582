// The order of stages: cycles are told with their path, the longest path is held against the budget.
#include "graph/order.h"

#include "graph/text.h"
#include "lower/unfolder.h"

namespace sluice::lower {

namespace {

DIAGNOSTIC(StageCycle, "stages wait for each other: {}");
DIAGNOSTIC(BudgetExceeded, "the longest way through the pipeline takes {}, the budget is {}");
DIAGNOSTIC(BudgetUnknown, "the budget cannot be checked: no `expect` in {}");

}  // namespace

void Unfolder::report_cycle(const std::vector<std::size_t>& path) {
  std::string text;
  for (std::size_t stage : path) text += "`" + found_[stage].id + "` -> ";
  text += "`" + found_[path.front()].id + "`";
  auto told = sink_.report<StageCycle>(found_[path.front()].statement->name.span, text);
  for (std::size_t i = 0; i < path.size(); ++i) {
    std::size_t next = path[(i + 1) % path.size()];
    const graph::Edge& edge = found_[path[i]].after.at(next);
    told.note(edge.span, "`{}` {} `{}` here", found_[path[i]].id, edge.written ? "follows" : "uses a value of",
              found_[next].id);
  }
}

// As written, but every stage behind those it follows. A cycle is reported from its first stage in the file.
void Unfolder::order_stages() {
  std::vector<std::uint32_t> place(found_.size(), UINT32_MAX);
  std::vector<char> state(found_.size(), 0);
  std::vector<std::size_t> order;
  bool cycle = false;
  struct Visit {
    std::size_t stage;
    std::map<std::size_t, graph::Edge>::const_iterator next;
  };
  for (std::size_t root = 0; root < found_.size(); ++root) {
    if (state[root] != 0) continue;
    std::vector<Visit> path{{root, found_[root].after.begin()}};
    state[root] = 1;
    while (!path.empty()) {
      Visit& top = path.back();
      if (top.next == found_[top.stage].after.end()) {
        state[top.stage] = 2;
        place[top.stage] = static_cast<std::uint32_t>(order.size());
        order.push_back(top.stage);
        path.pop_back();
        continue;
      }
      std::size_t next = (top.next++)->first;
      if (state[next] == 0) {
        state[next] = 1;
        path.push_back({next, found_[next].after.begin()});
      } else if (state[next] == 1 && !std::exchange(cycle, true)) {
        std::vector<std::size_t> members;
        auto from = std::find_if(path.begin(), path.end(), [&](const Visit& visit) { return visit.stage == next; });
        for (; from != path.end(); ++from) members.push_back(from->stage);
        std::rotate(members.begin(), std::min_element(members.begin(), members.end()), members.end());
        report_cycle(members);
      }
    }
  }
  if (cycle) return;
  for (graph::DeclaredEnvironment& environment : graph_.environments)
    if (environment.entry) environment.entry = place[*environment.entry];
  for (std::size_t index : order) {
    graph::Stage& stage = graph_.stages.emplace_back(std::move(found_[index].stage));
    for (const auto& [to, edge] : found_[index].after) stage.after.push_back({place[to], edge.written, edge.span});
    std::sort(stage.after.begin(), stage.after.end(),
              [](const auto& left, const auto& right) { return left.stage < right.stage; });
    for (graph::Artifact& artifact : found_[index].artifacts) {
      artifact.stage = place[index];
      graph_.artifacts.push_back(std::move(artifact));
    }
  }
}

void Unfolder::check_budget(const Statement* budget) {
  if (graph_.stages.empty() || !graph_.budget) return;
  graph::CriticalPath critical = graph::critical_path(graph_);
  if (critical.total > *graph_.budget) {
    std::string path;
    for (graph::StageIndex stage : critical.path)
      path += (path.empty() ? "`" : " -> `") + graph_.stages[stage].id + "`";
    auto told = sink_.report<BudgetExceeded>(budget->header, graph::describe_seconds(critical.total),
                                             graph::describe_seconds(*graph_.budget));
    told.help("the way is {}", path);
    for (graph::StageIndex stage : critical.path)
      if (graph_.stages[stage].expect)
        told.note(graph_.stages[stage].span, "expects {}", graph::describe_seconds(*graph_.stages[stage].expect));
    return;
  }
  if (critical.without_expect.empty()) return;
  std::string names;
  for (graph::StageIndex stage : critical.without_expect)
    names += (names.empty() ? "`" : ", `") + graph_.stages[stage].id + "`";
  sink_.report<BudgetUnknown>(budget->header, names).help("add `expect 2m` to each stage");
}

}  // namespace sluice::lower

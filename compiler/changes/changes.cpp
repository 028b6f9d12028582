#include "changes/changes.h"

#include <fmt/format.h>

#include <algorithm>

#include "changes/comparison.h"
#include "graph/json.h"

namespace sluice::changes {
namespace {

/// What only people read is no meaning.
void strip(Json& value) {
  if (value.is_object()) {
    for (const char* key : {"span", "documentation", "reason"}) value.erase(key);
  }
  if (!value.is_structured()) return;
  for (Json& part : value) strip(part);
}

Json json_of(const graph::Graph& graph) {
  std::string text;
  graph::write_json(graph, text);
  Json json = runtime::parse_json(text);
  strip(json);
  return json;
}

const graph::Graph* find(const std::vector<graph::Graph>& graphs, const std::string& name) {
  auto found = std::ranges::find(graphs, name, &graph::Graph::pipeline);
  return found == graphs.end() ? nullptr : &*found;
}

}  // namespace

const Json& at(const Json& object, const std::string& key) {
  static const Json nothing;
  auto found = object.find(key);
  return object.is_object() && found != object.end() ? *found : nothing;
}

std::string shown(const Json& value) {
  return value.is_string() ? value.get<std::string>() : runtime::to_json_line(value);
}

std::string_view to_text(Severity severity) {
  switch (severity) {
    case Severity::weakens: return "weakens";
    case Severity::changes: return "changes";
    case Severity::harmless: return "harmless";
  }
  return "";
}

Comparison::Comparison(const graph::Graph& before, const graph::Graph& now)
    : before_graph_(before), now_graph_(now), before_(json_of(before)), now_(json_of(now)) {}

void Comparison::add(Severity severity, const char* kind, std::string text) {
  changes_.push_back({severity, kind, subject_, now_graph_.pipeline, std::move(text)});
}

void Comparison::match(const Json& before, const Json& now, const std::string& key, const Pair& both,
                       const std::function<void(const Json&)>& gone, const std::function<void(const Json&)>& added) {
  auto other = [&](const Json& list, const Json& wanted) -> const Json* {
    auto found =
        std::find_if(list.begin(), list.end(), [&](const Json& one) { return at(one, key) == at(wanted, key); });
    return found == list.end() ? nullptr : &*found;
  };
  for (const Json& one : now) {
    if (const Json* old = other(before, one))
      both(*old, one);
    else
      added(one);
  }
  for (const Json& one : before)
    if (other(now, one) == nullptr) gone(one);
}

std::vector<Change> Comparison::run() {
  compare_rest();
  compare_triggers();
  compare_secrets();
  compare_environments();
  compare_stages();
  return std::move(changes_);
}

std::vector<Change> compare(const std::vector<graph::Graph>& old_graphs, const std::vector<graph::Graph>& new_graphs) {
  std::vector<Change> changes;
  for (const graph::Graph& now : new_graphs) {
    const graph::Graph* before = find(old_graphs, now.pipeline);
    if (before == nullptr) {
      changes.push_back({Severity::changes, "pipeline-added", "", now.pipeline,
                         fmt::format("a new pipeline, and with it the workflow `{}.yml`", now.pipeline)});
      continue;
    }
    std::vector<Change> found = Comparison(*before, now).run();
    changes.insert(changes.end(), found.begin(), found.end());
  }
  for (const graph::Graph& before : old_graphs) {
    if (find(new_graphs, before.pipeline) != nullptr) continue;
    changes.push_back({Severity::weakens, "pipeline-removed", "", before.pipeline,
                       fmt::format("gone, and with it the workflow `{}.yml`", before.pipeline)});
  }
  return changes;
}

}  // namespace sluice::changes

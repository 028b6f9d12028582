#include "backends/github/settings.h"

#include <algorithm>
#include <map>
#include <set>

#include "backends/github/delivery.h"
#include "graph/reference.h"
#include "runtime/expressions/json.h"

namespace sluice::github {

using graph::ExpressionId;
using runtime::Json;

namespace {

using Names = std::set<std::string>;

/// What an environment must have.
struct Needs {
  Names asked_by;
  std::vector<std::string> reviewers;
  bool prevent_self_review = false;
  int wait_minutes = 0;
  bool any_ref = false;  ///< some pipeline enters it from wherever it was started
  std::vector<std::string> branches, tags;
  Names secrets;
};

/// Collects what stages read of `secrets` and `vars`.
class Reader {
 public:
  explicit Reader(const graph::Graph& graph) : graph_(graph) {}

  void read(const graph::Stage& stage) {
    read(stage.condition), read(stage.env), read(stage.outputs);
    for (const graph::Service& service : stage.services) read(service.env);
    for (const graph::Step& step : stage.steps) read(step);
  }
  void read(const graph::Bindings& bindings) {
    for (const auto& [name, value] : bindings) read(value);
  }

  Names secrets, variables;

 private:
  void read(const graph::Step& step) {
    if (step.backend == graph::Backend::local) return;
    for (ExpressionId id : {step.title, step.condition, step.working_directory, step.allow_failure}) read(id);
    read(step.env);
    if (const auto* uses = std::get_if<graph::Uses>(&step.action)) read(uses->with);
    if (const auto* run = std::get_if<graph::Run>(&step.action)) read(run->pasted);
  }
  void read(ExpressionId id) {
    if (!id) return;
    if (auto reference = graph::reference(graph_, id, graph::Backend::github);
        reference && reference->path.size() == 1) {
      if (reference->root == "secrets" && reference->path[0] != "GITHUB_TOKEN") secrets.emplace(reference->path[0]);
      if (reference->root == "vars") variables.emplace(reference->path[0]);
    }
    const graph::Expression& expression = graph_[id];
    if (expression.kind == graph::Expression::Kind::by_backend) return read(expression.operands[0]);
    for (ExpressionId part : expression.operands) read(part);
  }

  const graph::Graph& graph_;
};

class Settings {
 public:
  void add(const graph::Graph& source) {
    Delivered delivered = deliver(source);
    for (const Protection& protection : delivered.protections) {
      Needs& needs = environments_[protection.environment];
      needs.asked_by.insert(source.pipeline + ": " + protection.gate);
      needs.reviewers = protection.reviewers;
      needs.prevent_self_review = protection.prevent_self_review;
      needs.wait_minutes = protection.wait_minutes;
    }
    Reader everywhere(delivered.graph);
    everywhere.read(delivered.graph.env);
    for (const graph::Stage& stage : delivered.graph.stages) add(source, delivered.graph, stage, everywhere);
    secrets_.merge(everywhere.secrets);
    variables_.merge(everywhere.variables);
  }

  Json json() const {
    Json environments = Json::array();
    for (const auto& [name, needs] : environments_) environments.push_back(told(name, needs));
    return {{"sluice-settings", 1},
            {"environments", std::move(environments)},
            {"repository", {{"secrets", secrets_}, {"variables", variables_}}}};
  }

 private:
  void add(const graph::Graph& source, const graph::Graph& graph, const graph::Stage& stage, Reader& everywhere) {
    Reader reader(graph);
    reader.read(stage);
    everywhere.variables.merge(reader.variables);
    const graph::Expression* name = stage.environment ? &graph[stage.environment->name] : nullptr;
    bool known = name && name->kind == graph::Expression::Kind::string;
    Needs* needs = known ? &environments_[name->text] : nullptr;
    if (needs) add_refs(source, name->text, *needs);
    for (const std::string& secret : reader.secrets)
      (needs && !is_shared(source, secret) ? needs->secrets : everywhere.secrets).insert(secret);
  }

  static bool is_shared(const graph::Graph& graph, const std::string& secret) {
    return std::ranges::any_of(graph.secrets,
                               [&](const auto& one) { return one.name == secret && one.environment.empty(); });
  }

  // What the environment says of itself; it and those that approve for it.
  static const std::vector<std::string>* own_branches(const graph::Graph& graph, const std::string& name) {
    for (const graph::DeclaredEnvironment& one : graph.environments)
      if (!one.branches.empty() && (name == one.name || name.starts_with(one.name + "-approval"))) return &one.branches;
    return nullptr;
  }

  // Else a pipeline that starts by pushes to named branches alone enters it from those.
  static void add_refs(const graph::Graph& graph, const std::string& name, Needs& needs) {
    if (const auto* branches = own_branches(graph, name)) {
      needs.branches = *branches;
      return;
    }
    for (const graph::Trigger& trigger : graph.triggers) {
      bool named = false;
      for (const auto& [key, values] : trigger.filters) {
        if (key != "branches" && key != "tags") continue;
        named = named || trigger.event == "push";
        auto& names = key == "tags" ? needs.tags : needs.branches;
        for (const std::string& value : values)
          if (std::ranges::find(names, value) == names.end()) names.push_back(value);
      }
      if (!named) needs.any_ref = true;
    }
  }

  static Json told(const std::string& name, const Needs& needs) {
    Json reviewers = Json::array();
    for (const std::string& who : needs.reviewers) {
      std::size_t slash = who.find('/');
      if (!who.starts_with('@'))
        reviewers.push_back({{"type", "User"}, {"login", who}});
      else if (slash == std::string::npos)
        reviewers.push_back({{"type", "Team"}, {"slug", who.substr(1)}});
      else
        reviewers.push_back(
            {{"type", "Team"}, {"organization", who.substr(1, slash - 1)}, {"slug", who.substr(slash + 1)}});
    }
    Json policy = {{"protected_branches", true}};
    if (!needs.any_ref) policy = {{"protected_branches", false}, {"branches", needs.branches}, {"tags", needs.tags}};
    return {{"name", name},
            {"asked_by", needs.asked_by},
            {"reviewers", std::move(reviewers)},
            {"prevent_self_review", needs.prevent_self_review},
            {"wait_timer", needs.wait_minutes},
            {"can_admins_bypass", false},
            {"deployment_branch_policy", std::move(policy)},
            {"secrets", needs.secrets}};
  }

  std::map<std::string, Needs> environments_;
  Names secrets_, variables_;
};

}  // namespace

std::string settings(const std::vector<graph::Graph>& graphs) {
  Settings all;
  for (const graph::Graph& graph : graphs) all.add(graph);
  return all.json().dump(2) + "\n";
}

}  // namespace sluice::github

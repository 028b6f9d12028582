#include "graph/verify.h"

#include <algorithm>

#include "graph/verifier.h"

namespace sluice::graph {

std::vector<std::string> verify(const Graph& graph) {
  Verifier verifier(graph);
  verifier.check_expressions();
  verifier.check_pipeline();
  verifier.check_stages();
  return verifier.take();
}

std::string Verifier::place() const {
  if (stage_ == nowhere) return {};
  const std::string& id = graph_.stages[stage_].id;
  std::string out = id.empty() ? fmt::format("stage {}", stage_ + 1) : fmt::format("stage `{}`", id);
  if (rollback_) out += fmt::format(", rollback, step {}", undoing_to_ - undoing_from_ + 1);
  if (step_ != nowhere) out += fmt::format(", step {}", step_ + 1);
  return out + ": ";
}

std::string Verifier::lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool Verifier::is_id(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    bool inner = i > 0 && ((c >= '0' && c <= '9') || c == '-');
    if (!letter && !inner) return false;
  }
  return !text.empty();
}

bool Verifier::check_unique(Names& names, std::string_view name, std::size_t index, std::string_view what) {
  bool is_new = names.emplace(lower(name), index).second;
  if (!is_new) broken("two {} are called `{}`", what, name);
  return is_new;
}

void Verifier::check_given(ExpressionId id, std::string_view what) {
  if (!id) broken("{} is not given", what);
  check_use(id, what);
}

void Verifier::check_use(ExpressionId id, std::string_view what) {
  if (!id) return;
  if (id.index >= graph_.expressions.size()) return broken("{} is expression {}, which is not there", what, id.index);
  if (facts_[id.index].sound && facts_[id.index].reads_nodes) check_reads(id, what);
}

void Verifier::check_bindings(const Bindings& bindings, std::string_view what) {
  Names names;
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    const auto& [name, value] = bindings[i];
    if (name.empty()) broken("{} {} has no name", what, i + 1);
    // Exact, not `check_unique`: variables of different case are different variables.
    if (!names.emplace(name, i).second) broken("{} `{}` stands twice", what, name);
    check_given(value, name.empty() ? what : std::string_view(name));
  }
}

void Verifier::check_concurrency(const std::optional<Concurrency>& concurrency) {
  if (!concurrency) return;
  check_given(concurrency->group, "concurrency group");
  check_use(concurrency->cancel_running, "cancel-running");
}

void Verifier::check_retry(const Retry& retry) {
  if (retry.attempts < 1) broken("{} attempts are fewer than one", retry.attempts);
  if (retry.pause < 0) broken("the pause between attempts is negative");
}

// The walk stays on expressions that read nodes and meets each once: linear in the graph for the trees of lowering.
void Verifier::check_reads(ExpressionId root, std::string_view what) {
  ++walk_;
  std::vector<ExpressionId> open{root};
  while (!open.empty()) {
    ExpressionId id = open.back();
    open.pop_back();
    if (!facts_[id.index].reads_nodes || visited_[id.index] == walk_) continue;
    visited_[id.index] = walk_;
    const Expression& expression = graph_[id];
    open.insert(open.end(), expression.operands.begin(), expression.operands.end());
    if (expression.operands.empty() || graph_[expression.operands[0]].kind != Expression::Kind::context) continue;
    const std::string& context = graph_[expression.operands[0]].text;
    if (expression.kind == Expression::Kind::member) check_read(context, expression.text, what);
    if (expression.kind != Expression::Kind::index) continue;
    const Expression& key = graph_[expression.operands[1]];
    if (key.kind == Expression::Kind::string) check_read(context, key.text, what);
  }
}

void Verifier::check_read(std::string_view context, std::string_view name, std::string_view what) {
  if (context == "needs") {
    auto stage = stages_.find(lower(name));
    if (stage == stages_.end()) return broken("{} reads `needs.{}`, and no stage is called so", what, name);
    if (stage_ == nowhere) return broken("{} reads `needs.{}` outside of a stage", what, name);
    const std::vector<Edge>& after = graph_.stages[stage_].after;
    auto edge = std::lower_bound(after.begin(), after.end(), stage->second,
                                 [](const Edge& candidate, std::size_t index) { return candidate.stage < index; });
    if (edge == after.end() || edge->stage != stage->second)
      broken("{} reads `needs.{}`, which is no direct edge of the stage", what, name);
  }
  if (context == "steps") {
    auto step = steps_.find(lower(name));
    if (step == steps_.end()) return broken("{} reads `steps.{}`, and no step of the stage is called so", what, name);
    bool undoing = step->second >= undoing_from_ && step->second < undoing_to_;
    if (step->second >= readable_steps_ && !undoing) broken("{} reads `steps.{}`, which has not run there", what, name);
  }
}

}  // namespace sluice::graph

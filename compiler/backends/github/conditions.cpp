#include "backends/github/conditions.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/github/emission.h"
#include "backends/github/scalar.h"

namespace sluice::github {
namespace {

constexpr std::size_t longest_line = 90;

/// The operands of `&&` of a condition that is one conjunction; else the condition itself.
std::vector<std::string> conjunction(const std::string& line) {
  std::vector<std::string> parts = {""};
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (c == '\'') quoted = !quoted;
    if (!quoted && (c == '(' || c == '[')) ++depth;
    if (!quoted && (c == ')' || c == ']')) --depth;
    bool outside = !quoted && depth == 0;
    if (outside && line.compare(i, 4, " || ") == 0) return {line};
    if (outside && line.compare(i, 4, " && ") == 0) {
      parts.emplace_back();
      i += 3;
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool has_false_condition(const Term& term) { return term.constant && !is_true(*term.constant); }

/// The condition, or nothing where it says no more than GitHub does by itself. `asked` is whether the author's words
/// switched GitHub's own rule off, which folding must not switch on again.
Term effective(Term term, bool asked) {
  if (!asked || term.asks_status || has_false_condition(term)) return term;
  Term always;
  always.code = "always()";
  always.asks_status = always.is_decision = true;
  return both(std::move(always), std::move(term));
}

class Rules {
 public:
  Rules(const graph::Graph& graph, Expressions& expressions, std::vector<Problem>& problems)
      : graph_(graph), expressions_(expressions), problems_(problems), facts_(graph.stages.size()) {
    rules_.resize(graph.stages.size());
    seen_.resize(graph.stages.size(), UINT32_MAX);
  }

  std::vector<StageRule> all() {
    for (graph::StageIndex index = 0; index < graph_.stages.size(); ++index) decide(index);
    return std::move(rules_);
  }

 private:
  struct Facts {
    std::vector<graph::StageIndex> after;  ///< the stages before it, past those that are omitted
    bool conditional = false;              ///< may be skipped by its own condition
    bool asks_status = false;
    bool behind_conditional = false;  ///< some ancestor may be skipped by its own condition
  };

  void decide(graph::StageIndex index);
  void find_order(graph::StageIndex index);
  void ask_for_results(graph::StageIndex index);
  void visit(graph::StageIndex stage, graph::StageIndex reader);

  const graph::Graph& graph_;
  Expressions& expressions_;
  std::vector<Problem>& problems_;
  std::vector<Facts> facts_;
  std::vector<StageRule> rules_;
  std::vector<graph::StageIndex> seen_;  ///< by which reader a stage was visited last
};

void Rules::find_order(graph::StageIndex index) {
  Facts& facts = facts_[index];
  for (const graph::Edge& edge : graph_.stages[index].after) {
    if (!rules_[edge.stage].omitted)
      facts.after.push_back(edge.stage);
    else
      facts.after.insert(facts.after.end(), facts_[edge.stage].after.begin(), facts_[edge.stage].after.end());
  }
  std::ranges::sort(facts.after);
  facts.after.erase(std::ranges::unique(facts.after).begin(), facts.after.end());
  facts.behind_conditional = std::ranges::any_of(facts.after, [&](graph::StageIndex before) {
    return facts_[before].conditional || facts_[before].behind_conditional;
  });
}

void Rules::decide(graph::StageIndex index) {
  const graph::Stage& stage = graph_.stages[index];
  Facts& facts = facts_[index];
  StageRule& rule = rules_[index];
  find_order(index);
  Term condition = boolean(true);
  if (stage.condition) condition = effective(expressions_.value(stage.condition), stage.asks_status);
  if (has_false_condition(condition)) {
    rule.omitted = true;
    expressions_.omit_stage(stage.id);
    return;
  }
  facts.asks_status = condition.asks_status;
  facts.conditional = !condition.constant && condition.code != "always()";
  rule.needs = facts.after;
  if (!facts.asks_status && facts.behind_conditional) ask_for_results(index);
  bool alone = rule.conditions.empty();
  if (!condition.constant) rule.conditions.push_back(operand(condition, alone ? Level::either : Level::both));
  if (facts.behind_conditional && condition.code.find("success()") != std::string::npos)
    problems_.push_back(
        {ProblemKind::success_after_skipped, stage.span,
         fmt::format("`success()` of stage `{}` is false on GitHub when a stage before it was skipped", stage.id)});
}

void Rules::ask_for_results(graph::StageIndex index) {
  StageRule& rule = rules_[index];
  rule.needs.clear();
  for (graph::StageIndex before : facts_[index].after) visit(before, index);
  std::ranges::sort(rule.needs);
  rule.conditions.push_back("!cancelled()");
  for (graph::StageIndex before : rule.needs) {
    std::string result = "needs." + graph_.stages[before].id + ".result";
    rule.conditions.push_back(facts_[before].conditional
                                  ? fmt::format("contains(fromJSON('[\"success\",\"skipped\"]'), {})", result)
                                  : fmt::format("{} == 'success'", result));
  }
}

void Rules::visit(graph::StageIndex stage, graph::StageIndex reader) {
  llvm::SmallVector<graph::StageIndex, 16> waiting = {stage};
  while (!waiting.empty()) {
    graph::StageIndex next = waiting.pop_back_val();
    if (seen_[next] == reader) continue;
    seen_[next] = reader;
    rules_[reader].needs.push_back(next);
    // Success of a stage that asks for no status says that all before it is well.
    if (facts_[next].conditional || facts_[next].asks_status)
      waiting.append(facts_[next].after.begin(), facts_[next].after.end());
  }
}

}  // namespace

bool asks_status(const graph::Graph& graph, graph::ExpressionId id) {
  const graph::Expression& expression = graph[id];
  if (expression.kind == graph::Expression::Kind::call)
    for (std::string_view name : {"success", "failure", "always", "cancelled"})
      if (same_ignoring_case(expression.text, name)) return true;
  if (expression.kind == graph::Expression::Kind::by_backend) return asks_status(graph, expression.operands[0]);
  return std::ranges::any_of(expression.operands, [&](graph::ExpressionId part) { return asks_status(graph, part); });
}

std::vector<StageRule> stage_rules(const graph::Graph& graph, Expressions& expressions,
                                   std::vector<Problem>& problems) {
  return Rules(graph, expressions, problems).all();
}

StepRule step_rule(const graph::Graph& graph, const graph::Step& step, Expressions& expressions) {
  StepRule rule;
  if (!step.condition) return rule;
  Term term = effective(expressions.value(step.condition), asks_status(graph, step.condition));
  rule.omitted = has_false_condition(term);
  if (!term.constant) rule.conditions.push_back(std::move(term.code));
  return rule;
}

void write_condition(Emission& emission, const std::vector<std::string>& conditions, source::Span span) {
  if (conditions.empty()) return;
  std::string line;
  for (const std::string& condition : conditions) (line += line.empty() ? "" : " && ") += condition;
  emission.expressions.check_length(line, span);
  emission.expressions.check_depth(line, span);
  bool bare = line.find("${{") == std::string::npos;
  std::vector<std::string> parts = line.size() > longest_line ? conjunction(line) : std::vector<std::string>();
  if (parts.size() > 1 && bare && yaml::can_fold(parts)) {
    std::vector<std::string> lines = {parts[0]};
    for (std::size_t i = 1; i < parts.size(); ++i) lines.push_back("&& " + parts[i]);
    return emission.writer.folded("if", lines);
  }
  emission.writer.text("if", bare && yaml::is_plain(line) ? line : "${{ " + line + " }}");
}

}  // namespace sluice::github

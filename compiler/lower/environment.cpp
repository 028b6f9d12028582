// The environments that stages work in: each has one entry a run, which all of its stages follow.
#include "check/environment.h"

#include <llvm/ADT/StringSet.h>

#include "graph/text.h"
#include "lower/unfolder.h"

namespace sluice::lower {
namespace {

using GraphKind = graph::Expression::Kind;

DIAGNOSTIC(MissingRollback, "`{}` works in `{}` and does not say how that is undone");
DIAGNOSTIC(GateHoldsLock, "while `{}` waits, no other run gets into `{}`");
DIAGNOSTIC(CancelledLock, "a newer run would end this one while it holds the lock of `{}`");

}  // namespace

graph::Lock Unfolder::lower_lock(const Statement& statement, std::string name) {
  graph::Lock lock;
  const Expression* given = statement.clause(ast::Clause::as);
  lock.name = given ? static_text(given) : std::move(name);
  if (statement.value && statement.value->text == "latest") lock.queue = graph::Lock::Queue::latest;
  return lock;
}

// Its index in the graph; once for all who work in it.
std::uint32_t Unfolder::declare_environment(const Symbol& symbol, const check::Use* use) {
  for (std::size_t i = 0; i < environments_.size(); ++i)
    if (environments_[i].first == &symbol) return static_cast<std::uint32_t>(i);
  environments_.emplace_back(&symbol, use);
  graph::DeclaredEnvironment environment;
  environment.name = symbol.name.str();
  environment.span = symbol.span;
  if (symbol.statement->block) {
    for (const ast::Item& item : symbol.statement->block->items) {
      if (!item.statement) continue;
      if (item.statement->word == Word::lock) environment.lock = lower_lock(*item.statement, environment.name);
      if (item.statement->word != Word::branches) continue;
      for (const Expression* pattern : item.statement->values) environment.branches.push_back(static_text(pattern));
    }
  }
  graph_.environments.push_back(std::move(environment));
  return static_cast<std::uint32_t>(environments_.size() - 1);
}

std::vector<std::size_t> Unfolder::stages_in(std::size_t environment) const {
  std::vector<std::size_t> stages;
  for (std::size_t i = 0; i < found_.size(); ++i)
    if (const auto& in = found_[i].stage.environment;
        in && in->declared == environment && !found_[i].stage.notification)
      stages.push_back(i);
  return stages;
}

// By found stage, whether it comes behind one of these, on whatever way.
std::vector<bool> Unfolder::behind(llvm::ArrayRef<std::size_t> stages) const {
  std::vector<std::vector<std::size_t>> followers(found_.size());
  for (std::size_t i = 0; i < found_.size(); ++i)
    for (const auto& [before, edge] : found_[i].after) followers[before].push_back(i);
  std::vector<bool> reached(found_.size());
  std::vector<std::size_t> open(stages.begin(), stages.end());
  while (!open.empty()) {
    std::size_t next = open.back();
    open.pop_back();
    for (std::size_t follower : followers[next]) {
      if (!reached[follower]) open.push_back(follower);
      reached[follower] = true;
    }
  }
  return reached;
}

// By found stage, whether one of these comes behind it.
std::vector<bool> Unfolder::before(llvm::ArrayRef<std::size_t> stages) const {
  std::vector<bool> reached(found_.size());
  std::vector<std::size_t> open(stages.begin(), stages.end());
  while (!open.empty()) {
    std::size_t next = open.back();
    open.pop_back();
    for (const auto& [earlier, edge] : found_[next].after) {
      if (!reached[earlier]) open.push_back(earlier);
      reached[earlier] = true;
    }
  }
  return reached;
}

void Unfolder::add_entries() {
  for (std::size_t i = 0; i < graph_.environments.size(); ++i) {
    const ast::Block* block = environments_[i].first->statement->block;
    std::vector<std::size_t> stages = stages_in(i);
    if (stages.empty() || !block || llvm::none_of(block->items, check::is_entry_condition)) continue;
    add_entry(i, stages);
    expect_rollbacks(i, stages);
  }
  for (std::size_t i = 0; i < graph_.environments.size(); ++i)
    if (graph_.environments[i].lock) check_lock(i);
}

void Unfolder::add_entry(std::size_t environment, llvm::ArrayRef<std::size_t> stages) {
  const auto [symbol, use] = environments_[environment];
  std::string name = symbol->name.str();
  FoundStage& entry = add_stage(name + "-entry", "Enter " + name, *symbol->statement);
  entry.stage.span = symbol->span;
  graph_.environments[environment].entry = static_cast<std::uint32_t>(found_.size() - 1);
  frames_.emplace_back().use = use;
  lower_conditions(symbol->statement->block->items);
  frames_.pop_back();
  put_behind(stages);
  entry.stage.condition = condition_of_entry(entry, stages);
  ExpressionId entered = this->context("needs", symbol->span);
  entered = member(member(entered, entry.id, symbol->span), "result", symbol->span);
  entered = make(GraphKind::equal, "", {entered, text_constant("success", symbol->span)}, symbol->span);
  for (std::size_t stage : stages) {
    graph::Stage& behind = found_[stage].stage;
    Span in = graph_[behind.environment->name].span;
    found_[stage].after.try_emplace(found_.size() - 1, graph::Edge{0, true, in});
    // What runs whatever happened does not run in here unless they were let in.
    if (behind.asks_status) behind.condition = both(entered, behind.condition);
  }
  current_ = nullptr;
}

// The question is asked when all that stands before the environment is done, so that those who are asked know of it.
void Unfolder::put_behind(llvm::ArrayRef<std::size_t> stages) {
  std::vector<bool> inside = behind(stages);
  for (std::size_t stage : stages) inside[stage] = true;
  for (std::size_t stage : stages) {
    if (found_[stage].stage.asks_status) continue;
    for (const auto& [earlier, edge] : found_[stage].after)
      if (!inside[earlier]) add_edge(earlier, true, edge.span);
  }
}

bool Unfolder::knows_at_entry(const FoundStage& entry, ExpressionId id) {
  if (known(id).time < types::Time::stage) return true;
  const graph::Expression& expression = graph_[id];
  bool needs = expression.kind == GraphKind::member && graph_[expression.operands[0]].kind == GraphKind::context &&
               graph_[expression.operands[0]].text == "needs";
  if (needs)
    return llvm::any_of(entry.after, [&](const auto& edge) { return found_[edge.first].id == expression.text; });
  if (expression.kind == GraphKind::context) return false;
  return llvm::all_of(expression.operands, [&](ExpressionId part) { return knows_at_entry(entry, part); });
}

// Nobody is asked where nothing would happen: any of its stages must be about to run, as far as that can be told.
ExpressionId Unfolder::condition_of_entry(const FoundStage& entry, llvm::ArrayRef<std::size_t> stages) {
  ExpressionId any;
  llvm::StringSet<> seen;
  for (std::size_t stage : stages) {
    const graph::Stage& behind = found_[stage].stage;
    if (behind.asks_status) continue;
    if (!behind.condition || !knows_at_entry(entry, behind.condition)) return {};
    if (!seen.insert(graph::describe(graph_, behind.condition)).second) continue;
    Span span = graph_[behind.condition].span;
    any = any ? make(GraphKind::either, "", {any, behind.condition}, span) : behind.condition;
  }
  return any;
}

void Unfolder::expect_rollbacks(std::size_t environment, llvm::ArrayRef<std::size_t> stages) {
  for (std::size_t index : stages) {
    const graph::Stage& stage = found_[index].stage;
    bool open = stage.gate || found_[index].unmet;
    if (open || !stage.rollbacks.empty() || !stage.no_rollback.empty()) continue;
    sink_.report<MissingRollback>(found_[index].statement->name.span, stage.id, graph_.environments[environment].name)
        .note(graph_.environments[environment].span, "who enters it is asked first: it is protected")
        .help("write `rollback {{ … }}` above what it undoes, or `rollback none because \"…\"`");
  }
}

// The lock is held from the entry to the last stage: nobody else gets in while something in between waits.
void Unfolder::check_lock(std::size_t environment) {
  const graph::DeclaredEnvironment& declared = graph_.environments[environment];
  std::vector<std::size_t> stages = stages_in(environment);
  std::vector<bool> late = behind(stages), early = before(stages);
  for (std::size_t i = 0; i < found_.size(); ++i) {
    const FoundStage& gate = found_[i];
    if (!gate.stage.gate || gate.stage.gate->expires || declared.entry == i) continue;
    const auto& in = gate.stage.environment;
    bool inside = in && in->declared == environment;
    if (!inside && !(late[i] && early[i])) continue;
    sink_.report<GateHoldsLock>(gate.statement->name.span, gate.id, declared.name)
        .note(declared.span, "its lock is held from its entry to the end of its last stage")
        .help("say when it gives up: `expires 1h`");
  }
  const auto& concurrency = graph_.concurrency;
  if (!concurrency || !concurrency->cancel_running || stages.empty()) return;
  const graph::Expression& cancels = graph_[concurrency->cancel_running];
  if (cancels.kind == GraphKind::boolean && cancels.text == "false") return;
  each_taken(pipeline_.statement->block->items, [&](const Statement& part) {
    if (part.word != Word::concurrency) return;
    sink_.report<CancelledLock>(part.header, declared.name)
        .note(declared.span, "it has a `lock`")
        .help("take `cancel-running` out: the lock keeps two runs apart");
  });
}

}  // namespace sluice::lower

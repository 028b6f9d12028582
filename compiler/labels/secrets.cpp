// Which secrets a stage reads, and whether they are there: an environment's only inside it, the others not on forks.
#include <algorithm>

#include "labels/walk.h"

namespace sluice::labels {

using graph::ExpressionId;
using source::Span;
using Kind = graph::Expression::Kind;

namespace {

DIAGNOSTIC(SecretOnForks, "`secrets.{}` is empty when a pull request from a fork starts this stage");
DIAGNOSTIC(SecretOfEnvironment, "`secrets.{}` is there only in the environment {}");

}  // namespace

void Walk::find_asking() {
  asks_.resize(graph_.expressions.size());
  // Operands stand before what they are operands of.
  for (std::size_t index = 0; index < asks_.size(); ++index) {
    const graph::Expression& expression = graph_.expressions[index];
    asks_[index] = (expression.kind == Kind::context && expression.text == "secrets") ||
                   std::any_of(expression.operands.begin(), expression.operands.end(),
                               [&](ExpressionId operand) { return asks_[operand.index]; });
  }
}

bool Walk::runs_on_forks(const graph::Stage& stage) {
  bool never = !forks_ || keeps_forks_out(graph_, stage.condition);
  // What follows a stage that was skipped is skipped, unless it asks how things went.
  for (const graph::Edge& edge : stage.after) never = never || (!stage.asks_status && never_on_forks_[edge.stage]);
  never_on_forks_.push_back(never);
  return !never;
}

void Walk::find_reads(const graph::Stage& stage) {
  ++visit_;
  outside_.clear();
  bool on_forks = runs_on_forks(stage);
  each_value(stage, [&](ExpressionId id) { add_reads(id, stage.span, on_forks); });
  for (const graph::Step& step : stage.steps) find_reads(step, on_forks);
  for (const graph::Rollback& rollback : stage.rollbacks)
    for (const graph::Step& step : rollback.steps) find_reads(step, on_forks);
}

void Walk::find_reads(const graph::Step& step, bool on_forks) {
  on_forks = on_forks && step.backend != graph::Backend::local && !keeps_forks_out(graph_, step.condition);
  each_value(step, [&](ExpressionId id) { add_reads(id, step.span, on_forks); });
}

void Walk::add_reads(ExpressionId id, Span around, bool on_forks) {
  const graph::Expression& expression = graph_[id];
  if (!asks_[id.index]) return;
  bool secret = expression.kind == Kind::member && graph_[expression.operands[0]].kind == Kind::context;
  if (secret) return check_secret({id, expression.text, place(expression.span, around)}, on_forks);
  // What several steps share is looked through once, and once more for the first that can be a fork's.
  std::uint32_t look = 2 * visit_ + (on_forks ? 1 : 0);
  if (seen_[id.index] >= look) return;
  seen_[id.index] = look;
  for (ExpressionId operand : expression.operands) add_reads(operand, around, on_forks);
}

void Walk::check_secret(const Read& read, bool on_forks) {
  if (read.name == "GITHUB_TOKEN") return;
  if (!privilege_ && stage_) privilege_ = Cause{read.span, "this stage reads `secrets." + std::string(read.name) + "`"};
  check_environment(read);
  if (!on_forks) return;
  for (const graph::Secret& secret : graph_.secrets) {
    if (secret.name != read.name || secret.optional || !told_.emplace(read.name).second) continue;
    sink_.report<SecretOnForks>(read.span, read.name)
        .note(forks_->span, "{}", forks_->text)
        .note(secret.span, "declared here")
        .help("declare it `secret {} optional`, or keep forks out: `when github.event_name == \"push\"`", read.name)
        .fix({secret.span.end, secret.span.end}, " optional");
  }
}

void Walk::check_environment(const Read& read) {
  std::vector<const graph::Secret*> declared;
  for (const graph::Secret& secret : graph_.secrets)
    if (secret.name == read.name) declared.push_back(&secret);
  if (declared.empty()) return;
  ExpressionId entered = stage_ && stage_->environment ? stage_->environment->name : ExpressionId();
  // Which one it is may be known only when it runs.
  if (entered && graph_[entered].kind != Kind::string) return;
  for (const graph::Secret* secret : declared)
    if (secret->environment.empty() || (entered && graph_[entered].text == secret->environment)) return;
  if (!outside_.emplace(read.name).second) return;
  std::string where;
  for (const graph::Secret* secret : declared) where += (where.empty() ? "`" : " or `") + secret->environment + "`";
  auto told = sink_.report<SecretOfEnvironment>(read.span, read.name, where);
  told.note(declared.front()->span, "declared here");
  bool entry = stage_ && std::ranges::any_of(graph_.environments, [&](const graph::DeclaredEnvironment& one) {
                 return one.entry && &graph_.stages[*one.entry] == stage_;
               });
  if (entry)
    told.note(stage_->span, "this is asked before it is entered")
        .help("ask without the secret, or in a `gate` that is in the environment");
  else if (stage_)
    told.note(stage_->span, "this stage is not in it")
        .help("write `in {}` into the stage's header", declared.front()->environment);
  else
    told.help("read it in a stage `in {}`", declared.front()->environment);
}

}  // namespace sluice::labels

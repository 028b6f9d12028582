// What opens a gate, or is asked of those who enter an environment.
#include <algorithm>
#include <set>

#include "graph/text.h"
#include "lower/unfolder.h"

namespace sluice::lower {
namespace {

DIAGNOSTIC(TimeoutOutOfRange, "`{}` is one second or more");
DIAGNOSTIC(TooManyApprovals, "{} people cannot approve: {} named");

// Beside what its probes take.
constexpr graph::Seconds time_of_checks = 10 * 60;
constexpr int most_people = 100;

}  // namespace

graph::Seconds Unfolder::positive(const Statement& statement) {
  if (!statement.value) return 1;
  Value value = evaluate(*statement.value);
  graph::Seconds time = seconds(statement.value);
  if (value.kind == Value::Kind::duration && time < 1)
    sink_.report<TimeoutOutOfRange>(statement.value->span, std::string_view(statement.keyword.text))
        .help("write at least `1s`");
  return std::max<graph::Seconds>(time, 1);
}

graph::Approval Unfolder::lower_approval(const Statement& statement, graph::Conditions& gate) {
  graph::Approval approval;
  std::set<std::string> people;
  for (const Expression* one : statement.values) {
    if (one == statement.value) continue;
    approval.who.push_back(static_text(one));
    people.insert(approval.who.back());
  }
  Value count = evaluate(*statement.value);
  if (count.kind == Value::Kind::number)
    approval.count = whole_number(*statement.value, count.number, most_people);
  else
    needs_constant(Place::approvals, count, statement.value->span);
  bool groups = std::any_of(people.begin(), people.end(), [](const std::string& who) { return who.starts_with('@'); });
  if (!groups && static_cast<std::size_t>(approval.count) > people.size())
    sink_
        .report<TooManyApprovals>(statement.value->span, approval.count,
                                  people.size() == 1 ? "1 is" : std::to_string(people.size()) + " are")
        .help("each approves once: name more people, or a team, as in `\"@acme/platform\"`");
  if (!statement.block) return approval;
  for (const ast::Item& item : statement.block->items) {
    if (!item.statement) continue;
    if (item.statement->word == Word::not_author) approval.not_author = true;
    if (item.statement->word == Word::not_starter) approval.not_starter = true;
    if (item.statement->word == Word::expires) gate.expires = positive(*item.statement);
  }
  return approval;
}

void Unfolder::lower_condition(const Statement& statement, graph::Conditions& gate) {
  auto zone = [&] { return static_text(statement.clause(ast::Clause::zone)); };
  switch (statement.word) {
    case Word::approve: gate.approvals.push_back(lower_approval(statement, gate)); return;
    case Word::confirm:
      for (const Expression* text : statement.values) gate.confirm.push_back(static_text(text));
      return;
    case Word::wait: gate.wait = positive(statement); return;
    case Word::expires: gate.expires = positive(statement); return;
    case Word::window: gate.windows.push_back({static_text(statement.value), zone()}); return;
    case Word::freeze:
      gate.freezes.push_back({static_text(statement.value), static_text(statement.clause(ast::Clause::to)), zone(),
                              static_text(statement.clause(ast::Clause::because))});
      return;
    case Word::await: return lower_poll(statement, defaults_);
    case Word::check: {
      StepContext context = defaults_;
      if (statement.block) lower_items(statement.block->items, context);
      return;
    }
    default: return;
  }
}

// Of the stage that is being unfolded.
void Unfolder::lower_conditions(llvm::ArrayRef<ast::Item> items) {
  graph::Conditions gate;
  for (const ast::Item& item : items)
    if (item.statement && !stopped()) lower_condition(*item.statement, gate);
  graph::Stage& stage = current_->stage;
  stage.gate = std::move(gate);
  stage.timeout = time_of_checks;
  for (const graph::Step& step : stage.steps)
    if (step.poll) stage.timeout += step.poll->lasting;
}

void Unfolder::lower_gate(FoundStage& found) {
  lower_header(*found.statement);
  if (found.statement->block) lower_conditions(found.statement->block->items);
  current_ = nullptr;
}

}  // namespace sluice::lower

// Gates and environments, rollbacks, and scripts that are asked again and again.
#include "check/calendar.h"
#include "check/checker.h"
#include "check/plain.h"
#include "check/zone.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(BadCalendar, "{}");
DIAGNOSTIC(UnknownZone, "{}");
DIAGNOSTIC(MissingPiece, "`{}` lacks {}");
DIAGNOSTIC(NobodyConfirms, "nobody is asked to confirm this");
DIAGNOSTIC(RepeatedStatement, "`expires` is given twice");
DIAGNOSTIC(UnknownClause, "`{}` knows no `{}`");
DIAGNOSTIC(ExtraPiece, "`rollback none` undoes nothing, and has a block");
DIAGNOSTIC(NoSteps, "`{}` has no {}");
DIAGNOSTIC(LateRollback, "what stands above this rollback is not undone by it");

/// What a step of this kind does cannot be taken back by what stands below it. One that hands something on is there for
/// the rollback to know it.
bool has_effect(const Statement& statement) {
  switch (statement.word) {
    case Word::run:
    case Word::unsafe:
    case Word::uses: return true;
    case Word::step: break;
    default: return false;
  }
  if (!statement.block) return false;
  auto is = [&](auto test) {
    return llvm::any_of(statement.block->items,
                        [&](const ast::Item& item) { return item.statement && test(*item.statement); });
  };
  return !is([](const Statement& one) { return one.word == Word::output; }) && is(has_effect);
}

bool undoes(const ast::Item& item) {
  if (!item.statement) return false;
  switch (item.statement->word) {
    case Word::let:
    case Word::env:
    case Word::shell:
    case Word::working_directory: return false;
    default: return true;
  }
}

const Statement* expiry_in(const ast::Block* block) {
  if (!block) return nullptr;
  for (const ast::Item& item : block->items)
    if (item.statement && item.statement->word == Word::expires) return item.statement;
  return nullptr;
}

}  // namespace

void Checker::check_calendar_zone(const Expression& zone) {
  expect_static_text(zone, "a zone");
  auto name = written_text(zone);
  if (!name || *name == "UTC") return;
  auto problem = problem_of_zone(*name);
  if (!problem) return;
  // Of a gate the zone is always said.
  if (llvm::StringRef(problem->help).startswith("leave")) problem->help = "write `UTC`", problem->replacement = "UTC";
  tell<UnknownZone>(sink_, zone, *problem);
}

void Checker::check_window(const Statement& window) {
  if (const Expression* zone = window.clause(ast::Clause::zone))
    check_calendar_zone(*zone);
  else
    sink_.report<MissingPiece>(window.header, "window", "its zone")
        .help("write where the clock hangs, as in `zone \"Europe/Berlin\"` or `zone \"UTC\"`");
  if (!window.value) return;
  expect_static_text(*window.value, "a window");
  auto text = written_text(*window.value);
  auto problem = text ? problem_of_window(*text) : std::nullopt;
  if (problem) tell<BadCalendar>(sink_, *window.value, *problem);
}

void Checker::check_freeze(const Statement& freeze) {
  const Expression* to = freeze.clause(ast::Clause::to);
  const Expression* zone = freeze.clause(ast::Clause::zone);
  const Expression* because = freeze.clause(ast::Clause::because);
  if (!to || !zone || !because)
    sink_.report<MissingPiece>(freeze.header, "freeze",
                               !to     ? "its end"
                               : !zone ? "its zone"
                                       : "its reason")
        .help("for example `{}`", std::string_view(ast::info(Word::freeze).example));
  if (zone) check_calendar_zone(*zone);
  if (because) expect_static_text(*because, "a reason");
  std::optional<std::string> ends[2];
  bool sound = to != nullptr;
  for (int i = 0; i < 2; ++i) {
    const Expression* end = i == 0 ? freeze.value : to;
    if (!end) continue;
    expect_static_text(*end, "a day");
    ends[i] = written_text(*end);
    auto problem = ends[i] ? problem_of_instant(*ends[i]) : std::nullopt;
    if (problem) tell<BadCalendar>(sink_, *end, *problem);
    sound = sound && ends[i] && !problem;
  }
  if (sound && is_empty_freeze(*ends[0], *ends[1]))
    sink_.report<BadCalendar>(to->span, "the freeze ends before it begins")
        .help("write its last day, which belongs to it");
}

void Checker::check_approval(const Statement& approve) {
  if (approve.value) expect(*approve.value, Type::Kind::number, "the number of people");
  if (approve.clause(ast::Clause::by))
    sink_.report<UnknownClause>(approve.clause(ast::Clause::by)->span, "approve", "by")
        .help("write `of` before those who may approve");
  else if (!approve.clause(ast::Clause::of))
    sink_.report<MissingPiece>(approve.header, "approve", "who is asked")
        .help("for example `{}`", std::string_view(ast::info(Word::approve).example));
  else
    for (const Expression* one : approve.values)
      if (one != approve.value) expect_static_text(*one, "who is asked");
  if (const Statement* expires = expiry_in(approve.block); expires && expires->value)
    expect(*expires->value, Type::Kind::duration, "the time");
}

void Checker::check_lock(const Statement& lock) {
  for (const Expression* word : lock.values)
    if (word->text != "fifo" && word->text != "latest" && word->kind != Expression::Kind::invalid)
      sink_.report<UnknownClause>(word->span, "lock", std::string_view(word->text))
          .help("write `lock fifo`, the first come first, or `lock latest`, which lets only the newest wait");
  if (const Expression* name = lock.clause(ast::Clause::as)) expect_static_text(*name, "the name of a lock");
}

void Checker::check_condition(const Statement& condition) {
  switch (condition.word) {
    case Word::approve: return check_approval(condition);
    case Word::confirm:
      for (const Expression* text : condition.values) expect_static_text(*text, "what is to be confirmed");
      return;
    case Word::wait:
    case Word::expires:
      if (condition.value) expect(*condition.value, Type::Kind::duration, "the time");
      return;
    case Word::window: return check_window(condition);
    case Word::freeze: return check_freeze(condition);
    case Word::lock: return check_lock(condition);
    case Word::check: return check_apart(condition);
    case Word::await: return check_poll(condition);
    default: return;
  }
}

// One question is asked of all that are to approve, and it ends once.
void Checker::check_conditions(llvm::ArrayRef<ast::Item> items) {
  const Statement *confirm = nullptr, *expires = nullptr;
  bool approved = false;
  auto keep = [&](const Statement* one) {
    if (one && expires && one != expires)
      sink_.report<RepeatedStatement>(one->keyword.span)
          .note(expires->keyword.span, "first here")
          .help("all approvals are one question, which ends once: take the other away");
    if (one) expires = one;
  };
  bool own = false;
  for (const ast::Item& item : items) {
    if (!item.statement) continue;
    const Statement& statement = *item.statement;
    check_condition(statement);
    approved = approved || statement.word == Word::approve;
    if (statement.word == Word::confirm && !confirm) confirm = &statement;
    if (statement.word == Word::approve) keep(expiry_in(statement.block));
    if (statement.word == Word::expires && !std::exchange(own, true)) keep(&statement);
  }
  if (confirm && !approved)
    sink_.report<NobodyConfirms>(confirm->header).help("say who is asked: `approve 1 of \"@team\"` beside it");
}

void Checker::check_gate(const Statement& gate) {
  check_header(gate);
  if (!gate.block) return;
  check_conditions(gate.block->items);
  if (gate.block->items.empty())
    sink_.report<NoSteps>(gate.name.span, std::string_view(gate.name.text), "conditions")
        .help("for example `{}`", std::string_view(ast::info(Word::gate).example));
}

// What is declared inside is not known outside.
void Checker::check_apart(const Statement& statement) {
  if (!statement.block) return;
  ScopeIndex mark = scope_.mark();
  check_items(statement.block->items, {nullptr, false, statement.keyword.text});
  scope_.restore(mark);
}

void Checker::check_poll(const Statement& statement) {
  if (statement.value) expect(*statement.value, Type::Kind::duration, "the time");
  for (ast::Clause clause : {ast::Clause::every, ast::Clause::within})
    if (const Expression* time = statement.clause(clause)) expect(*time, Type::Kind::duration, "the time");
  if (const Expression* number = statement.clause(ast::Clause::tolerate))
    expect(*number, Type::Kind::number, "the number of failures");
  check_apart(statement);
}

void Checker::check_rollback(const Statement& rollback) {
  if (const Expression* within = rollback.clause(ast::Clause::within))
    expect(*within, Type::Kind::duration, "the time");
  if (rollback.value) return check_no_rollback(rollback);
  if (!rollback.block) {
    sink_.report<MissingPiece>(rollback.header, "rollback", "its steps")
        .help("write `rollback {{ … }}`, or `rollback none because \"…\"`");
    return;
  }
  check_apart(rollback);
  if (llvm::none_of(rollback.block->items, undoes))
    sink_.report<NoSteps>(rollback.keyword.span, "rollback", "steps").help("say how what stands below it is undone");
  if (!reader_ || !enters_environment(*reader_->statement)) return;
  for (const ast::Item& item : bodies_.back()) {
    if (item.statement == &rollback) return;
    if (!item.statement || !has_effect(*item.statement)) continue;
    sink_.report<LateRollback>(rollback.keyword.span)
        .note(item.statement->header, "if this fails, or what follows it, this stays")
        .help("a rollback covers what follows it: write it above, or read an `output` of the step in it");
    return;
  }
}

void Checker::check_no_rollback(const Statement& rollback) {
  if (rollback.value->text != "none" && rollback.value->kind != Expression::Kind::invalid) {
    sink_.report<UnknownClause>(rollback.value->span, "rollback", std::string_view(rollback.value->text))
        .help("write `rollback {{ … }}`, or `rollback none because \"…\"`");
    return;
  }
  if (rollback.block) sink_.report<ExtraPiece>(rollback.block->span).help("take `none` out, or the block");
  const Expression* because = rollback.clause(ast::Clause::because);
  if (because)
    expect_static_text(*because, "a reason");
  else
    sink_.report<MissingPiece>(rollback.header, "rollback none", "its reason")
        .help("write `because \"…\"`: whoever finds production broken reads it");
}

}  // namespace sluice::check

// Whether what a stage or a step gives is there where it is read: `T`, or `T?` because it may not have run.
#include "check/expression_checker.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;

bool same(const Expression& left, const Expression& right) {
  if (left.kind != right.kind || left.op != right.op || left.operands.size() != right.operands.size()) return false;
  if (left.kind == Kind::string) {
    bool plain = left.parts.size() <= 1 && right.parts.size() <= 1;
    auto text = [](const Expression& one) { return one.parts.empty() ? llvm::StringRef() : one.parts[0].text; };
    auto hole = [](const Expression& one) { return !one.parts.empty() && one.parts[0].hole; };
    return plain && !hole(left) && !hole(right) && text(left) == text(right);
  }
  if (left.text != right.text) return false;
  for (std::size_t i = 0; i < left.operands.size(); ++i)
    if (!same(*left.operands[i], *right.operands[i])) return false;
  return true;
}

// Whether one of the conditions that are joined by `&&` in `guard` is such a one.
template <typename Test>
bool holds(const Expression& guard, const Test& test) {
  if (guard.kind == Kind::binary && guard.op == ast::Operator::both)
    return holds(*guard.operands[0], test) || holds(*guard.operands[1], test);
  return test(guard);
}

bool is_call(const Expression& expression, llvm::StringRef function) {
  return expression.kind == Kind::call && expression.operands[0]->kind == Kind::name &&
         expression.operands[0]->text.equals_insensitive(function);
}

bool calls(const Expression& expression, llvm::StringRef function) {
  if (is_call(expression, function)) return true;
  return std::any_of(expression.operands.begin(), expression.operands.end(),
                     [&](const Expression* operand) { return calls(*operand, function); });
}

// `build.result == "success"`, `needs.build.result == "success"`.
bool says_success(const Expression& expression, llvm::StringRef part) {
  if (expression.kind != Kind::binary || expression.op != ast::Operator::equal) return false;
  const Expression& asked = *expression.operands[0];
  const Expression& answer = *expression.operands[1];
  bool success = answer.kind == Kind::string && answer.parts.size() == 1 && answer.parts[0].text == "success";
  bool result = asked.kind == Kind::member && (asked.text == "result" || asked.text == "outcome");
  return success && result && asked.operands[0]->text == part;
}

bool asks_anyway(const Expression& when) {
  return calls(when, "always") || calls(when, "failure") || calls(when, "cancelled");
}

const Statement* option(const Statement& statement, Word word) {
  if (!statement.block) return nullptr;
  for (const ast::Item& item : statement.block->items)
    if (item.statement && item.statement->word == word) return item.statement;
  return nullptr;
}

}  // namespace

// The condition by which a stage starts although something before it did not succeed; its own or its template's.
const Expression* ExpressionChecker::runs_anyway(const Statement& stage) const {
  for (const Statement* from = &stage; from; from = template_of(*from))
    if (const Expression* when = from->clause(ast::Clause::when); when && asks_anyway(*when)) return when;
  return nullptr;
}

const Statement* ExpressionChecker::allowed_failure(const Statement& part) const {
  // `let x = f()`: what holds for all of the step `f`.
  if (part.word == Word::let) {
    auto call = program_.calls.find(part.value);
    return call == program_.calls.end() ? nullptr : option(*call->second.callee->statement, Word::allow_failure);
  }
  for (const Statement* from = &part; from; from = template_of(*from))
    if (const Statement* allowed = option(*from, Word::allow_failure)) return allowed;
  return nullptr;
}

// The condition on which a stage is skipped, where nothing here says that it holds.
const Expression* ExpressionChecker::open_condition(const Statement& stage) const {
  for (const Statement* from = &stage; from; from = template_of(*from))
    if (const Expression* when = from->clause(ast::Clause::when); when && !is_guarded(*when)) return when;
  return nullptr;
}

bool ExpressionChecker::is_guarded(const Expression& condition) const {
  return std::any_of(guards_.begin(), guards_.end(), [&](const Expression* guard) {
    return guard == &condition || same(*guard, condition) ||
           holds(*guard, [&](const Expression& one) { return same(one, condition); });
  });
}

bool ExpressionChecker::is_present(const Symbol& part) const {
  for (const Expression* guard : guards_) {
    if (holds(*guard, [&](const Expression& one) { return says_success(one, part.name); })) return true;
    bool all = holds(*guard, [&](const Expression& one) { return is_call(one, "success"); });
    if (all && part.kind == Symbol::Kind::stage) return true;
  }
  if (allowed_failure(*part.statement)) return false;
  if (part.kind == Symbol::Kind::step || part.kind == Symbol::Kind::step_value)
    return std::all_of(part.guards.begin(), part.guards.end(), [&](const Expression* one) { return is_guarded(*one); });
  if (!reader_ || runs_anyway(*reader_->statement)) return false;
  return !open_condition(*part.statement);
}

const Type* ExpressionChecker::as_read(const Symbol& part, const Type* type) {
  bool may_miss =
      part.kind == Symbol::Kind::stage || part.kind == Symbol::Kind::step || part.kind == Symbol::Kind::step_value;
  return may_miss && !is_present(part) ? table_.optional(type) : type;
}

void ExpressionChecker::explain_absence(diagnostics::Builder& told, const Expression& expression,
                                        const Type* wanted) const {
  if (events_.explain_absence(told, expression, wanted)) return;
  told.help("it may be absent: write `?? default` behind it");
  if (expression.kind != Kind::member && expression.kind != Kind::name) return;
  auto resolved = program_.resolved.find(expression.kind == Kind::member ? expression.operands[0] : &expression);
  if (resolved == program_.resolved.end()) return;
  const Symbol& part = *resolved->second;
  bool value = expression.kind == Kind::name;
  bool step = part.kind == (value ? Symbol::Kind::step_value : Symbol::Kind::step);
  if ((value || part.kind != Symbol::Kind::stage) && !step) return;
  if (is_present(part)) return;
  std::string_view name = part.name;
  if (const Statement* allowed = allowed_failure(*part.statement))
    told.note(allowed->keyword.span, "`{}` may fail", name);
  else if (step && !part.guards.empty())
    told.note(part.guards.front()->span, "`{}` runs only when this holds", name);
  else if (const Expression* open = open_condition(*part.statement); open && part.kind == Symbol::Kind::stage)
    told.note(open->span, "`{}` runs only when this holds", name);
  else if (const Expression* anyway = reader_ ? runs_anyway(*reader_->statement) : nullptr)
    told.note(anyway->span, "this runs whatever became of `{}`", name);
}

}  // namespace sluice::check

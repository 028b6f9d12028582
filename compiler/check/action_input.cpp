// Calls of declared actions, and what an input takes.
#include "check/action_input.h"

namespace sluice::check {

using Kind = Expression::Kind;

namespace {
DIAGNOSTIC(TypeMismatch, "{} is {}, but {} is needed");
DIAGNOSTIC(DeprecatedInput, "the input `{}` of `{}` is deprecated");
DIAGNOSTIC(DeprecatedAction, "`{}` is deprecated");
}  // namespace

llvm::StringRef literal(const Expression* value) {
  bool plain = value && value->kind == Kind::string && value->parts.size() == 1 && !value->parts[0].hole;
  return plain ? value->parts[0].text : "";
}

void each_of(Word word, const Symbol& action, llvm::function_ref<void(const Statement&)> visit) {
  if (!action.statement->block) return;
  for (const ast::Item& item : action.statement->block->items)
    if (item.statement && item.statement->word == word && item.statement->name) visit(*item.statement);
}

const Statement* input_of(const Symbol& action, llvm::StringRef name) {
  const Statement* found = nullptr;
  each_of(Word::input, action, [&](const Statement& input) {
    if (input.name.text.equals_insensitive(name)) found = &input;
  });
  return found;
}

llvm::SmallVector<llvm::StringRef, 16> inputs_of(const Symbol& action) {
  llvm::SmallVector<llvm::StringRef, 16> names;
  each_of(Word::input, action, [&](const Statement& input) {
    if (!input.clause(ast::Clause::deprecated)) names.push_back(input.name.text);
  });
  return names;
}

void report_deprecated_input(const ast::Name& given, llvm::StringRef shown, const Symbol& action,
                             diagnostics::Sink& sink) {
  const Statement* input = input_of(action, given.text);
  const Expression* why = input ? input->clause(ast::Clause::deprecated) : nullptr;
  if (!why) return;
  auto told = sink.report<DeprecatedInput>(given.span, std::string_view(given.text), std::string_view(shown));
  llvm::StringRef instead = literal(why);
  // `deprecated "use NAME"` of another input is a change of names.
  if (instead.consume_front("use ") && input_of(action, instead))
    told.help("use `{}`", std::string_view(instead)).fix(given.span, instead.str());
  else
    told.help("{}", std::string_view(literal(why)));
}

void report_deprecated_action(Span span, llvm::StringRef shown, const Symbol& action, diagnostics::Sink& sink) {
  if (const Expression* why = action.statement->clause(ast::Clause::deprecated))
    sink.report<DeprecatedAction>(span, std::string_view(shown)).help("{}", std::string_view(literal(why)));
}

void ExpressionChecker::match_action(const Expression& call, const Symbol& action) {
  llvm::SmallVector<ast::Parameter, 16> inputs;
  each_of(Word::input, action, [&](const Statement& input) {
    inputs.push_back({input.name, input.type, input.value});
  });
  Call result;
  result.callee = &action;
  match_arguments(call, inputs, result, "");
  for (const ast::Name& name : call.names)
    if (name) report_deprecated_input(name, action.name, action, sink_);
  report_deprecated_action(call.operands[0]->span, action.name, action, sink_);
  program_.calls[&call] = std::move(result);
}

// An action takes text: a bool is one, a list is one item a line or the text that the action splits, `"${{ x }}"` is
// what `x` is, and of several choices one that is known only when it runs is the action's to judge.
void ExpressionChecker::expect_input(const Expression& expression, const Type* wanted, llvm::StringRef name) {
  std::string what = fmt::format("`{}`", std::string_view(name));
  const Type* found = type_of(expression);
  bool fits = !found->optional || wanted->optional;
  bool hole = expression.kind == Kind::string && expression.parts.size() == 1 && expression.parts[0].hole;
  bool choices = wanted->kind == Type::Kind::enumeration;
  if (fits && choices && found->kind == Type::Kind::string && (expression.kind != Kind::string || hole)) return;
  if (fits && found->kind == Type::Kind::boolean) {
    bool listed = std::find(wanted->names.begin(), wanted->names.end(), "true") != wanted->names.end();
    if (wanted->kind == Type::Kind::string || (choices && listed)) return;
  }
  if (hole && types::assignable(type_of(*expression.parts[0].hole), wanted)) return;
  if (wanted->kind != Type::Kind::list || found->kind == Type::Kind::list) return expect(expression, wanted, what);
  if (!fits || !types::assignable(found, table_.optional(wanted->element)))
    sink_.report<TypeMismatch>(expression.span, what, types::describe_one(found), types::describe_one(wanted))
        .help("write a list, or a text with one item a line");
}

}  // namespace sluice::check

// Steps that give a value: `step live() -> string { … }`, read by `let slot = live()`.
#include "check/checker.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(NoValue, "`{}` gives no value: {}");

bool holds_statements(Word word) {
  return word == Word::if_ || word == Word::else_ || word == Word::match || word == Word::case_ || word == Word::for_ ||
         word == Word::when || word == Word::backend;
}

bool says_value(llvm::ArrayRef<ast::Item> items) {
  return std::any_of(items.begin(), items.end(), [](const ast::Item& item) {
    if (!item.statement) return false;
    const Statement& statement = *item.statement;
    if (statement.word == Word::output) return statement.name.text == "value";
    return holds_statements(statement.word) && statement.block && says_value(statement.block->items);
  });
}

bool acts(Word word) {
  return word == Word::run || word == Word::unsafe || word == Word::uses || word == Word::call || word == Word::step ||
         word == Word::native || word == Word::artifact || holds_statements(word);
}

/// What keeps a body's last statement from being a script.
struct Obstacle {
  const Statement* statement = nullptr;
  std::string why;
};

Obstacle find_obstacle(const ast::Block& block, const Statement& around, bool optional);

Obstacle of_last(const Statement& last, const Statement* before, bool optional) {
  switch (last.word) {
    case Word::run:
    case Word::unsafe: return {};
    case Word::else_:
    case Word::backend:
      if (before && (before->word == Word::if_ || before->word == Word::backend) && before->block)
        if (Obstacle found = find_obstacle(*before->block, *before, optional); found.statement) return found;
      return last.block ? find_obstacle(*last.block, last, optional) : Obstacle{};
    case Word::step:
      if (last.clause(ast::Clause::when) && !optional) return {&last, "its last step runs only under a condition"};
      return last.block ? find_obstacle(*last.block, last, optional) : Obstacle{&last, "its last step does nothing"};
    case Word::when:
      if (!optional) return {&last, "its last script runs only under a condition"};
      return last.block ? find_obstacle(*last.block, last, optional) : Obstacle{};
    case Word::match:
      for (const ast::Item& item : last.block ? last.block->items : llvm::ArrayRef<ast::Item>())
        if (item.statement && item.statement->block)
          if (Obstacle found = find_obstacle(*item.statement->block, *item.statement, optional); found.statement)
            return found;
      return {};
    case Word::if_: return {&last, "its last `if` has no `else`"};
    case Word::for_: return {&last, "its last loop may take no turn"};
    default: return {last.word == Word::invalid ? nullptr : &last, "its last statement is no script"};
  }
}

Obstacle find_obstacle(const ast::Block& block, const Statement& around, bool optional) {
  const Statement* last = nullptr;
  const Statement* before = nullptr;
  for (const ast::Item& item : block.items) {
    if (!item.statement) continue;
    // What could not be read may be the script.
    if (item.statement->word == Word::invalid) return {};
    if (acts(item.statement->word)) before = std::exchange(last, item.statement);
  }
  if (!last) return {&around, "it holds no script"};
  return of_last(*last, before, optional);
}

bool is_text(const Type* type) {
  return type->kind != Type::Kind::artifact && type->kind != Type::Kind::environment && type->kind != Type::Kind::steps;
}

}  // namespace

// What a step gives is its output `value`, whether its body says so or the compiler reads it from its last script.
void Checker::begin_value(Symbol& function) {
  if (function.kind != Symbol::Kind::step_function || !function.statement->returns) return;
  const Type* type = read_type(function.statement->returns);
  if (!is_text(type)) {
    sink_
        .report<NoValue>(function.statement->returns->span, std::string_view(function.name),
                         fmt::format("no script writes {}", types::describe_one(type)))
        .help("give text, a number, a list or a record");
    type = table_.simple(Type::Kind::any);
  }
  function.outputs.insert({"value", type});
}

void Checker::check_value(const Symbol& function) {
  const Statement& statement = *function.statement;
  if (function.kind != Symbol::Kind::step_function || !statement.returns || says_value(statement.block->items)) return;
  Obstacle found = find_obstacle(*statement.block, statement, statement.returns->optional);
  if (!found.statement) return;
  const Statement& at = *found.statement;
  bool whole = &at == &statement;
  auto told = sink_.report<NoValue>(whole ? function.span : at.header, std::string_view(function.name), found.why);
  if (!whole) told.note(statement.returns->span, "this is what it should give");
  told.help("its value is what its last `run` prints, or what `output value = …` in its body says");
}

bool Checker::gives_value(const Statement& let) const {
  auto call = let.value ? program_.calls.find(let.value) : program_.calls.end();
  return call != program_.calls.end() && call->second.callee->kind == Symbol::Kind::step_function;
}

}  // namespace sluice::check

// Environments: what they say of themselves, and who enters them.
#include "check/environment.h"

#include "check/checker.h"
#include "check/plain.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;

DIAGNOSTIC(NotCallable, "this is no environment");
DIAGNOSTIC(UnknownName, "there is no environment `{}`");
DIAGNOSTIC(OpenSecrets, "every branch may read the secrets of `{}`");
DIAGNOSTIC(WayAround, "this may be `{}`, and nobody who enters it this way is asked");

/// The first environment that asks something and whose name this may be.
const Statement* asks_and_may_be(const Program& program, const Expression& name) {
  auto written = written_text(name);
  for (const auto& module : program.modules) {
    for (const ast::Item& item : module->file->items) {
      if (!item.statement || item.statement->word != Word::environment || !item.statement->block) continue;
      bool asks = llvm::any_of(item.statement->block->items, is_entry_condition);
      if (asks && (!written || *written == item.statement->name.text)) return item.statement;
    }
  }
  return nullptr;
}

}  // namespace

bool is_entry_condition(const ast::Item& item) {
  if (!item.statement) return false;
  switch (item.statement->word) {
    case Word::approve:
    case Word::confirm:
    case Word::expires:
    case Word::wait:
    case Word::window:
    case Word::freeze:
    case Word::lock:
    case Word::check:
    case Word::await: return true;
    default: return false;
  }
}

// `in production`, `in where` with a parameter of that type, `in common.production`.
bool Checker::names_environment(const Expression& in) {
  if (in.kind == Kind::member) {
    const Type* type = type_of(in);
    return type->kind == Type::Kind::environment || type->kind == Type::Kind::any;
  }
  if (in.kind != Kind::name) return false;
  auto declared = module_->names.find(in.text);
  Symbol* symbol = declared != module_->names.end() ? declared->second : nullptr;
  if (!symbol || symbol->kind != Symbol::Kind::environment) {
    symbol = scope_.find(in.text);
    bool given = symbol && symbol->kind == Symbol::Kind::parameter && symbol->type;
    if (!given || symbol->type->kind != Type::Kind::environment) return false;
  }
  program_.resolved[&in] = symbol;
  return true;
}

// What stands behind `in`: a declared name, or `environment(…)` around one that is known only when the pipeline runs.
void Checker::check_entered(const Expression& in) {
  if (names_environment(in)) return;
  if (in.kind == Expression::Kind::name) {
    sink_.report<UnknownName>(in.span, std::string_view(in.text))
        .help("declare it: `environment {} external`", std::string_view(in.text));
    return;
  }
  bool chosen = in.kind == Kind::call && in.operands[0]->text == "environment" && in.operands.size() == 2;
  if (!chosen && in.kind != Kind::invalid)
    sink_.report<NotCallable>(in.span).help(
        "write a declared name, or `environment(…)` around a name that is known later");
  if (!chosen) return;
  const Expression& name = *in.operands[1];
  expect(name, Type::Kind::string, "the environment's name");
  const Statement* declared = asks_and_may_be(program_, name);
  if (declared)
    sink_.report<WayAround>(name.span, std::string_view(declared->name.text))
        .note(declared->name.span, "who enters it is asked")
        .help("write a declared name, as in `in {}`; where one is chosen, write a stage for each with its `when`",
              std::string_view(declared->name.text));
}

void Checker::check_environments(const Module& module) {
  module_ = &module;
  for (const ast::Item& declared : module.file->items) {
    if (!declared.statement || declared.statement->word != Word::environment || !declared.statement->block) continue;
    check_conditions(declared.statement->block->items);
    const Statement *secret = nullptr, *branches = nullptr;
    for (const ast::Item& item : declared.statement->block->items) {
      if (!item.statement) continue;
      const Statement& statement = *item.statement;
      if (statement.word == Word::url && statement.value) expect(*statement.value, Type::Kind::string, "the address");
      if (statement.word == Word::secret) secret = &statement;
      if (statement.word != Word::branches) continue;
      branches = &statement;
      for (const Expression* pattern : statement.values) expect_static_text(*pattern, "a branch");
      check_patterns(statement);
    }
    bool asks = llvm::any_of(declared.statement->block->items, is_entry_condition);
    if (secret && asks && !branches && !declared.statement->flag(ast::Flag::external))
      sink_.report<OpenSecrets>(declared.statement->name.span, std::string_view(declared.statement->name.text))
          .note(secret->header, "whoever pushes a branch with another workflow reads this, and nobody is asked")
          .help("say whose runs may work in it: `branches \"main\"`");
  }
}

}  // namespace sluice::check

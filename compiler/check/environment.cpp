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

// What stands behind `in`.
void Checker::check_entered(const Expression& in) {
  if (names_environment(in)) return;
  if (in.kind == Expression::Kind::name)
    sink_.report<UnknownName>(in.span, std::string_view(in.text))
        .help("declare it: `environment {} external`", std::string_view(in.text));
  else
    check_chosen_environment(in);
}

// `in environment(inputs.target)`: which one is known only when the pipeline runs.
void Checker::check_chosen_environment(const Expression& in) {
  bool chosen = in.kind == Expression::Kind::call && in.operands[0]->text == "environment" && in.operands.size() == 2;
  if (chosen) {
    expect(*in.operands[1], Type::Kind::string, "the environment's name");
    check_way_around(*in.operands[1]);
  }
  if (!chosen && in.kind != Expression::Kind::invalid)
    sink_.report<NotCallable>(in.span).help(
        "write a declared name, or `environment(…)` around a name that is known later");
}

// A name that is known later could be that of an environment which asks something, and would not be asked.
void Checker::check_way_around(const Expression& in) {
  auto written = written_text(in);
  for (const auto& module : program_.modules) {
    for (const ast::Item& item : module->file->items) {
      if (!item.statement || item.statement->word != Word::environment || !item.statement->block) continue;
      const Statement& declared = *item.statement;
      if (llvm::none_of(declared.block->items, is_entry_condition)) continue;
      if (written && *written != declared.name.text) continue;
      sink_.report<WayAround>(in.span, std::string_view(declared.name.text))
          .note(declared.name.span, "who enters it is asked")
          .help("write a declared name, as in `in {}`; where one is chosen, write a stage for each with its `when`",
                std::string_view(declared.name.text));
      return;
    }
  }
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

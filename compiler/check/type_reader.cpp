// Types as they are written.
#include "check/expression_checker.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(UnknownType, "there is no type `{}`");
DIAGNOSTIC(DuplicateEntry, "the choice `{}` is given twice");
DIAGNOSTIC(Recursion, "the type `{}` is made of itself");

}  // namespace

// `type severity = enum(…)`: read once, where it is first asked for.
const Type* ExpressionChecker::type_of_alias(Symbol& alias) {
  if (alias.type) return alias.type;
  if (alias.in_progress) {
    sink_.report<Recursion>(alias.span, std::string_view(alias.name)).help("a type cannot hold itself");
    return alias.type = table_.simple(Type::Kind::any);
  }
  if (!begin_asking(alias)) return table_.simple(Type::Kind::any);
  alias.in_progress = true;
  const Module* outer = std::exchange(module_, alias.module);
  const Type* type = read_type(alias.statement->type);
  module_ = outer;
  asked_.pop_back();
  alias.in_progress = false;
  if (!alias.type) alias.type = type;
  return alias.type;
}

const Type* ExpressionChecker::read_choices(const ast::Type& type) {
  llvm::SmallVector<llvm::StringRef, 4> names;
  llvm::StringMap<Span> seen;
  for (const Expression* choice : type.choices) {
    if (choice->parts.empty()) continue;
    llvm::StringRef text = choice->parts[0].text;
    auto [first, fresh] = seen.try_emplace(text, choice->span);
    if (fresh)
      names.push_back(text);
    else
      sink_.report<DuplicateEntry>(choice->span, std::string_view(text)).note(first->second, "given here first");
  }
  return table_.enumeration(names);
}

const Type* ExpressionChecker::read_type(const ast::Type* type) {
  if (!type) return table_.simple(Type::Kind::any);
  const Type* result = nullptr;
  if (!type->name) {
    llvm::SmallVector<llvm::StringRef, 4> names;
    llvm::SmallVector<const Type*, 4> fields;
    for (const ast::Name& name : type->fields) names.push_back(name.text);
    for (const ast::Type* field : type->arguments) fields.push_back(read_type(field));
    result = table_.record(names, fields);
  } else if (type->name.text == "enum") {
    result = read_choices(*type);
  } else if (type->name.text == "list" || type->name.text == "map") {
    const Type* element = type->arguments.empty() ? table_.simple(Type::Kind::any) : read_type(type->arguments[0]);
    result = type->name.text == "list" ? table_.list_of(element) : table_.map_of(element);
  } else if (auto declared = module_->names.find(type->name.text);
             declared != module_->names.end() && declared->second->kind == Symbol::Kind::type) {
    result = type_of_alias(*declared->second);
  } else {
    result = types::builtin(type->name.text, table_);
  }
  if (!result) {
    sink_.report<UnknownType>(type->name.span, std::string_view(type->name.text))
        .help(
            "the types are bool, number, string, duration, percent, size, path, list<T>, map<T>, enum(…), artifact and "
            "json");
    return table_.simple(Type::Kind::any);
  }
  if (type->secret) result = table_.secret(result);
  return type->optional ? table_.optional(result) : result;
}

}  // namespace sluice::check

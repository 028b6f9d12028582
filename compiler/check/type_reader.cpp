// Types as they are written.
#include "check/expression_checker.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(UnknownType, "{} `{}`");
DIAGNOSTIC(DuplicateEntry, "the choice `{}` is given twice");
DIAGNOSTIC(Recursion, "the type `{}` is made of itself");

// Those that do not begin with `hidden`, unless that is empty.
llvm::SmallVector<llvm::StringRef, 16> types_in(const Module& module, llvm::StringRef hidden) {
  llvm::SmallVector<llvm::StringRef, 16> names;
  for (const auto& entry : module.names) {
    bool shown = hidden.empty() || !entry.first().startswith(hidden);
    bool type = entry.second->kind == Symbol::Kind::type || entry.second->kind == Symbol::Kind::interface;
    if (shown && type) names.push_back(entry.first());
  }
  std::sort(names.begin(), names.end());
  return names;
}

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

const Type* ExpressionChecker::read_record(const ast::Type& type) {
  llvm::SmallVector<llvm::StringRef, 4> names;
  llvm::SmallVector<const Type*, 4> fields;
  for (const ast::Name& name : type.fields) names.push_back(name.text);
  for (const ast::Type* field : type.arguments) fields.push_back(read_type(field));
  return table_.record(names, fields);
}

// `severity`, `common.severity`: a declared type, or else one of the language.
const Type* ExpressionChecker::read_named_type(const ast::Name& name) {
  llvm::StringRef text = name.text;
  if (text.contains('.')) return type_of_module(name);
  auto declared = module_->names.find(text);
  if (declared != module_->names.end() && declared->second->kind == Symbol::Kind::type)
    return type_of_alias(*declared->second);
  if (declared != module_->names.end() && declared->second->kind == Symbol::Kind::interface)
    return type_of_interface(*declared->second);
  if (const Type* type = types::builtin(text, table_)) return type;
  llvm::SmallVector<llvm::StringRef, 16> known = types_in(*module_, "");
  known.append({"bool", "number", "string", "duration", "percent", "size", "path", "list", "map", "enum", "artifact",
                "environment", "json"});
  auto told = sink_.report<UnknownType>(name.span, "there is no type", std::string_view(text));
  if (llvm::StringRef near = diagnostics::nearest(text, known); !near.empty())
    told.help("did you mean `{}`?", std::string_view(near)).fix(name.span, near.str());
  else
    told.help(
        "the types are bool, number, string, duration, percent, size, path, list<T>, map<T>, enum(…), artifact and "
        "json");
  return table_.simple(Type::Kind::any);
}

// `common.severity`: what a module's file declares with `type`.
const Type* ExpressionChecker::type_of_module(const ast::Name& name) {
  const Type* unknown = table_.simple(Type::Kind::any);
  auto [base, member] = name.text.split('.');
  Span base_span{name.span.begin, name.span.begin + static_cast<std::uint32_t>(base.size())};
  Span member_span{base_span.end + 1, name.span.end};
  auto declared = module_->names.find(base);
  if (declared == module_->names.end() || declared->second->kind != Symbol::Kind::module) {
    auto told = sink_.report<UnknownType>(base_span, "there is no module", std::string_view(base));
    if (llvm::StringRef near = nearest_module(base); !near.empty())
      told.help("did you mean `{}`?", std::string_view(near)).fix(base_span, near.str());
    else
      told.help("bring it into this file: `use \"./{0}.pipe\" as {0}`", std::string_view(base));
    return unknown;
  }
  // The module itself was not found: that was told.
  if (!declared->second->use) return unknown;
  const Module& module = *declared->second->use->module;
  if (report_private(module, member, member_span)) return unknown;
  auto found = module.names.find(member);
  if (found != module.names.end() && found->second->kind == Symbol::Kind::type) return type_of_alias(*found->second);
  if (found != module.names.end() && found->second->kind == Symbol::Kind::interface)
    return type_of_interface(*found->second);
  auto told = sink_.report<UnknownType>(member_span, fmt::format("module `{}` has no type", std::string_view(base)),
                                        std::string_view(member));
  llvm::SmallVector<llvm::StringRef, 16> known = types_in(module, "_");
  if (llvm::StringRef near = diagnostics::nearest(member, known); !near.empty())
    told.help("did you mean `{}`?", std::string_view(near)).fix(member_span, near.str());
  else if (known.empty())
    told.help("the module declares no types");
  else
    told.help("it has {}", diagnostics::list_of(known));
  return unknown;
}

const Type* ExpressionChecker::read_type(const ast::Type* type) {
  if (!type) return table_.simple(Type::Kind::any);
  const Type* result = nullptr;
  if (!type->name) {
    result = read_record(*type);
  } else if (type->name.text == "enum") {
    result = read_choices(*type);
  } else if (type->name.text == "list" || type->name.text == "map") {
    const Type* element = type->arguments.empty() ? table_.simple(Type::Kind::any) : read_type(type->arguments[0]);
    result = type->name.text == "list" ? table_.list_of(element) : table_.map_of(element);
  } else {
    result = read_named_type(type->name);
  }
  if (result->kind == Type::Kind::any) return result;
  if (type->secret) result = table_.secret(result);
  return type->optional ? table_.optional(result) : result;
}

}  // namespace sluice::check

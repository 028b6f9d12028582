// What a file sees of the modules that it uses.
#include "check/expression_checker.h"
#include "check/made.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(PrivateName, "`{}` is private to `{}`");
DIAGNOSTIC(StepsAsValue, "`{}` {}, and that is no value");

bool is_value(Symbol::Kind kind) {
  return kind == Symbol::Kind::let || kind == Symbol::Kind::environment || kind == Symbol::Kind::target;
}

std::string_view what_it_is(Symbol::Kind kind) {
  switch (kind) {
    case Symbol::Kind::function: return "is a function";
    case Symbol::Kind::type: return "is a type";
    case Symbol::Kind::interface: return "is an interface";
    case Symbol::Kind::module: return "is a module";
    default: return what_it_makes(kind);
  }
}

}  // namespace

Span name_span(const Expression& member) {
  return {member.span.end - static_cast<std::uint32_t>(member.text.size()), member.span.end};
}

llvm::StringRef ExpressionChecker::nearest_module(llvm::StringRef name) const {
  llvm::SmallVector<llvm::StringRef, 8> known;
  for (const auto& entry : module_->names)
    if (entry.second->kind == Symbol::Kind::module) known.push_back(entry.first());
  std::sort(known.begin(), known.end());
  return diagnostics::nearest(name, known);
}

// Names that begin with `_` stay inside their file.
bool ExpressionChecker::report_private(const Module& module, llvm::StringRef name, Span span) {
  auto found = module.names.find(name);
  if (!name.startswith("_") || found == module.names.end()) return false;
  sink_.report<PrivateName>(span, std::string_view(name), module.name)
      .note(found->second->span, "declared here: a name that begins with `_` stays inside its file")
      .help("use what the module shows, or give it a name without `_`");
  return true;
}

// `common.greeting`, `common.production`: what a module's file declares. Null where the base is no module.
const Type* ExpressionChecker::member_of_module(const Expression& base, const Expression& expression) {
  auto declared = module_->names.find(base.text);
  if (declared == module_->names.end() || declared->second->kind != Symbol::Kind::module) return nullptr;
  const Type* unknown = table_.simple(Type::Kind::any);
  if (!declared->second->use) return unknown;
  program_.resolved[&base] = declared->second;
  const Module& module = *declared->second->use->module;
  if (report_private(module, expression.text, name_span(expression))) return unknown;
  auto found = module.names.find(expression.text);
  if (found != module.names.end() && is_value(found->second->kind)) {
    program_.resolved[&expression] = found->second;
    return found->second->kind == Symbol::Kind::target ? type_of_target(expression, *found->second)
                                                       : type_of_symbol(*found->second);
  }
  std::string spelling = fmt::format("{}.{}", std::string_view(base.text), std::string_view(expression.text));
  if (found != module.names.end()) {
    Symbol::Kind kind = found->second->kind;
    auto told = sink_.report<StepsAsValue>(expression.span, spelling, what_it_is(kind));
    if (kind == Symbol::Kind::function)
      told.help("call it: `{}(…)`", spelling);
    else if (makes_parts(kind))
      told.help("call it in a statement: {}", how_to_make(kind, spelling));
    else
      told.help("a value is declared with `let`");
    return unknown;
  }
  llvm::SmallVector<llvm::StringRef, 8> known;
  for (const auto& entry : module.names)
    if (is_value(entry.second->kind) && !entry.first().startswith("_")) known.push_back(entry.first());
  std::sort(known.begin(), known.end());
  return unknown_member(expression, fmt::format("module `{}`", std::string_view(base.text)), known);
}

}  // namespace sluice::check

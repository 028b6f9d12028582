// Interfaces, the targets that have the steps which those ask for, and the phases of the strategies between them.
#include "check/checker.h"
#include "check/made.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;

DIAGNOSTIC(DuplicateName, "`{}` is declared twice in `{}`");
DIAGNOSTIC(MissingPiece, "`step` lacks a name");
DIAGNOSTIC(ExtraPiece, "a step of an interface has no block");
DIAGNOSTIC(RepeatedStatement, "`prepare` is given twice");
DIAGNOSTIC(MissingArgument, "`{}` needs `{}`");
DIAGNOSTIC(TypeMismatch, "{} is {}, but {} is needed");
DIAGNOSTIC(NoSteps, "the phase `{}` has no steps");
DIAGNOSTIC(NotAnInterface, "`{}` is no interface");
DIAGNOSTIC(MissingStep, "`{}` lacks {}");
DIAGNOSTIC(UnknownStep, "`{}` asks for no step `{}`");
DIAGNOSTIC(StepDiffers, "{}");
DIAGNOSTIC(GateInStrategy, "a `gate` between the phases of a strategy");

bool same(const Type* left, const Type* right) {
  return types::assignable(left, right) && types::assignable(right, left) && left->secret == right->secret;
}

// `live() -> string`, as the author would write it.
std::string signature_of(const Symbol& step, llvm::ArrayRef<const Type*> types, const Type* returns) {
  std::string text;
  for (std::size_t i = 0; i < types.size(); ++i)
    text += fmt::format("{}{}: {}", i > 0 ? ", " : "", std::string_view(step.statement->parameters[i].name.text),
                        types::describe(types[i]));
  return fmt::format("{}({}){}", std::string_view(step.name), text,
                     returns ? " -> " + types::describe(returns) : std::string());
}

}  // namespace

// Of an interface or a target, each once.
void ExpressionChecker::collect_steps(Symbol& owner) {
  if (!owner.statement->block) return;
  for (const ast::Item& item : owner.statement->block->items) {
    if (!item.statement || (item.statement->word != Word::step && item.statement->word != Word::prepare)) continue;
    const Statement& statement = *item.statement;
    bool prepares = statement.word == Word::prepare;
    if (!prepares && !statement.name) {
      sink_.report<MissingPiece>(statement.header).help("write `step NAME(…)`");
      continue;
    }
    Symbol* step = make(Symbol::Kind::step_function, prepares ? statement.keyword : statement.name, &statement);
    step->owner = &owner;
    if (prepares && owner.prepare)
      sink_.report<RepeatedStatement>(step->span)
          .note(owner.prepare->span, "given here first")
          .help("write all of it into one block");
    if (prepares) {
      owner.prepare = step;
      continue;
    }
    auto [first, added] = owner.steps.insert({step->name, step});
    if (!added)
      sink_.report<DuplicateName>(step->span, std::string_view(step->name), std::string_view(owner.name))
          .note(first->second->span, "declared here first");
    if (owner.kind == Symbol::Kind::interface && statement.block)
      sink_.report<ExtraPiece>(statement.block->span)
          .help("what it does stands in a target: `target NAME: {} {{ … }}`", std::string_view(owner.name));
  }
}

const Type* ExpressionChecker::type_of_interface(Symbol& interface) {
  if (interface.type) return interface.type;
  const Module* outer = std::exchange(module_, interface.module);
  interface.type = table_.target(&interface, interface.name);
  collect_steps(interface);
  module_ = outer;
  return interface.type;
}

// `cluster`, `deploy.nginx`: what it needs stands behind it in parentheses.
const Type* ExpressionChecker::type_of_target(const Expression& name, Symbol& target) {
  for (const ast::Parameter& parameter : target.statement->parameters) {
    if (parameter.default_value || (parameter.type && parameter.type->optional)) continue;
    sink_.report<MissingArgument>(name.span, std::string_view(target.name), std::string_view(parameter.name.text))
        .note(parameter.name.span, "declared here")
        .help("write `{}({}: …)`", std::string_view(target.name), std::string_view(parameter.name.text));
    return table_.simple(Type::Kind::any);
  }
  return type_of_symbol(target);
}

// `target.route(…)`: the interface's step. Nothing where the base is no target.
std::optional<Symbol*> ExpressionChecker::step_of_target(const Expression& callee) {
  const Expression& base = *callee.operands[0];
  const Type* type = nullptr;
  if (base.kind == Kind::name) {
    Symbol* symbol = find_callee(base.text);
    if (!symbol) return std::nullopt;
    bool value = symbol->kind == Symbol::Kind::let || symbol->kind == Symbol::Kind::parameter ||
                 symbol->kind == Symbol::Kind::loop_variable || symbol->kind == Symbol::Kind::target;
    if (!value) return std::nullopt;
    type = symbol->kind == Symbol::Kind::target ? type_of_target(base, *symbol) : type_of_symbol(*symbol);
    program_.resolved[&base] = symbol;
  } else if (base.kind == Kind::call || base.kind == Kind::member) {
    type = type_of(base);
  }
  // What is wrong with it was told.
  if (type && type->kind == Type::Kind::any) return nullptr;
  if (!type || type->kind != Type::Kind::target) return std::nullopt;
  const Symbol& interface = *type->interface;
  auto step = interface.steps.find(callee.text);
  if (step != interface.steps.end()) return step->second;
  llvm::SmallVector<llvm::StringRef, 8> known;
  for (const auto& one : interface.steps) known.push_back(one.first);
  unknown_member(callee, fmt::format("`{}`", std::string_view(interface.name)), known);
  return nullptr;
}

// Once: its type is known before its steps are checked, which may use it.
void Checker::check_target(Symbol& target) {
  if (target.type) return;
  target.type = table_.simple(Type::Kind::any);
  if (!begin_asking(target)) return;
  const Statement& statement = *target.statement;
  const Module* outer = std::exchange(module_, target.module);
  const Type* type = read_type(statement.type);
  if (type->kind == Type::Kind::target)
    target.type = type;
  else if (type->kind != Type::Kind::any)
    sink_.report<NotAnInterface>(statement.type->span, types::describe(type))
        .help("declare it: `interface NAME {{ step NAME(…) }}`");
  for (const ast::Parameter& parameter : statement.parameters) {
    const Type* wanted = read_type(parameter.type);
    check_steps_parameter(target, parameter, wanted);
    target.outputs.insert({parameter.name.text, wanted});
    if (parameter.default_value) expect(*parameter.default_value, wanted, "the default");
  }
  collect_steps(target);
  if (target.type->kind == Type::Kind::target) compare_steps(target, *type->interface);
  for (auto& step : target.steps) check_function(*step.second);
  if (target.prepare) check_function(*target.prepare);
  module_ = outer;
  asked_.pop_back();
}

void Checker::compare_steps(const Symbol& target, const Symbol& interface) {
  llvm::SmallVector<llvm::StringRef, 4> meant;
  for (const auto& [name, step] : target.steps) {
    auto asked = interface.steps.find(name);
    if (asked != interface.steps.end()) {
      compare_step(*step, *asked->second);
      continue;
    }
    llvm::SmallVector<llvm::StringRef, 8> missing;
    for (const auto& one : interface.steps)
      if (target.steps.find(one.first) == target.steps.end()) missing.push_back(one.first);
    auto told = sink_.report<UnknownStep>(step->span, std::string_view(interface.name), std::string_view(name));
    told.note(interface.span, "the interface");
    meant.push_back(diagnostics::nearest(name, missing));
    if (!meant.back().empty())
      told.help("did you mean `{}`?", std::string_view(meant.back())).fix(step->span, meant.back().str());
    else
      told.help("what only this target needs is a step at the top of the file");
  }
  llvm::SmallVector<const Symbol*, 4> missing;
  for (const auto& [name, asked] : interface.steps)
    if (target.steps.find(name) == target.steps.end() && !llvm::is_contained(meant, name)) missing.push_back(asked);
  if (!missing.empty()) report_missing(target, missing);
}

void Checker::report_missing(const Symbol& target, llvm::ArrayRef<const Symbol*> missing) {
  llvm::SmallVector<llvm::StringRef, 4> names;
  std::string help;
  for (const Symbol* step : missing) {
    auto types = parameter_types(*step, step->statement->parameters);
    names.push_back(step->name);
    help +=
        fmt::format("{}`step {} {{ … }}`", help.empty() ? "" : ", ", signature_of(*step, types, returned_type(*step)));
  }
  auto told = sink_.report<MissingStep>(target.span, std::string_view(target.name), diagnostics::list_of(names));
  for (const Symbol* step : missing) told.note(step->span, "`{}` asks for it", std::string_view(step->owner->name));
  told.help("write {}", help);
}

const Type* Checker::returned_type(const Symbol& step) {
  if (!step.statement->returns) return nullptr;
  const Module* outer = std::exchange(module_, step.module);
  const Type* type = read_type(step.statement->returns);
  module_ = outer;
  return type;
}

// Parameters are given by their place or by their name, so both are held to the interface.
void Checker::compare_step(const Symbol& step, const Symbol& asked) {
  llvm::ArrayRef<ast::Parameter> own = step.statement->parameters, wanted = asked.statement->parameters;
  auto own_types = parameter_types(step, own), wanted_types = parameter_types(asked, wanted);
  const Type *gives = returned_type(step), *should = returned_type(asked);
  std::string_view name = step.name;
  auto differ = [&](Span at, std::string what) {
    sink_.report<StepDiffers>(at, what)
        .note(asked.span, "`{}` asks for this", std::string_view(asked.owner->name))
        .help("write `step {}`", signature_of(asked, wanted_types, should));
  };
  for (std::size_t i = 0; i < own.size(); ++i) {
    std::string_view parameter = own[i].name.text;
    if (i >= wanted.size())
      return differ(own[i].name.span, fmt::format("`{}` has a parameter `{}` too many", name, parameter));
    if (own[i].name.text != wanted[i].name.text)
      return differ(own[i].name.span, fmt::format("`{}` calls its parameter `{}`, not `{}`", name, parameter,
                                                  std::string_view(wanted[i].name.text)));
    if (!same(own_types[i], wanted_types[i]))
      return differ(own[i].type ? own[i].type->span : own[i].name.span,
                    fmt::format("`{}` takes {} as `{}`, not {}", name, types::describe_one(own_types[i]), parameter,
                                types::describe_one(wanted_types[i])));
    if (own[i].default_value)
      return differ(own[i].default_value->span,
                    fmt::format("the default of `{}` stands in the interface alone", parameter));
  }
  if (own.size() < wanted.size())
    return differ(step.span,
                  fmt::format("`{}` lacks the parameter `{}`", name, std::string_view(wanted[own.size()].name.text)));
  if (!gives != !should || (gives && !same(gives, should)))
    differ(gives ? step.statement->returns->span : step.span,
           fmt::format("`{}` gives {}, not {}", name, gives ? types::describe_one(gives) : "nothing",
                       should ? types::describe_one(should) : "nothing"));
}

// What the target was made with is known in all of its steps, behind their own parameters.
void Checker::add_target_parameters(const Symbol& target, std::size_t position) {
  for (const ast::Parameter& parameter : target.statement->parameters) {
    Symbol* symbol = make(Symbol::Kind::parameter, parameter.name, target.statement);
    symbol->type = target.outputs.lookup(parameter.name.text);
    symbol->position = position++;
    scope_.add(symbol);
  }
}

void Checker::check_phase(const Statement& phase) {
  if (phase.title) expect(*phase.title, Type::Kind::string, "the title");
  const Type* index = phase.index ? type_of(*phase.index) : nullptr;
  if (index && !types::is_scalar(index))
    sink_.report<TypeMismatch>(phase.index->span, "the index of a phase", types::describe_one(index), "text");
  if (phase.block && phase.block->items.empty())
    sink_.report<NoSteps>(phase.name.span, std::string_view(phase.name.text)).help("write what is done in it");
  const Expression* when = phase.clause(ast::Clause::when);
  if (when) expect(*when, Type::Kind::boolean, "the condition");
  std::size_t known = guards_.size();
  if (when) guards_.push_back(when);
  check_apart(phase);
  guards_.resize(known);
}

void Checker::refuse_gate(const Statement& gate) {
  sink_.report<GateInStrategy>(gate.header)
      .help("make two strategies of it, call them in two stages, and write the `gate` between these stages");
}

}  // namespace sluice::check

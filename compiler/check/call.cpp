#include "check/contexts.h"
#include "check/expression_checker.h"
#include "check/made.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;

DIAGNOSTIC(UnknownFunction, "there is no `{}` to call");
DIAGNOSTIC(NotCallable, "`{}` cannot be called");
DIAGNOSTIC(MissingArgument, "`{}` needs `{}`");
DIAGNOSTIC(UnknownArgument, "`{}` has no parameter `{}`");
DIAGNOSTIC(ExtraArgument, "`{}` takes {} arguments, this is one more");
DIAGNOSTIC(DuplicateArgument, "`{}` is given twice");
DIAGNOSTIC(StepsAsValue, "`{}` {}, and that is no value");

std::string_view name_of(const Expression& call) { return call.operands[0]->text; }

llvm::SmallVector<llvm::StringRef, 16> callable_names(const Module& module) {
  llvm::SmallVector<llvm::StringRef, 16> names;
  for (const auto& entry : module.names) {
    bool hidden = entry.first().startswith("_") || entry.second->kind == Symbol::Kind::module;
    if (!hidden) names.push_back(entry.first());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Symbol* ExpressionChecker::resolve_callee(const Expression& callee, const Use*& use) {
  if (callee.kind == Kind::name) {
    if (Symbol* symbol = find_callee(callee.text)) return symbol;
    auto told = sink_.report<UnknownFunction>(callee.span, std::string_view(callee.text));
    llvm::SmallVector<llvm::StringRef, 16> known = callable_names(*module_);
    known.append(callable_names(*program_.modules.front()));
    for (const BuiltinInfo& info : builtin_functions()) known.push_back(info.name);
    llvm::StringRef near = diagnostics::nearest(callee.text, known);
    if (!near.empty()) told.help("did you mean `{}`?", std::string_view(near)).fix(callee.span, near.str());
    for (const ast::WordInfo& word : ast::words())
      if (word.spelling == callee.text)
        told.help("`{}` is a word: write a blank behind it, not `(`", std::string_view(word.spelling));
    return nullptr;
  }
  if (callee.kind == Kind::member)
    if (auto step = step_of_target(callee)) return *step;
  if (callee.kind != Kind::member || callee.operands[0]->kind != Kind::name) {
    sink_.report<NotCallable>(callee.span, std::string_view(callee.text));
    return nullptr;
  }
  const Expression& base = *callee.operands[0];
  Symbol* module = find_callee(base.text);
  if (!module || module->kind != Symbol::Kind::module) {
    llvm::StringRef near = module ? "" : nearest_module(base.text);
    if (!near.empty() && !module_->names.find(near)->second->use) return nullptr;
    auto told = sink_.report<UnknownFunction>(
        callee.span, fmt::format("{}.{}", std::string_view(base.text), std::string_view(callee.text)));
    if (!near.empty())
      told.help("did you mean `{}`?", std::string_view(near)).fix(base.span, near.str());
    else if (module && module_->names.count(base.text))
      told.note(module->span, "`{}` is this here, and hides the module", std::string_view(base.text))
          .help("give one of them another name: `use … as NAME`");
    else if (!module)
      told.help("is `use std.{}` missing?", std::string_view(base.text));
    return nullptr;
  }
  use = module->use;
  // The module itself was not found: that was told.
  if (!use) return nullptr;
  if (report_private(*use->module, callee.text, name_span(callee))) return nullptr;
  auto found = use->module->names.find(callee.text);
  if (found != use->module->names.end()) return found->second;
  auto known = callable_names(*use->module);
  unknown_member(callee, fmt::format("module `{}`", std::string_view(base.text)), known);
  return nullptr;
}

const Type* ExpressionChecker::type_of_call(const Expression& expression) {
  const Expression& callee = *expression.operands[0];
  if (callee.kind == Kind::name && !find_callee(callee.text))
    if (const BuiltinInfo* info = builtin_function(callee.text)) return type_of_builtin(expression, info->name);
  const Use* use = nullptr;
  Symbol* symbol = resolve_callee(callee, use);
  if (!symbol) {
    for (const Expression* argument : expression.operands.drop_front()) type_of(*argument);
    return table_.simple(Type::Kind::any);
  }
  return apply(expression, *symbol, use);
}

const Type* ExpressionChecker::type_of_builtin(const Expression& call, llvm::StringRef name) {
  const BuiltinInfo& info = *builtin_function(name);
  std::size_t count = call.operands.size() - 1;
  const Type* first = nullptr;
  for (const Expression* argument : call.operands.drop_front()) {
    const Type* type = type_of(*argument);
    if (!first) first = type;
  }
  if (count < info.least)
    sink_.report<MissingArgument>(call.span, std::string_view(name), fmt::format("{} arguments", info.least));
  if (count > info.most)
    sink_.report<ExtraArgument>(call.operands[info.most + 1]->span, std::string_view(name), info.most);
  using T = Type::Kind;
  if (takes_label(name)) {
    const Expression* reason = count == 2 && call.names[1].text == "because" ? call.operands[2] : nullptr;
    expect_reason(reason, call.span, name);
    return first ? name == "declassify" ? table_.without_secret(first) : first : table_.simple(T::any);
  }
  if (info.status || name == "contains" || name == "startsWith" || name == "endsWith" || name == "increasing")
    return table_.simple(T::boolean);
  if (name == "length" || name == "sum") return table_.simple(T::number);
  if (name == "first" || name == "last" || name == "min" || name == "max")
    return first && first->element ? first->element : first ? first : table_.simple(T::any);
  if (name == "keys" || name == "values") return table_.list_of(table_.simple(T::json));
  if (name == "fromJSON" || name == "case") return table_.simple(T::json);
  return table_.simple(T::string);
}

// As they are written, which their own module reads.
llvm::SmallVector<const Type*, 8> ExpressionChecker::parameter_types(const Symbol& callee,
                                                                     llvm::ArrayRef<ast::Parameter> parameters) {
  llvm::SmallVector<const Type*, 8> types;
  const Module* outer = std::exchange(module_, callee.module);
  for (const ast::Parameter& parameter : parameters) types.push_back(read_type(parameter.type));
  module_ = outer;
  return types;
}

// Puts each argument to its parameter. `implied` is one that the caller adds by itself.
void ExpressionChecker::match_arguments(const Expression& call, llvm::ArrayRef<ast::Parameter> parameters, Call& result,
                                        llvm::StringRef implied) {
  result.arguments.assign(parameters.size(), nullptr);
  auto wanted = parameter_types(*result.callee, parameters);
  auto takes_steps = [&](std::size_t i) { return wanted[i]->kind == Type::Kind::steps; };
  std::size_t next = 0;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    const Expression& argument = *call.operands[i];
    const ast::Name& name = call.names[i - 1];
    // Steps are given in the block: what stands in parentheses is counted without them.
    while (!name && next < parameters.size() && takes_steps(next)) ++next;
    std::size_t which = next;
    if (const ast::Parameter* steps = name ? nullptr : steps_meant(argument, parameters, wanted)) {
      result.arguments[static_cast<std::size_t>(steps - parameters.begin())] = &argument;
      report_steps_argument(call, argument, *steps);
      continue;
    }
    if (name) {
      auto named =
          std::find_if(parameters.begin(), parameters.end(), [&](const auto& p) { return p.name.text == name.text; });
      which = static_cast<std::size_t>(named - parameters.begin());
    }
    if (which >= parameters.size()) {
      type_of(argument);
      if (!name) {
        auto count = llvm::count_if(wanted, [](const Type* type) { return type->kind != Type::Kind::steps; });
        sink_.report<ExtraArgument>(argument.span, name_of(call), count);
        continue;
      }
      llvm::SmallVector<llvm::StringRef, 8> known;
      for (const ast::Parameter& parameter : parameters) known.push_back(parameter.name.text);
      auto told = sink_.report<UnknownArgument>(name.span, name_of(call), std::string_view(name.text));
      llvm::StringRef near = diagnostics::nearest(name.text, known);
      bool given = std::any_of(call.names.begin(), call.names.end(), [&](const auto& one) { return one.text == near; });
      if (!near.empty()) told.help("did you mean `{}`?", std::string_view(near));
      // Of what is given already, the one to keep is the author's to choose.
      if (!near.empty() && !given)
        told.fix(name.span, near.str());
      else if (near.empty() && !known.empty())
        told.help("it has {}", diagnostics::list_of(known));
      continue;
    }
    if (result.arguments[which])
      sink_.report<DuplicateArgument>(argument.span, std::string_view(parameters[which].name.text));
    result.arguments[which] = &argument;
    next = which + 1;
    if (takes_steps(which))
      report_steps_argument(call, argument, parameters[which]);
    else if (result.callee->kind == Symbol::Kind::action)
      expect_input(argument, wanted[which], parameters[which].name.text);
    else
      expect(argument, wanted[which], fmt::format("`{}`", std::string_view(parameters[which].name.text)));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    bool optional = parameters[i].default_value || (parameters[i].type && parameters[i].type->optional);
    if (takes_steps(i))
      match_steps(call, parameters[i], i, result);
    else if (!result.arguments[i] && !optional && parameters[i].name.text != implied)
      sink_.report<MissingArgument>(call.operands[0]->span, name_of(call), std::string_view(parameters[i].name.text))
          .note(parameters[i].name.span, "declared here");
  }
}

// Steps stand in statements; only `let` takes the value of one that gives it.
void ExpressionChecker::report_no_value(const Expression& call, const Symbol& callee) {
  std::string name = callee_text(call);
  auto told = sink_.report<StepsAsValue>(call.span, name, what_it_makes(callee.kind));
  bool step = callee.kind == Symbol::Kind::step_function;
  if (step && callee.statement->returns)
    told.help("name its value in a stage or a step, `let x = {}(…)`, and write `x` here", name);
  else if (callee.statement->word == Word::strategy)
    told.help("write it as a statement; what it says by `output` is read of a `step` with a name around it");
  else if (step && &call == valued_)
    told.help("write it as a statement, or say behind its parameters what it gives: `step {}(…) -> string`",
              std::string_view(callee.name))
        .note(callee.span, "declared here");
  else
    told.help("write it as a statement: {}", how_to_make(callee.kind, name));
}

const Type* ExpressionChecker::apply(const Expression& call, Symbol& callee, const Use* use) {
  program_.resolved[call.operands[0]] = &callee;
  Call result;
  result.callee = &callee;
  result.use = use;
  if (callee.owner && callee.owner->kind == Symbol::Kind::interface) result.target = call.operands[0]->operands[0];
  bool valued = &call == valued_ && callee.kind == Symbol::Kind::step_function && callee.statement->returns;
  if (makes_parts(callee.kind) && (&call != acting_ || (&call == valued_ && !valued))) {
    report_no_value(call, callee);
    return table_.simple(Type::Kind::any);
  }
  switch (callee.kind) {
    case Symbol::Kind::action: match_action(call, callee); return table_.simple(Type::Kind::steps);
    case Symbol::Kind::step_function:
    case Symbol::Kind::service_function:
    case Symbol::Kind::stage_template: {
      // `artifact report = upload(…)` names what is uploaded.
      llvm::StringRef implied = &call == names_artifact_ ? "name" : "";
      program_.calls[&call] = result;
      match_arguments(call, callee.statement->parameters, result, implied);
      program_.calls[&call] = std::move(result);
      check_function(callee);
      if (!valued) return table_.simple(Type::Kind::steps);
      const Type* value = callee.outputs.lookup("value");
      return value ? value : table_.simple(Type::Kind::any);
    }
    case Symbol::Kind::function: {
      match_arguments(call, callee.statement->parameters, result, "");
      program_.calls[&call] = std::move(result);
      check_function(callee);
      return callee.type ? callee.type : table_.simple(Type::Kind::any);
    }
    case Symbol::Kind::target:
      if (!callee.statement->has_parameters) break;
      match_arguments(call, callee.statement->parameters, result, "");
      program_.calls[&call] = std::move(result);
      return type_of_symbol(callee);
    case Symbol::Kind::parameter:
      if (callee.type && callee.type->kind == Type::Kind::steps) return apply_steps(call, callee);
      break;
    default: break;
  }
  sink_.report<NotCallable>(call.operands[0]->span, std::string_view(callee.name)).note(callee.span, "declared here");
  return table_.simple(Type::Kind::any);
}

}  // namespace sluice::check

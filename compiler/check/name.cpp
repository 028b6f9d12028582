#include "check/contexts.h"
#include "check/expression_checker.h"
#include "check/made.h"
#include "check/plain.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;

DIAGNOSTIC(UnknownName, "there is no `{}` here");
DIAGNOSTIC(UnknownMember, "{} has no `{}`");
DIAGNOSTIC(UnknownStage, "there is no stage `{}`");
DIAGNOSTIC(ReservedName, "no variable of a repository begins with `GITHUB_`");
DIAGNOSTIC(UndeclaredSecret, "the secret `{}` is not declared");
DIAGNOSTIC(Recursion, "`{}` is made of itself");

bool is_value(Symbol::Kind kind) {
  switch (kind) {
    case Symbol::Kind::let:
    case Symbol::Kind::parameter:
    case Symbol::Kind::loop_variable:
    case Symbol::Kind::input:
    case Symbol::Kind::module_parameter:
    case Symbol::Kind::stage:
    case Symbol::Kind::step:
    case Symbol::Kind::step_value:
    case Symbol::Kind::service:
    case Symbol::Kind::context:
    case Symbol::Kind::target:
    case Symbol::Kind::environment: return true;
    default: return false;
  }
}

bool is_parts(Symbol::Kind kind) {
  return kind == Symbol::Kind::stage || kind == Symbol::Kind::step || kind == Symbol::Kind::service;
}

// Steps, services and `let` of a stage are known behind the place where they stand.
const Statement* find_declaration(llvm::ArrayRef<ast::Item> items, llvm::StringRef name) {
  for (const ast::Item& item : items) {
    if (!item.statement) continue;
    const Statement& statement = *item.statement;
    bool declares = statement.word == Word::let || statement.word == Word::step || statement.word == Word::service;
    if (declares && statement.name.text == name) return &statement;
    bool shares = statement.word == Word::when || statement.word == Word::if_ || statement.word == Word::else_ ||
                  statement.word == Word::match || statement.word == Word::case_;
    if (shares && statement.block)
      if (const Statement* found = find_declaration(statement.block->items, name)) return found;
  }
  return nullptr;
}

template <typename Map>
llvm::SmallVector<llvm::StringRef, 8> names_in(const Map& map) {
  llvm::SmallVector<llvm::StringRef, 8> names;
  for (const auto& entry : map) names.push_back(entry.first);
  return names;
}

}  // namespace

Symbol* ExpressionChecker::make(Symbol::Kind kind, const ast::Name& name, const Statement* statement) {
  Symbol& symbol = program_.symbols.emplace_back();
  symbol.kind = kind;
  symbol.name = name.text;
  symbol.span = name.span;
  symbol.statement = statement;
  symbol.module = module_;
  return &symbol;
}

// What is visible around the symbol.
void ExpressionChecker::enter(const Symbol& symbol) { scope_.open(symbol.around); }

// Inner names first: parameters, `let`, steps of this stage; then stages; then what the file declares.
Symbol* ExpressionChecker::find_value(llvm::StringRef name) {
  if (Symbol* symbol = scope_.find(name)) return symbol;
  if (pipeline_) {
    auto stage = pipeline_->stages.find(name);
    if (stage != pipeline_->stages.end()) return stage->second;
  }
  for (Symbol* parameter : module_->parameters)
    if (parameter->name == name) return parameter;
  auto declared = module_->names.find(name);
  return declared != module_->names.end() && is_value(declared->second->kind) ? declared->second : nullptr;
}

// A callee is looked up apart from values: `stage security { security.audit() }` is the module's.
Symbol* ExpressionChecker::find_callee(llvm::StringRef name) {
  Symbol* inner = scope_.find(name);
  if (inner && !is_parts(inner->kind)) return inner;
  auto declared = module_->names.find(name);
  if (declared != module_->names.end()) return declared->second;
  const Module& prelude = *program_.modules.front();
  auto built_in = prelude.names.find(name);
  return built_in != prelude.names.end() ? built_in->second : nullptr;
}

const Statement* ExpressionChecker::declared_below(const Expression& name) const {
  for (llvm::ArrayRef<ast::Item> items : bodies_)
    if (const Statement* found = find_declaration(items, name.text); found && found->span.begin > name.span.begin)
      return found;
  return nullptr;
}

void ExpressionChecker::report_unknown(const Expression& expression) {
  if (const Statement* below = declared_below(expression)) {
    sink_.report<UnknownName>(expression.span, std::string_view(expression.text))
        .note(below->name.span, "it is declared further down")
        .help("a name is known behind the place where it stands: write this below it");
    return;
  }
  llvm::SmallVector<llvm::StringRef, 32> candidates;
  for (const Symbol* symbol : scope_.visible()) candidates.push_back(symbol->name);
  if (pipeline_) candidates.append(names_in(pipeline_->stages));
  for (const auto& entry : module_->names)
    if (is_value(entry.second->kind) || entry.second->kind == Symbol::Kind::module) candidates.push_back(entry.first());
  for (llvm::StringRef context : {"github", "inputs", "secrets", "matrix", "env", "vars"})
    candidates.push_back(context);
  std::sort(candidates.begin(), candidates.end());
  auto told = sink_.report<UnknownName>(expression.span, std::string_view(expression.text));
  llvm::StringRef near = diagnostics::nearest(expression.text, candidates);
  if (pipeline_ && pipeline_->inputs.count(expression.text) != 0)
    told.help("write `inputs.{}`", std::string_view(expression.text))
        .fix(expression.span, "inputs." + expression.text.str());
  else if (!near.empty())
    told.help("did you mean `{}`?", std::string_view(near)).fix(expression.span, near.str());
  else
    told.help("text has quotes: \"{}\"", std::string_view(expression.text));
}

const Type* ExpressionChecker::type_of_name(const Expression& expression) {
  if (Symbol* symbol = find_value(expression.text)) {
    program_.resolved[&expression] = symbol;
    if (symbol->kind == Symbol::Kind::target) return type_of_target(expression, *symbol);
    if (symbol->kind != Symbol::Kind::step_value) return type_of_symbol(*symbol);
    return program_.type_of[&expression] = as_read(*symbol, symbol->type);
  }
  if (is_context(expression.text)) return table_.simple(Type::Kind::json);
  report_unknown(expression);
  return table_.simple(Type::Kind::any);
}

// The type that is written, or else the value's.
const Type* ExpressionChecker::type_of_let(const Statement& statement) {
  if (!statement.type) return type_of(*statement.value);
  const Type* type = read_type(statement.type);
  expect(*statement.value, type, "the value");
  return type;
}

const Type* ExpressionChecker::type_of_symbol(Symbol& symbol) {
  if (symbol.kind == Symbol::Kind::target) check_target(symbol);
  if (symbol.type) return symbol.type;
  if (symbol.kind == Symbol::Kind::environment) return table_.simple(Type::Kind::environment);
  if (symbol.kind != Symbol::Kind::let || !symbol.statement || !symbol.statement->value)
    return table_.simple(symbol.kind == Symbol::Kind::let ? Type::Kind::any : Type::Kind::json);
  if (symbol.in_progress) {
    sink_.report<Recursion>(symbol.span, std::string_view(symbol.name))
        .help("the way is {}: write the value out", way_back_to(symbol));
    return table_.simple(Type::Kind::any);
  }
  if (!begin_asking(symbol)) return table_.simple(Type::Kind::any);
  // A `let` may stand behind its use: its type is found when it is first asked for.
  symbol.in_progress = true;
  const Module* outer = std::exchange(module_, symbol.module);
  Scope::Sealed outer_names = scope_.seal();
  ScopeIndex mark = scope_.mark();
  // Whoever reads it: nothing is known of when.
  const Symbol* reader = std::exchange(reader_, nullptr);
  auto guards = std::exchange(guards_, {});
  enter(symbol);
  symbol.type = type_of_let(*symbol.statement);
  guards_ = std::move(guards);
  reader_ = reader;
  scope_.restore(mark);
  scope_.unseal(outer_names);
  module_ = outer;
  asked_.pop_back();
  symbol.in_progress = false;
  return symbol.type;
}

const Type* ExpressionChecker::unknown_member(const Expression& expression, llvm::StringRef owner,
                                              llvm::ArrayRef<llvm::StringRef> known) {
  Span span = name_span(expression);
  auto told = sink_.report<UnknownMember>(span, std::string_view(owner), std::string_view(expression.text));
  llvm::StringRef near = diagnostics::nearest(expression.text, known);
  if (!near.empty())
    told.help("did you mean `{}`?", std::string_view(near)).fix(span, near.str());
  else if (!known.empty())
    told.help("it has {}", diagnostics::list_of(known));
  return table_.simple(Type::Kind::any);
}

// `needs.lint` and `steps.measured`: the long forms of `lint` and `measured`.
const Type* ExpressionChecker::written_in_full(llvm::StringRef context, const Expression& expression) {
  Symbol::Kind kind = context == "needs" ? Symbol::Kind::stage : Symbol::Kind::step;
  llvm::SmallVector<llvm::StringRef, 16> known;
  auto offer = [&](Symbol* symbol) {
    if (symbol->kind != kind) return;
    known.push_back(symbol->name);
    if (symbol->name == expression.text) program_.resolved[&expression] = symbol;
  };
  for (Symbol* symbol : scope_.visible()) offer(symbol);
  if (pipeline_)
    for (const auto& stage : pipeline_->stages) offer(stage.second);
  if (program_.resolved.count(&expression)) return table_.simple(Type::Kind::json);
  return unknown_member(expression, fmt::format("`{}`", std::string_view(context)), known);
}

const Type* ExpressionChecker::member_of_context(llvm::StringRef context, const Expression& expression) {
  const Type* string = table_.simple(Type::Kind::string);
  llvm::StringRef name = expression.text;
  if (context == "secrets") {
    auto declared = module_->secrets.find(name);
    if (declared == module_->secrets.end()) {
      if (name == "GITHUB_TOKEN") return table_.secret(string);
      llvm::SmallVector<llvm::StringRef, 8> known;
      for (const auto& entry : module_->secrets) known.push_back(entry.first());
      std::sort(known.begin(), known.end());
      llvm::StringRef near = diagnostics::nearest(name, known);
      auto told = sink_.report<UndeclaredSecret>(expression.span, std::string_view(name));
      if (!near.empty())
        told.help("did you mean `{}`?", std::string_view(near)).fix(name_span(expression), near.str());
      else
        told.help("declare it at the top of the file: `secret {}`, with `optional` if forks do without",
                  std::string_view(name));
      return table_.simple(Type::Kind::any);
    }
    const Type* secret = table_.secret(string);
    return declared->second->statement->flag(ast::Flag::optional) ? table_.optional(secret) : secret;
  }
  if (context == "inputs" && pipeline_) {
    auto input = pipeline_->inputs.find(name);
    if (input != pipeline_->inputs.end()) return events_.type_of_input(expression, input->second);
    if (!pipeline_->inputs.empty()) return unknown_member(expression, "`inputs`", names_in(pipeline_->inputs));
    sink_.report<UnknownMember>(name_span(expression), "`inputs`", std::string_view(name))
        .help("declare it: `on manual {{ input {}: string }}`", std::string_view(name));
    return table_.simple(Type::Kind::any);
  }
  if (context == "needs" || context == "steps") return written_in_full(context, expression);
  if (context == "vars") {
    if (is_kept_by_github(name))
      sink_.report<ReservedName>(name_span(expression)).help("read it from `github` or from `env`");
    return string;
  }
  llvm::ArrayRef<llvm::StringRef> known = members_of(context);
  if (known.empty()) return table_.simple(Type::Kind::json);
  if (std::find(known.begin(), known.end(), name) == known.end())
    return unknown_member(expression, fmt::format("`{}`", std::string_view(context)), known);
  if (context == "github" && name == "token") return table_.secret(string);
  if (context == "github" && name == "event") return events_.type_of_event();
  if (context == "github" && (name == "head_ref" || name == "base_ref"))
    return events_.type_of_pull_request_ref(expression);
  return context == "github" ? string : table_.simple(Type::Kind::json);
}

const Type* ExpressionChecker::type_of_result(const Symbol& part) {
  static constexpr llvm::StringRef results[] = {"success", "failure", "cancelled", "skipped", "blocked"};
  llvm::ArrayRef<llvm::StringRef> all(results);
  return table_.enumeration(part.kind == Symbol::Kind::stage ? all : all.drop_back());
}

// `lint.result`, `measured.percent`, `db.url`, `build.outputs.sha`.
const Type* ExpressionChecker::member_of_parts(Symbol& symbol, const Expression& expression) {
  if (symbol.kind == Symbol::Kind::stage && !symbol.checked && !symbol.in_progress) check_stage(symbol);
  auto output = symbol.outputs.find(expression.text);
  if (output != symbol.outputs.end()) return as_read(symbol, output->second);
  if (symbol.artifacts.find(expression.text) != symbol.artifacts.end())
    return as_read(symbol, table_.simple(Type::Kind::artifact));
  bool service = symbol.kind == Symbol::Kind::service, stage = symbol.kind == Symbol::Kind::stage;
  if (!service && expression.text == "result") return type_of_result(symbol);
  if (!service && !stage && (expression.text == "outcome" || expression.text == "conclusion"))
    return type_of_result(symbol);
  if (!service && expression.text == "outputs") return table_.simple(Type::Kind::json);
  if (symbol.open) return table_.simple(Type::Kind::any);
  // While a stage is being checked its outputs are not all known yet.
  if (symbol.in_progress) return table_.simple(Type::Kind::json);
  llvm::SmallVector<llvm::StringRef, 8> known = names_in(symbol.outputs);
  for (const auto& artifact : symbol.artifacts) known.push_back(artifact.first);
  if (stage) known.push_back("result");
  if (!service && !stage) known.append({"outcome", "conclusion"});
  return unknown_member(expression, fmt::format("`{}`", std::string_view(symbol.name)), known);
}

// `measured.outputs.percent`: what a step gives. Null where the base is nothing of the kind.
const Type* ExpressionChecker::member_of_outputs(const Expression& base, const Expression& expression) {
  if (base.kind != Kind::member || base.text != "outputs") return nullptr;
  auto owner = program_.resolved.find(base.operands[0]);
  if (owner == program_.resolved.end() || owner->second->kind != Symbol::Kind::step) return nullptr;
  const Symbol& step = *owner->second;
  auto output = step.outputs.find(expression.text);
  if (output != step.outputs.end()) return output->second;
  if (step.open) return table_.simple(Type::Kind::any);
  return unknown_member(expression, fmt::format("`{}.outputs`", std::string_view(step.name)), names_in(step.outputs));
}

const Type* ExpressionChecker::type_of_member(const Expression& expression) {
  const Expression& base = *expression.operands[0];
  const Type* result = nullptr;
  if (base.kind == Kind::name) {
    Symbol* symbol = find_value(base.text);
    if (symbol && is_parts(symbol->kind)) {
      program_.resolved[&base] = symbol;
      result = member_of_parts(*symbol, expression);
    } else if (!symbol && is_context(base.text)) {
      result = member_of_context(base.text, expression);
    } else if (!symbol) {
      result = member_of_module(base, expression);
    }
  }
  if (!result) {
    const Type* type = type_of(base);
    auto part = base.kind == Kind::member ? program_.resolved.find(&base) : program_.resolved.end();
    if (const Type* output = member_of_outputs(base, expression)) {
      result = output;
    } else if (part != program_.resolved.end() && is_parts(part->second->kind)) {
      result = member_of_parts(const_cast<Symbol&>(*part->second), expression);
    } else if (type->kind == Type::Kind::record) {
      result = events_.field_of(type, expression);
      if (!result && events_.report_unknown(type, expression)) result = table_.simple(Type::Kind::any);
      if (!result) result = unknown_member(expression, "this record", type->names);
    } else if (type->kind == Type::Kind::map) {
      result = type->element;
    } else if (type->kind == Type::Kind::artifact) {
      result = table_.simple(Type::Kind::string);
    } else if (type->kind == Type::Kind::any || type->kind == Type::Kind::json) {
      result = type;
    } else {
      result = unknown_member(expression, types::describe_one(type), {});
    }
  }
  program_.type_of[&expression] = result;
  return result;
}

// A name behind `after` or in a list of stages.
void ExpressionChecker::reference_stage(const Expression& expression) {
  const Expression* name = &expression;
  if (expression.kind == Kind::index) {
    type_of(*expression.operands[1]);
    name = expression.operands[0];
  }
  if (name->kind == Kind::member && name->operands[0]->text == "needs") return;
  if (name->kind == Kind::invalid) return;
  auto stage = pipeline_->stages.find(name->text);
  if (name->kind == Kind::name && stage != pipeline_->stages.end()) {
    program_.resolved[name] = stage->second;
    return;
  }
  auto told = sink_.report<UnknownStage>(name->span, std::string_view(name->text));
  auto known = names_in(pipeline_->stages);
  llvm::StringRef near = diagnostics::nearest(name->text, known);
  if (!near.empty())
    told.help("did you mean `{}`?", std::string_view(near)).fix(name->span, near.str());
  else
    told.help("the stages are {}", diagnostics::list_of(known));
}

}  // namespace sluice::check

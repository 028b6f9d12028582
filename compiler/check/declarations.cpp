#include "check/checker.h"
#include "check/plain.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(DuplicateName, "`{}` is declared twice");
DIAGNOSTIC(DeliveryWord, "`{}` is read but not compiled by this version");
DIAGNOSTIC(MissingArgument, "module `{}` needs `{}`");
DIAGNOSTIC(UnknownArgument, "module `{}` has no parameter `{}`");

// `use std.python` is known as `python`, `use "./common.pipe" as c` as `c`.
ast::Name name_of_use(const Statement& statement) {
  if (const Expression* as = statement.clause(ast::Clause::as)) return {as->text, as->span};
  const Expression* path = statement.value;
  if (path->kind == Expression::Kind::call) path = path->operands[0];
  if (path->kind == Expression::Kind::member || path->kind == Expression::Kind::name) return {path->text, path->span};
  llvm::StringRef text = path->parts.empty() ? "" : path->parts[0].text;
  text = text.rsplit('/').second.empty() ? text : text.rsplit('/').second;
  return {text.split('.').first, path->span};
}

Symbol::Kind kind_of(Word word) {
  switch (word) {
    case Word::step:
    case Word::strategy: return Symbol::Kind::step_function;
    case Word::interface: return Symbol::Kind::interface;
    case Word::target: return Symbol::Kind::target;
    case Word::service: return Symbol::Kind::service_function;
    case Word::stage: return Symbol::Kind::stage_template;
    case Word::action: return Symbol::Kind::action;
    case Word::environment: return Symbol::Kind::environment;
    case Word::type: return Symbol::Kind::type;
    case Word::parameter: return Symbol::Kind::module_parameter;
    default: return Symbol::Kind::let;
  }
}

}  // namespace

void Checker::add_unique(llvm::StringMap<Symbol*>& names, Symbol* symbol) {
  auto [at, added] = names.try_emplace(symbol->name, symbol);
  if (added) return;
  sink_.report<DuplicateName>(symbol->span, std::string_view(symbol->name))
      .note(at->second->span, "declared here first");
}

void Checker::delivery_word(const Statement& statement) {
  sink_.report<DeliveryWord>(statement.keyword.span, std::string_view(statement.keyword.text))
      .help("it comes with a later part of the language; until then leave it out");
}

void Checker::declare(Module& module, const Unit& unit, const Statement& statement) {
  switch (statement.word) {
    case Word::use: return declare_use(module, unit, statement);
    case Word::pipeline: module.pipelines.push_back(&statement); return;
    case Word::secret:
      if (statement.name) add_unique(module.secrets, make(Symbol::Kind::secret, statement.name, &statement));
      return;
    case Word::invalid:
    case Word::call:
    case Word::test: return;  // its names are those of the graph
    default: break;
  }
  if (!statement.name) return;
  Symbol* symbol = make(kind_of(statement.word), statement.name, &statement);
  if (statement.word == Word::let && statement.has_parameters) symbol->kind = Symbol::Kind::function;
  if (statement.word == Word::parameter) {
    // Apart from what can be called: `parameter slack` and `step slack` are two things.
    symbol->position = module.parameters.size();
    module.parameters.push_back(symbol);
    return;
  }
  if (statement.word == Word::environment && statement.block) {
    for (const ast::Item& item : statement.block->items) {
      if (!item.statement || item.statement->word != Word::secret) continue;
      // Several environments may hold one each of the same name.
      if (item.statement->name)
        module.secrets.try_emplace(item.statement->name.text,
                                   make(Symbol::Kind::secret, item.statement->name, item.statement));
    }
  }
  add_unique(module.names, symbol);
}

void Checker::declare_use(Module& module, const Unit& unit, const Statement& statement) {
  if (!statement.value) return;
  auto found = unit.uses.find(&statement);
  if (found == unit.uses.end()) {
    ast::Name name = name_of_use(statement);
    module.names.try_emplace(name.text, make(Symbol::Kind::module, name, &statement));
    return;
  }
  Use& use = program_.uses.emplace_back();
  use.module = program_.modules[found->second].get();
  use.statement = &statement;
  use.owner = &module;
  Symbol* symbol = make(Symbol::Kind::module, name_of_use(statement), &statement);
  symbol->use = &use;
  add_unique(module.names, symbol);
}

// Passes a module what it needs from its user: `use std.notify(slack: secrets.SLACK_WEBHOOK)`.
void Checker::bind_use(Use& use) {
  const Expression* value = use.statement->value;
  llvm::ArrayRef<Symbol*> parameters = use.module->parameters;
  use.arguments.assign(parameters.size(), nullptr);
  if (value->kind == Expression::Kind::call) {
    for (std::size_t i = 1; i < value->operands.size(); ++i) {
      const ast::Name& name = value->names[i - 1];
      auto which =
          std::find_if(parameters.begin(), parameters.end(), [&](const Symbol* p) { return p->name == name.text; });
      if (which == parameters.end()) {
        sink_.report<UnknownArgument>(value->operands[i]->span, use.module->name, std::string_view(name.text));
        continue;
      }
      expect(*value->operands[i], (*which)->type ? (*which)->type : table_.simple(Type::Kind::any), "the argument");
      use.arguments[static_cast<std::size_t>(which - parameters.begin())] = value->operands[i];
    }
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Statement& parameter = *parameters[i]->statement;
    bool needed = !parameter.value && !(parameter.type && parameter.type->optional);
    if (needed && !use.arguments[i])
      sink_.report<MissingArgument>(value->span, use.module->name, std::string_view(parameters[i]->name))
          .note(parameters[i]->span, "declared here");
  }
}

void Checker::declare(const Unit& unit) {
  Module& module = *program_.modules.emplace_back(std::make_unique<Module>());
  module.name = unit.name;
  module.file = unit.file;
  module.library = unit.library;
  module_ = &module;
  for (const ast::Item& item : unit.file->items)
    if (item.statement) declare(module, unit, *item.statement);
  for (Symbol* parameter : module.parameters) {
    parameter->type = read_type(parameter->statement->type);
    check_steps_parameter(*parameter, {parameter->statement->name, nullptr, nullptr}, parameter->type);
  }
}

// What stands at the top of the main file is checked whether it is used or not.
void Checker::check_declaration(const Module& main, const Statement& statement) {
  auto found = main.names.find(statement.name.text);
  if (found == main.names.end() || found->second->statement != &statement) return;
  switch (found->second->kind) {
    case Symbol::Kind::let: type_of_symbol(*found->second); return;
    case Symbol::Kind::type: type_of_alias(*found->second); return;
    case Symbol::Kind::interface:
      type_of_interface(*found->second);
      for (auto& step : found->second->steps) check_function(*step.second);
      return;
    case Symbol::Kind::target: return check_target(*found->second);
    case Symbol::Kind::function:
    case Symbol::Kind::step_function:
    case Symbol::Kind::stage_template:
    case Symbol::Kind::service_function: check_function(*found->second); return;
    default: return;
  }
}

void Checker::run() {
  for (const Unit& unit : units_) declare(unit);
  const Module& main = program_.main();
  module_ = &main;
  for (Use& use : program_.uses) {
    module_ = use.owner;
    bind_use(use);
  }
  for (const auto& module : program_.modules) check_actions(*module);
  for (const auto& module : program_.modules) check_environments(*module);
  check_plainly(*main.file, sink_);
  module_ = &main;
  for (const ast::Item& item : main.file->items)
    if (item.statement) check_declaration(main, *item.statement);
  for (const Statement* pipeline : main.pipelines) check_pipeline(main, *pipeline);
}

std::unique_ptr<Program> check(llvm::ArrayRef<Unit> units, diagnostics::Sink& sink) {
  auto program = std::make_unique<Program>();
  Checker(*program, units, sink).run();
  return program;
}

}  // namespace sluice::check

// Templates of steps and services, and functions: `step setup(version: string) { … }`, `let f(x) = …`.
#include <tuple>

#include "check/checker.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(Recursion, "`{}` calls itself");

}  // namespace

// A function's body is checked once, in its own module, with its parameters' declared types.
void Checker::check_function(Symbol& function) {
  if (function.in_progress) {
    if (!function.checked)
      sink_.report<Recursion>(function.span, std::string_view(function.name))
          .help("the way is {}: unfolding must end, so write the steps out", way_back_to(function));
    function.checked = true;
    return;
  }
  if (function.checked || !begin_asking(function)) return;
  function.in_progress = true;
  const Module* module = std::exchange(module_, function.module);
  Pipeline* pipeline = std::exchange(pipeline_, nullptr);
  const Symbol* reader = std::exchange(reader_, nullptr);
  auto guards = std::exchange(guards_, {});
  auto bodies = std::exchange(bodies_, {});
  auto asked_for = std::tuple(acting_, acting_block_, valued_, names_artifact_);
  Scope::Sealed outer_names = scope_.seal();
  ScopeIndex mark = scope_.mark();
  for (std::size_t i = 0; i < function.statement->parameters.size(); ++i) {
    const ast::Parameter& parameter = function.statement->parameters[i];
    Symbol* symbol = make(Symbol::Kind::parameter, parameter.name, function.statement);
    symbol->type = read_type(parameter.type);
    symbol->position = i;
    check_steps_parameter(function, parameter, symbol->type);
    if (parameter.default_value && symbol->type->kind != Type::Kind::steps)
      expect(*parameter.default_value, symbol->type, "the default");
    scope_.add(symbol);
  }
  if (function.owner && function.owner->kind == Symbol::Kind::target)
    add_target_parameters(*function.owner, function.statement->parameters.size());
  if (function.statement->title) expect(*function.statement->title, Type::Kind::string, "the title");
  begin_value(function);
  if (function.kind == Symbol::Kind::function) {
    function.type = function.statement->value ? type_of(*function.statement->value) : table_.simple(Type::Kind::any);
  } else if (function.kind == Symbol::Kind::service_function) {
    check_service_function(function);
  } else if (function.kind == Symbol::Kind::stage_template) {
    check_stage_body(function);
  } else if (function.statement->block) {
    check_items(function.statement->block->items, {&function, false});
    check_value(function);
  }
  scope_.restore(mark);
  scope_.unseal(outer_names);
  std::tie(acting_, acting_block_, valued_, names_artifact_) = asked_for;
  bodies_ = std::move(bodies);
  guards_ = std::move(guards);
  reader_ = reader;
  pipeline_ = pipeline;
  module_ = module;
  asked_.pop_back();
  function.in_progress = false;
  function.checked = true;
}

}  // namespace sluice::check

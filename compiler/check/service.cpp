#include "check/checker.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(NotCallable, "`{}` is no service");
DIAGNOSTIC(DuplicateName, "the service `{}` is declared twice");

}  // namespace

// `service db = postgres.server(version: 15)`: the name has the outputs that the function declares.
void Checker::check_service(const Statement& statement) {
  if (Symbol* other = scope_.find(statement.name.text); other && other->kind == Symbol::Kind::service)
    sink_.report<DuplicateName>(statement.name.span, std::string_view(statement.name.text))
        .note(other->span, "declared here first");
  Symbol* symbol = make(Symbol::Kind::service, statement.name, &statement);
  if (statement.value) {
    acting_ = statement.value;
    acting_block_ = nullptr;
    type_of(*statement.value);
    auto call = program_.calls.find(statement.value);
    if (call != program_.calls.end()) {
      if (call->second.callee->kind != Symbol::Kind::service_function)
        sink_.report<NotCallable>(statement.value->span, std::string_view(call->second.callee->name));
      symbol->outputs = call->second.callee->outputs;
    }
  } else if (statement.block) {
    check_service_function(*symbol);
  }
  scope_.add(symbol);
}

// Inside a service its own port is `port`: a container's mapped one, or the free one that it was started on here.
void Checker::check_service_function(Symbol& function) {
  if (!function.statement->block) return;
  ScopeIndex mark = scope_.mark();
  for (const ast::Item& item : function.statement->block->items) {
    if (!item.statement || item.statement->word != Word::port) continue;
    if (item.statement->value) expect(*item.statement->value, Type::Kind::number, "the port");
    Symbol* port = make(Symbol::Kind::let, item.statement->keyword, nullptr);
    port->kind = Symbol::Kind::context;
    port->type = table_.simple(Type::Kind::json);
    scope_.add(port);
  }
  for (const ast::Item& item : function.statement->block->items) {
    if (!item.statement) continue;
    const Statement& statement = *item.statement;
    if (statement.word == Word::output) check_output(statement, {&function, false});
    if (statement.word == Word::env) check_entries(statement, true);
    if (statement.word != Word::backend || !statement.block) continue;
    for (const ast::Item& inner : statement.block->items) {
      if (!inner.statement) continue;
      if (inner.statement->word == Word::env)
        check_entries(*inner.statement, true);
      else if (inner.statement->value)
        expect(*inner.statement->value, Type::Kind::string, "this");
      for (const Expression* value : inner.statement->values) expect(*value, Type::Kind::string, "this");
    }
  }
  scope_.restore(mark);
}

}  // namespace sluice::check

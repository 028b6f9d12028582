#include "check/checker.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;

DIAGNOSTIC(HiddenName, "`{}` hides another `{}`");
DIAGNOSTIC(DuplicateName, "`{}` is declared twice in this stage");
DIAGNOSTIC(MisplacedWord, "`{}` cannot stand in a `{}`");
DIAGNOSTIC(DuplicateEntry, "`{}` is given twice");
DIAGNOSTIC(NotIterable, "{} is no list");
DIAGNOSTIC(MisplacedStatement, "`{}` stands where `key: value` is expected");
DIAGNOSTIC(TypeMismatch, "{} is {}, but {} is needed");
DIAGNOSTIC(NotCallable, "`{}` gives a value, but a step is needed here");
DIAGNOSTIC(UnknownPermission, "there is no permission `{}`");
DIAGNOSTIC(MissingPiece, "`{}` lacks a type or a value");
DIAGNOSTIC(ExtraPiece, "{}");

constexpr llvm::StringLiteral scopes[] = {
    "actions", "attestations", "checks",   "contents", "deployments",   "discussions",         "id-token",
    "issues",  "models",       "packages", "pages",    "pull-requests", "repository-projects", "security-events",
    "statuses"};

}  // namespace

void Checker::check_items(llvm::ArrayRef<ast::Item> items, const Body& body) {
  check_siblings(items);
  bodies_.push_back(items);
  // What a stage has for all of its steps may name each of them.
  auto late = [&](const Statement& statement) {
    return body.stage && (statement.word == Word::env || statement.word == Word::url);
  };
  for (const ast::Item& item : items)
    if (item.statement && !late(*item.statement)) check_statement(*item.statement, body);
  for (const ast::Item& item : items)
    if (item.statement && late(*item.statement)) check_statement(*item.statement, body);
  bodies_.pop_back();
}

void Checker::check_statement(const Statement& statement, const Body& body) {
  switch (statement.word) {
    case Word::call: return check_call_statement(statement, body);
    case Word::run: return check_run(statement);
    case Word::unsafe: return check_unsafe(statement);
    case Word::uses: return check_uses(statement, body);
    case Word::step: return check_step(statement, body);
    case Word::output: return check_output(statement, body);
    case Word::artifact: return check_artifact(statement, body);
    case Word::service: return check_service(statement);
    case Word::let: return check_let(statement);
    case Word::if_:
    case Word::else_:
    case Word::for_:
    case Word::when: return check_unfolding(statement, body);
    case Word::match: return check_match(statement, [&](const ast::Block& block) { check_items(block.items, body); });
    case Word::backend: {
      llvm::StringRef outer = std::exchange(backend_, statement.name.text);
      check_block(statement, body);
      backend_ = outer;
      return;
    }
    case Word::matrix: return check_matrix(statement);
    case Word::permissions: return check_permissions(statement);
    case Word::concurrency: return check_concurrency(statement);
    case Word::native: return check_native(statement);
    case Word::require: return check_requirement(statement);
    case Word::rollback: return check_rollback(statement);
    case Word::watch:
    case Word::await: return check_poll(statement);
    case Word::phase: return check_phase(statement);
    case Word::gate: return refuse_gate(statement);
    case Word::input: return delivery_word(statement);
    case Word::verify:
      if (body.name == "rollback") return check_apart(statement);
      // Elsewhere the word has no place, which was told.
      if (!body.owner || !body.owner->statement->value) return;
      [[fallthrough]];
    case Word::given: return check_given(statement, body.owner ? body.owner->statement->value : nullptr);
    case Word::invalid: return;
    default: return check_option(statement);
  }
}

void Checker::check_block(const Statement& statement, const Body& body) {
  ScopeIndex mark = scope_.mark();
  if (statement.block) check_items(statement.block->items, body);
  scope_.restore(mark);
}

void Checker::check_native(const Statement& statement) {
  if (backend_ != "local")
    sink_
        .report<MisplacedWord>(statement.keyword.span, "native",
                               backend_.empty() ? std::string("step") : "backend " + backend_.str())
        .help("it is what the local runtime does by itself: write it into `backend local`");
  check_entries(statement, true);
}

void Checker::check_unfolding(const Statement& statement, const Body& body) {
  ScopeIndex mark = scope_.mark();
  if (statement.word == Word::for_)
    scope_.add(loop_variable(statement));
  else if (statement.value && statement.word == Word::when)
    expect(*statement.value, Type::Kind::boolean, "the condition");
  else if (statement.value)
    expect(*statement.value, Type::Kind::boolean, "the condition");
  if (statement.block && statement.word == Word::when) refuse_options(statement, body);
  if (statement.block && statement.word == Word::for_) refuse_options(statement, body);
  std::size_t known = guards_.size();
  if (statement.word == Word::when && statement.value) guards_.push_back(statement.value);
  if (statement.block) check_items(statement.block->items, body);
  guards_.resize(known);
  // Steps and names from inside a `when` can be used behind it; those of a loop cannot.
  if (statement.word == Word::for_) scope_.restore(mark);
}

// What holds for a whole stage or step cannot hang on a condition, nor be said once for each turn of a loop.
void Checker::refuse_options(const Statement& statement, const Body& body) {
  for (const ast::Item& item : statement.block->items) {
    if (!item.statement) continue;
    switch (item.statement->word) {
      case Word::call:
      case Word::run:
      case Word::unsafe:
      case Word::uses:
      case Word::step:
      case Word::if_:
      case Word::else_:
      case Word::for_:
      case Word::match:
      case Word::when:
      case Word::let:
      case Word::require:
      case Word::backend:
      case Word::native:
      case Word::invalid:
      case Word::output:
      case Word::artifact:
      case Word::rollback:
      case Word::sleep:
      case Word::watch:
      case Word::await:
      case Word::commit:
      case Word::phase:
      case Word::gate:
      case Word::permissions: continue;
      // No stage has them, which was told.
      case Word::idempotent:
      case Word::probe:
        if (body.stage) continue;
        break;
      default: break;
    }
    sink_
        .report<MisplacedWord>(item.statement->keyword.span, std::string_view(item.statement->keyword.text),
                               std::string_view(statement.keyword.text))
        .help("it holds for all of the stage or step: write it there, or inside a `step`");
  }
}

Symbol* Checker::loop_variable(const Statement& statement) {
  const Expression* list = statement.clause(ast::Clause::in);
  const Type* type = list ? type_of(*list) : table_.simple(Type::Kind::any);
  bool iterable = type->kind == Type::Kind::list || type->kind == Type::Kind::any || type->kind == Type::Kind::json;
  if (!iterable) sink_.report<NotIterable>(list->span, types::describe_one(type)).help("write `[a, b]`");
  Symbol* variable = make(Symbol::Kind::loop_variable, statement.name, &statement);
  variable->type = type->element ? type->element : table_.simple(Type::Kind::any);
  return variable;
}

void Checker::check_call_statement(const Statement& statement, const Body& body) {
  const Expression& call = *statement.value;
  acting_ = &call;
  acting_block_ = statement.block;
  const Type* type = type_of(call);
  refuse_as_step(call);
  if (type->kind != Type::Kind::steps && type->kind != Type::Kind::any)
    sink_.report<NotCallable>(call.span, std::string_view(call.operands[0]->text));
  for (const ast::Item& item : statement.block ? statement.block->items : llvm::ArrayRef<ast::Item>()) {
    if (!item.statement) continue;
    bool steps = item.statement->word == Word::given || item.statement->word == Word::verify;
    steps ? check_given(*item.statement, &call) : check_option(*item.statement);
  }
  // What a step holds gives the step its outputs.
  auto found = program_.calls.find(&call);
  if (found == program_.calls.end() && body.owner) body.owner->open = true;
  if (found == program_.calls.end() || !body.owner || body.stage) return;
  const Symbol& callee = *found->second.callee;
  if (callee.kind == Symbol::Kind::step_function)
    for (const auto& output : callee.outputs) body.owner->outputs.insert(output);
  if (callee.kind == Symbol::Kind::action) add_outputs(*body.owner, callee);
}

void Checker::check_step(const Statement& statement, const Body& body) {
  if (statement.title) expect(*statement.title, Type::Kind::string, "the title");
  if (const Expression* when = statement.clause(ast::Clause::when)) expect(*when, Type::Kind::boolean, "the condition");
  if (statement.returns)
    sink_.report<ExtraPiece>(statement.returns->span, "`-> type` stands in a stage's step")
        .help("a step that gives a value stands at the top of the file; here write `output NAME: type` into the step");
  Symbol* step = make(Symbol::Kind::step, statement.name, &statement);
  ScopeIndex mark = scope_.mark();
  std::size_t known = guards_.size();
  if (const Expression* when = statement.clause(ast::Clause::when)) guards_.push_back(when);
  step->guards.assign(guards_.begin(), guards_.end());
  if (statement.block) check_items(statement.block->items, {step, false});
  guards_.resize(known);
  scope_.restore(mark);
  if (!statement.name) return;
  Symbol* hidden = scope_.find(statement.name.text);
  if (hidden && hidden->kind == Symbol::Kind::step)
    sink_.report<DuplicateName>(statement.name.span, std::string_view(statement.name.text))
        .note(hidden->span, "declared here first");
  (void)body;
  scope_.add(step);
}

void Checker::check_output(const Statement& statement, const Body& body) {
  if (!body.owner) return refuse_named(statement, body);
  const Type* type = statement.type ? read_type(statement.type) : nullptr;
  if (statement.value) {
    bool returned = body.owner && body.owner->kind == Symbol::Kind::step_function && body.owner->statement->returns &&
                    statement.name.text == "value";
    if (returned && !type) type = body.owner->outputs.lookup("value");
    if (type && !body.stage)
      expect(*statement.value, type, returned ? "the value" : "the output");
    else if (!type)
      type = type_of(*statement.value);
    if (body.stage) expect(*statement.value, type, "the output");
  }
  if (body.stage && !statement.value && type)
    sink_.report<MissingPiece>(statement.header, fmt::format("output {}", std::string_view(statement.name.text)))
        .help("a stage's output is made of a step's: `output {0} = build.{0}`", std::string_view(statement.name.text));
  if (!type) {
    sink_.report<MissingPiece>(statement.header, fmt::format("output {}", std::string_view(statement.name.text)))
        .help("write `output {0}: string`, or `output {0} = …`", std::string_view(statement.name.text));
    type = table_.simple(Type::Kind::any);
  }
  if (!statement.value && statement.type) program_.output_types[&statement] = type;
  if (body.owner) body.owner->outputs.insert({statement.name.text, type});
}

// Nobody could read it.
void Checker::refuse_named(const Statement& statement, const Body& body) {
  // The word has no place there, which was told.
  if (body.name == "rollback") return;
  sink_
      .report<MisplacedWord>(statement.keyword.span, std::string_view(statement.keyword.text),
                             std::string_view(body.name))
      .help("nothing could read it there; write it into a stage, or into a `step` with a name");
}

void Checker::check_artifact(const Statement& statement, const Body& body) {
  if (!body.owner) return refuse_named(statement, body);
  names_artifact_ = acting_ = statement.value;
  acting_block_ = nullptr;
  if (statement.value) type_of(*statement.value);
  if (statement.value) refuse_as_step(*statement.value);
  names_artifact_ = nullptr;
  if (!body.owner || !body.stage) return;
  auto [other, added] = body.owner->artifacts.insert({statement.name.text, &statement});
  if (!added)
    sink_.report<DuplicateName>(statement.name.span, std::string_view(statement.name.text))
        .note(other->second->name.span, "declared here first");
}

void Checker::report_hidden(const Statement& statement) {
  if (Symbol* hidden = find_value(statement.name.text); hidden && hidden->kind != Symbol::Kind::stage)
    sink_
        .report<HiddenName>(statement.name.span, std::string_view(statement.name.text),
                            std::string_view(statement.name.text))
        .note(hidden->span, "the other one");
  // What the module has could not be reached behind it.
  auto declared = module_->names.find(statement.name.text);
  if (declared != module_->names.end() && declared->second->kind == Symbol::Kind::module)
    sink_
        .report<HiddenName>(statement.name.span, std::string_view(statement.name.text),
                            std::string_view(statement.name.text))
        .note(declared->second->span, "the module that is used under this name");
}

void Checker::check_let(const Statement& statement) {
  report_hidden(statement);
  Symbol* symbol = make(Symbol::Kind::let, statement.name, &statement);
  acting_ = statement.value;
  acting_block_ = nullptr;
  const Expression* outer = std::exchange(valued_, statement.value);
  symbol->type = statement.value ? type_of_let(statement) : table_.simple(Type::Kind::any);
  valued_ = outer;
  if (gives_value(statement)) {
    symbol->kind = Symbol::Kind::step_value;
    symbol->guards.assign(guards_.begin(), guards_.end());
  }
  scope_.add(symbol);
}

void Checker::check_run(const Statement& statement) {
  if (statement.value) expect(*statement.value, Type::Kind::string, "the script");
  check_options(statement);
}

void Checker::check_unsafe(const Statement& statement) {
  if (statement.name.text != "run")
    sink_.report<MisplacedWord>(statement.name.span, std::string_view(statement.name.text), "unsafe")
        .help("write `unsafe run \"…\" because \"…\"`");
  expect_reason(statement.clause(ast::Clause::because), statement.header, "unsafe run");
  check_run(statement);
}

void Checker::check_options(const Statement& statement) {
  if (!statement.block) return;
  for (const ast::Item& item : statement.block->items)
    if (item.statement) check_option(*item.statement);
}

// The options that pipelines, stages and steps share.
void Checker::check_option(const Statement& statement) {
  switch (statement.word) {
    case Word::env:
    case Word::with:
      // A whole environment as one value has no form in the graph yet.
      if (statement.value) delivery_word(statement);
      return check_entries(statement, true);
    case Word::timeout:
    case Word::grace:
    case Word::expect:
    case Word::sleep:
      if (statement.value) expect(*statement.value, Type::Kind::duration, "the time");
      return;
    case Word::allow_failure:
    case Word::fail_fast:
    case Word::cancel_running:
      if (statement.value) expect(*statement.value, Type::Kind::boolean, "this");
      return;
    case Word::retry:
      if (statement.value) expect(*statement.value, Type::Kind::number, "the number of attempts");
      if (const Expression* every = statement.clause(ast::Clause::every))
        expect(*every, Type::Kind::duration, "the pause");
      return;
    case Word::max_parallel:
      if (statement.value) expect(*statement.value, Type::Kind::number, "the number");
      return;
    case Word::working_directory:
    case Word::url:
      if (statement.value) expect(*statement.value, Type::Kind::string, "this");
      return;
    case Word::runs_on:
      for (const Expression* label : statement.values) expect(*label, Type::Kind::string, "the label");
      return;
    case Word::shell:
      if (statement.value && statement.value->kind != Kind::name) expect_static_text(*statement.value, "the shell");
      return;
    case Word::probe: return check_apart(statement);
    case Word::verify:
    case Word::given: return check_given(statement, nullptr);
    default: return;
  }
}

void Checker::check_concurrency(const Statement& statement) {
  if (statement.value) expect(*statement.value, Type::Kind::string, "the group");
  check_options(statement);
}

void Checker::report_twice(const ast::Block& block) {
  llvm::StringMap<Span> seen;
  for (const ast::Item& item : block.items) {
    if (!item.entry) continue;
    const ast::Name& key = item.entry->key;
    auto [first, added] = seen.try_emplace(key.text, key.span);
    if (!added)
      sink_.report<DuplicateEntry>(key.span, std::string_view(key.text)).note(first->second, "given here first");
  }
}

void Checker::each_entry(const Statement& statement, llvm::function_ref<void(const ast::Entry&)> visit) {
  if (!statement.block) return;
  report_twice(*statement.block);
  for (const ast::Item& item : statement.block->items) {
    if (item.entry)
      visit(*item.entry);
    else if (item.statement->word != Word::invalid)
      sink_.report<MisplacedStatement>(item.statement->header, std::string_view(item.statement->keyword.text));
  }
}

void Checker::check_entries(const Statement& statement, bool scalars) {
  each_entry(statement, [&](const ast::Entry& entry) {
    const Type* type = type_of(*entry.value);
    if (scalars && !types::is_scalar(type))
      sink_.report<TypeMismatch>(entry.value->span, fmt::format("`{}`", std::string_view(entry.key.text)),
                                 types::describe_one(type), "text");
  });
}

void Checker::check_permissions(const Statement& statement) {
  for (const Expression* value : statement.values)
    if (value->text != "none")
      sink_.report<UnknownPermission>(value->span, std::string_view(value->text))
          .help("name each scope: `permissions {{ contents: read }}`");
  if (!statement.block) return;
  for (const ast::Item& item : statement.block->items) {
    if (!item.entry) continue;
    llvm::StringRef scope = item.entry->key.text;
    if (std::find(std::begin(scopes), std::end(scopes), scope) == std::end(scopes)) {
      llvm::SmallVector<llvm::StringRef, 16> known(std::begin(scopes), std::end(scopes));
      auto told = sink_.report<UnknownPermission>(item.entry->key.span, std::string_view(scope));
      llvm::StringRef near = diagnostics::nearest(scope, known);
      if (!near.empty())
        told.help("did you mean `{}`?", std::string_view(near)).fix(item.entry->key.span, near.str());
      else
        told.help("one of them is `contents`: `permissions {{ contents: read }}`");
    }
    llvm::StringRef access = item.entry->value->text;
    if (access != "read" && access != "write" && access != "none" && item.entry->value->kind != Kind::invalid)
      sink_.report<UnknownPermission>(item.entry->value->span, std::string_view(access))
          .help("write `read`, `write` or `none`");
  }
}

void Checker::check_matrix(const Statement& statement) {
  if (statement.value) type_of(*statement.value);
  if (!statement.block) return;
  report_twice(*statement.block);
  for (const ast::Item& item : statement.block->items) {
    if (!item.entry) continue;
    const Type* type = type_of(*item.entry->value);
    bool fits = type->kind == Type::Kind::list || type->kind == Type::Kind::any || type->kind == Type::Kind::json;
    if (!fits)
      sink_.report<TypeMismatch>(item.entry->value->span, fmt::format("`{}`", std::string_view(item.entry->key.text)),
                                 types::describe_one(type), "a list");
  }
}

}  // namespace sluice::check

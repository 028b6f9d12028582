#include "check/checker.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(MisplacedWord, "`url` cannot stand in a stage without an environment");
DIAGNOSTIC(DuplicateName, "the stage `{}` is declared twice");
DIAGNOSTIC(NoTrigger, "nothing starts `{}`");
DIAGNOSTIC(NoStages, "`{}` has no stages");
DIAGNOSTIC(NoSteps, "`{}` has no steps");
DIAGNOSTIC(UnknownClause, "`notify` knows no result `{}`");
DIAGNOSTIC(MisplacedTemplate, "`{}` has parameters, but it stands in a pipeline");

bool acts(const ast::Item& item) {
  if (!item.statement) return false;
  switch (item.statement->word) {
    case Word::run:
    case Word::unsafe:
    case Word::uses:
    case Word::step:
    case Word::call:
    case Word::artifact:
    case Word::sleep:
    case Word::watch:
    case Word::await:
    case Word::invalid: return true;
    case Word::when:
    case Word::if_:
    case Word::else_:
    case Word::match:
    case Word::case_:
    case Word::for_:
      return item.statement->block &&
             std::any_of(item.statement->block->items.begin(), item.statement->block->items.end(), acts);
    default: return false;
  }
}

bool unfolds(Word word) {
  return word == Word::if_ || word == Word::else_ || word == Word::for_ || word == Word::match || word == Word::case_;
}

}  // namespace

void Checker::check_pipeline(const Module& module, const Statement& statement) {
  if (!statement.block) return;
  Pipeline& pipeline = program_.pipelines.emplace_back();
  pipeline.statement = &statement;
  pipeline.module = module_ = &module;
  pipeline_ = &pipeline;
  inputs_.clear();
  llvm::ArrayRef<ast::Item> items = statement.block->items;
  auto is_trigger = [](const ast::Item& item) { return item.statement && item.statement->word == Word::on; };
  for (const ast::Item& item : items)
    if (is_trigger(item)) check_trigger(*item.statement);
  for (const ast::Item& item : items)
    if (is_trigger(item) && item.statement->block) check_requirements(*item.statement);
  collect_stages(items, pipeline);
  if (statement.title) expect(*statement.title, Type::Kind::string, "the title");
  bind_pipeline_items(items);
  for (Symbol* let : std::exchange(lets_, {})) type_of_symbol(*let);
  for (auto& stage : pipeline.stages)
    if (!stage.second->checked) check_stage(*stage.second);
  for (Symbol* notification : std::exchange(notifications_, {})) check_notify(*notification);
  if (std::none_of(items.begin(), items.end(), is_trigger) && statement.word != Word::invalid)
    sink_.report<NoTrigger>(statement.name.span, std::string_view(statement.name.text))
        .help("add `on push`, `on manual` or another event");
  if (pipeline.stages.empty()) sink_.report<NoStages>(statement.name.span, std::string_view(statement.name.text));
  pipeline_ = nullptr;
}

// Stages are known to each other wherever they stand, also those that a loop will make.
void Checker::collect_stages(llvm::ArrayRef<ast::Item> items, Pipeline& pipeline) {
  for (const ast::Item& item : items) {
    if (!item.statement) continue;
    const Statement& statement = *item.statement;
    if (unfolds(statement.word) && statement.block) collect_stages(statement.block->items, pipeline);
    if ((statement.word != Word::stage && statement.word != Word::gate) || !statement.name) continue;
    Symbol* stage = make(Symbol::Kind::stage, statement.name, &statement);
    auto [at, added] = pipeline.stages.insert({statement.name.text, stage});
    if (!added)
      sink_.report<DuplicateName>(statement.name.span, std::string_view(statement.name.text))
          .note(at->second->span, "declared here first")
          .help("give one another name, or write `stage {}[x]` in a `for`", std::string_view(statement.name.text));
  }
}

// What a stage sees of its pipeline: a stage may be asked for before its turn.
void Checker::bind_pipeline_items(llvm::ArrayRef<ast::Item> items) {
  check_siblings(items);
  ScopeIndex mark = scope_.mark();
  for (const ast::Item& item : items)
    if (item.statement) bind_pipeline_statement(*item.statement);
  scope_.restore(mark);
}

void Checker::bind_pipeline_statement(const Statement& statement) {
  switch (statement.word) {
    case Word::gate:
    case Word::stage: {
      if (!statement.name) return;
      Symbol& stage = *pipeline_->stages[statement.name.text];
      if (stage.statement == &statement) stage.around = scope_.capture();
      return;
    }
    case Word::notify:
      notifications_.push_back(make(Symbol::Kind::stage, statement.keyword, &statement));
      notifications_.back()->around = scope_.capture();
      return;
    case Word::let: return bind_let(statement);
    case Word::for_: return bind_loop(statement);
    case Word::if_:
    case Word::else_:
      if (statement.value) expect(*statement.value, Type::Kind::boolean, "the condition");
      if (statement.block) bind_pipeline_items(statement.block->items);
      return;
    case Word::match: return check_match(statement, [&](const ast::Block& block) { bind_pipeline_items(block.items); });
    case Word::budget:
      if (statement.value) expect(*statement.value, Type::Kind::duration, "the budget");
      return;
    case Word::run_name:
      if (statement.value) expect(*statement.value, Type::Kind::string, "the name");
      return;
    case Word::concurrency: return check_concurrency(statement);
    case Word::on:
    case Word::must:  // speaks of the graph
    case Word::invalid:
    case Word::call: return;
    default: return check_option(statement);
  }
}

void Checker::bind_let(const Statement& statement) {
  if (!statement.name) return;
  report_hidden(statement);
  Symbol* symbol = make(Symbol::Kind::let, statement.name, &statement);
  symbol->around = scope_.capture();
  lets_.push_back(symbol);
  scope_.add(symbol);
}

void Checker::bind_loop(const Statement& statement) {
  ScopeIndex mark = scope_.mark();
  scope_.add(loop_variable(statement));
  if (statement.block) bind_pipeline_items(statement.block->items);
  scope_.restore(mark);
}

void Checker::check_header(const Statement& statement) {
  if (statement.title) expect(*statement.title, Type::Kind::string, "the title");
  if (!pipeline_) refuse_order(statement);
  for (const Expression* name : statement.after)
    if (pipeline_) reference_stage(*name);
  if (const Expression* in = statement.clause(ast::Clause::in)) check_entered(*in);
  if (const Expression* when = statement.clause(ast::Clause::when)) expect(*when, Type::Kind::boolean, "the condition");
}

// An address belongs to the environment that a stage enters.
void Checker::check_url(const Statement& stage) {
  if (!stage.block || enters_environment(stage)) return;
  for (const ast::Item& item : stage.block->items)
    if (item.statement && item.statement->word == Word::url)
      sink_.report<MisplacedWord>(item.statement->keyword.span).help("write `in NAME` into the stage's header");
}

void Checker::check_stage(Symbol& stage) {
  if (!begin_asking(stage)) return;
  const Statement& statement = *stage.statement;
  stage.in_progress = true;
  // Whoever asks for an output of this stage may stand inside another one.
  Scope::Sealed outer_names = scope_.seal();
  ScopeIndex mark = scope_.mark();
  enter(stage);
  const Symbol* reader = std::exchange(reader_, &stage);
  auto guards = std::exchange(guards_, {});
  auto bodies = std::exchange(bodies_, {});
  if (statement.index) type_of(*statement.index);
  if (statement.has_parameters)
    sink_.report<MisplacedTemplate>(stage.span, std::string_view(stage.name))
        .help("a template stands at the top of a file; in a pipeline `stage NAME = {}(…)` is made of it",
              std::string_view(stage.name));
  check_stage_body(stage);
  bodies_ = std::move(bodies);
  guards_ = std::move(guards);
  reader_ = reader;
  scope_.restore(mark);
  scope_.unseal(outer_names);
  asked_.pop_back();
  stage.in_progress = false;
  stage.checked = true;
}

// Of a pipeline's stage, or of a template.
void Checker::check_stage_body(Symbol& stage) {
  const Statement& statement = *stage.statement;
  if (statement.word == Word::gate) return check_gate(statement);
  const Expression* when = statement.clause(ast::Clause::when);
  // Before the header: what it may read of other stages hangs on the template's condition too.
  if (statement.value) {
    if (when) guards_.push_back(when);
    check_made_stage(stage);
    if (when) guards_.pop_back();
  }
  check_header(statement);
  if (when) guards_.push_back(when);
  if (statement.block) check_items(statement.block->items, {&stage, true});
  if (statement.block && !statement.value &&
      std::none_of(statement.block->items.begin(), statement.block->items.end(), acts))
    sink_.report<NoSteps>(stage.span, std::string_view(stage.name))
        .help("add `run \"…\"` or a call such as `checkout()`");
  check_url(statement);
}

void Checker::check_notify(const Symbol& notification) {
  const Statement& statement = *notification.statement;
  ScopeIndex mark = scope_.mark();
  enter(notification);
  check_header(statement);
  static constexpr llvm::StringLiteral results[] = {"success", "failure", "cancelled"};
  for (const Expression* result : statement.values) {
    if (std::find(std::begin(results), std::end(results), result->text) != std::end(results)) continue;
    if (result->kind == Expression::Kind::invalid) continue;
    sink_.report<UnknownClause>(result->span, std::string_view(result->text))
        .help("the results are `success`, `failure` and `cancelled`");
  }
  if (const Expression* when = statement.clause(ast::Clause::when)) guards_.push_back(when);
  if (statement.block) check_items(statement.block->items, {nullptr, false});
  guards_.clear();
  scope_.restore(mark);
}

}  // namespace sluice::check

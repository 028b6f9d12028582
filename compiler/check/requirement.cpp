// What a run's inputs must meet: `require` in `on manual` and `on call`. Inputs are known there by their bare names.
#include "check/checker.h"
#include "check/events.h"

namespace sluice::check {
namespace {

DIAGNOSTIC(UntestableRequirement, "{}");

bool is_requirement(const ast::Item& item) { return item.statement && item.statement->word == Word::require; }

const Statement* find_trigger(const Statement& pipeline, llvm::function_ref<bool(llvm::StringRef)> wanted) {
  for (const ast::Item& item : pipeline.block->items)
    if (item.statement && item.statement->word == Word::on && wanted(item.statement->name.text)) return item.statement;
  return nullptr;
}

bool takes_inputs(llvm::StringRef event) { return event == "manual" || event == "call"; }

bool has_input(const Statement& trigger, llvm::StringRef name) {
  llvm::ArrayRef<ast::Item> items = trigger.block ? trigger.block->items : llvm::ArrayRef<ast::Item>();
  return std::any_of(items.begin(), items.end(), [&](const ast::Item& item) {
    return item.statement && item.statement->word == Word::input && item.statement->name.text == name;
  });
}

}  // namespace

void Checker::check_requirement(const Statement& statement) {
  if (!statement.values.empty()) expect(*statement.values[0], Type::Kind::boolean, "the requirement");
  if (statement.values.size() > 1) expect(*statement.values[1], Type::Kind::string, "the reason");
}

void Checker::check_requirements(const Statement& trigger) {
  llvm::ArrayRef<ast::Item> items = trigger.block->items;
  auto first = std::find_if(items.begin(), items.end(), is_requirement);
  if (first == items.end()) return;
  if (!takes_inputs(trigger.name.text)) {
    sink_
        .report<UntestableRequirement>(first->statement->keyword.span,
                                       fmt::format("`on {}` has no inputs to ask anything of", trigger.name.text.str()))
        .help("a stage's `when` asks what an event brings");
    return;
  }
  ScopeIndex mark = scope_.mark();
  for (const ast::Item& item : items) {
    if (!item.statement || item.statement->word != Word::input) continue;
    Symbol* input = make(Symbol::Kind::input, item.statement->name, item.statement);
    input->type = pipeline_->inputs.lookup(input->name);
    if (input->type) scope_.add(input);
  }
  const Statement* outer = events_.within(&trigger);
  for (const ast::Item& item : items)
    if (is_requirement(item)) check_requirement(*item.statement);
  for (const ast::Item& item : items)
    if (is_requirement(item) && !item.statement->values.empty())
      refuse_missing_input(trigger, *item.statement->values[0]);
  events_.within(outer);
  scope_.restore(mark);
  refuse_untold_start(*first->statement);
}

// GitHub does not say of a run whether it was called: its event is the caller's. So there must be inputs in each.
void Checker::refuse_untold_start(const Statement& requirement) {
  const Statement& pipeline = *pipeline_->statement;
  const Statement* other = find_trigger(pipeline, [](llvm::StringRef event) { return !takes_inputs(event); });
  if (!other || !find_trigger(pipeline, [](llvm::StringRef event) { return event == "call"; })) return;
  sink_
      .report<UntestableRequirement>(requirement.keyword.span,
                                     fmt::format("GitHub cannot tell a call from `on {}`, which has no inputs",
                                                 std::string_view(other->name.text)))
      .note(other->header, "this starts the pipeline too")
      .help("give the callers a pipeline of their own");
}

// In a pipeline that is started by hand and called, both ask for what either does.
void Checker::refuse_missing_input(const Statement& trigger, const Expression& part) {
  auto named = program_.resolved.find(&part);
  if (named != program_.resolved.end() && named->second->kind == Symbol::Kind::input) {
    const Statement* lacks = find_trigger(*pipeline_->statement, [&](llvm::StringRef event) {
      return takes_inputs(event) && event != trigger.name.text;
    });
    if (lacks && !has_input(*lacks, part.text))
      sink_
          .report<UntestableRequirement>(
              part.span,
              fmt::format("`on {}` has no input `{}`", std::string_view(lacks->name.text), std::string_view(part.text)))
          .note(lacks->header, "GitHub cannot tell this start from the other")
          .help("declare the input there too, or give the callers a pipeline of their own");
  }
  for (const Expression* operand : part.operands)
    if (operand) refuse_missing_input(trigger, *operand);
}

}  // namespace sluice::check

// Statements that become steps.
#include "lower/unfolder.h"

namespace sluice::lower {

using GraphKind = graph::Expression::Kind;

namespace {
DIAGNOSTIC(NotOneScript, "a `probe` asks after one step, and here are several");
DIAGNOSTIC(NotIterable, "this is no list");

constexpr std::size_t most_steps = 200'000;

// It ends in a newline exactly if it has several lines.
std::string script_text(llvm::StringRef script) {
  script = script.rtrim('\n');
  return script.str() + (script.contains('\n') ? "\n" : "");
}

}  // namespace

void Unfolder::lower_items(llvm::ArrayRef<ast::Item> items, StepContext& context) {
  each_taken(items, [&](const Statement& statement) { lower_statement(statement, context); });
}

void Unfolder::lower_statement(const Statement& statement, StepContext& context) {
  work(1, statement.header);
  if (stopped() || (frames_.back().unmet && statement.word != Word::require)) return;
  switch (statement.word) {
    case Word::run:
    case Word::unsafe: return lower_run(statement, context);
    case Word::uses: return lower_uses(statement, context);
    case Word::call: {
      StepContext inner = context;
      lower_options(statement, inner);
      return lower_call(*statement.value, std::move(inner), "");
    }
    case Word::step: return lower_step(statement, context);
    case Word::when: return lower_when(statement, context);
    case Word::for_: return lower_loop(statement, context);
    case Word::phase: return lower_phase(statement, context);
    case Word::backend: {
      StepContext inner = context;
      inner.backend = statement.name.text == "github" ? Backend::github : Backend::local;
      lower_options(statement, inner);
      if (statement.block) lower_items(statement.block->items, inner);
      return;
    }
    case Word::native: return lower_native(statement, context);
    case Word::output: return lower_output(statement, context);
    case Word::artifact: return lower_artifact(statement, context);
    case Word::permissions: return add_permissions(statement, context.call);
    case Word::require: return lower_require(statement, context);
    case Word::let:
      if (is_value_call(statement))
        lower_value_call(statement, context);
      else if (statement.value)
        frames_.back().locals.emplace_back(&statement, declared(evaluate(*statement.value), statement.type));
      return;
    default: return lower_delivery(statement, context);
  }
}

graph::Step& Unfolder::add_step(const StepContext& context, Span span) {
  if (++unfolded_ == most_steps + 1 && !stopped()) stop(span, fmt::format("{} steps", most_steps));
  graph::Step& step = current_->stage.steps.emplace_back();
  step.id = context.id;
  step.title = context.title;
  step.call = context.call;
  step.phase = context.phase;
  step.backend = context.backend;
  step.env = context.env;
  step.condition = without_secrets(context.condition, step.env);
  step.working_directory = context.working_directory;
  step.allow_failure = context.allow_failure;
  step.timeout = context.timeout;
  step.grace = context.grace;
  step.retry = context.retry;
  step.idempotent = context.idempotent;
  step.probe = context.probe;
  if (context.probe && context.backend != Backend::github &&
      std::exchange(probed_, context.probe_number) == context.probe_number)
    sink_.report<NotOneScript>(span).help("write the `probe` into the `run` that it asks after");
  // What goes wrong in a library's step is told where the author called it.
  step.span = context.call_span.known() ? context.call_span : span;
  return step;
}

std::string Unfolder::unique_id(std::string id) {
  // GitHub does not tell `One` from `one`.
  auto taken = [&](llvm::StringRef name) {
    return std::any_of(results_.begin(), results_.end(),
                       [&](const StepResult& result) { return name.equals_insensitive(result.id); });
  };
  std::string name = id;
  for (int count = 2; taken(name); ++count) name = id + "-" + std::to_string(count);
  return name;
}

// Begins with the id of the step around, or with the name of the library's step that it stands in.
std::string Unfolder::id_of_step(const ast::Name& name, const StepContext& outer) {
  std::string prefix =
      outer.id.empty() ? (outer.call.empty() ? "" : outer.call.substr(outer.call.rfind('.') + 1)) : outer.id;
  return unique_id(prefix.empty() ? name.text.str() : prefix + "-" + name.text.str());
}

// Only one step can bear the id: the last that does, which is the one whose outputs are read.
void Unfolder::keep_last_id(std::size_t first, const std::string& id) {
  bool kept = id.empty();
  for (std::size_t i = current_->stage.steps.size(); i > first; --i) {
    std::string& one = current_->stage.steps[i - 1].id;
    if (one == id && std::exchange(kept, true)) one.clear();
  }
}

void Unfolder::declare_step(const Statement& statement, StepResult* result) {
  Value value;
  value.kind = Value::Kind::step;
  value.step = result;
  frames_.back().locals.emplace_back(&statement, value);
}

void Unfolder::lower_step(const Statement& statement, const StepContext& outer) {
  StepContext context = outer;
  StepResult& result = results_.emplace_back();
  if (statement.name) {
    context.id = id_of_step(statement.name, outer);
    result.id = context.id;
  }
  context.result = &result;
  context.valued = false;
  if (statement.title)
    context.title = put(Place::step_title, *statement.title);
  else if (statement.name && outer.call.empty())
    context.title = text_constant(statement.name.text.str(), statement.name.span);
  if (const Expression* when = statement.clause(ast::Clause::when)) {
    ExpressionId condition = put(Place::step_condition, *when);
    // A status function inside takes away the implicit `success()` only from its own part.
    bool status = asks_status(condition);
    if (status && outer.condition && !asks_status(outer.condition))
      context.condition = both(both(make(GraphKind::call, "success", {}, when->span), outer.condition), condition);
    else
      context.condition = both(outer.condition, condition);
  }
  std::size_t first = current_->stage.steps.size();
  if (statement.block) {
    lower_options(statement, context);
    lower_items(statement.block->items, context);
  }
  keep_last_id(first, context.id);
  check_outputs(result, context, statement.header);
  declare_step(statement, &result);
}

void Unfolder::lower_run(const Statement& statement, StepContext context) {
  if (!statement.value) return;
  lower_options(statement, context);
  if (!context.title) context.title = title_of(*statement.value);
  Bindings env = context.env;
  bool pasted = statement.word == Word::unsafe;
  graph::Run run = pasted ? pasted_script(statement, context) : lower_script(*statement.value, context, env);
  run.text = script_text(run.text);
  context.env = std::move(env);
  add_step(context, statement.span).action = std::move(run);
}

// What is known now is text already; what is known later is pasted when it is.
graph::Run Unfolder::pasted_script(const Statement& statement, const StepContext& context) {
  Value script = evaluate(*statement.value);
  bool plain = script.kind == Value::Kind::string && script.text.find("${{") == std::string::npos;
  graph::Run run;
  run.shell = context.shell;
  if (plain)
    run.text = std::move(script.text);
  else
    run.pasted = expression_of(script, statement.value->span);
  return run;
}

void Unfolder::lower_native(const Statement& statement, const StepContext& outer) {
  StepContext context = outer;
  graph::Native native;
  llvm::StringRef operation = statement.name.text;
  if (operation == "upload") native.operation = graph::Native::Operation::upload;
  if (operation == "download") native.operation = graph::Native::Operation::download;
  if (operation == "cache") native.operation = graph::Native::Operation::cache;
  if (statement.block)
    for (const ast::Item& item : statement.block->items)
      if (item.entry)
        native.arguments.emplace_back(item.entry->key.text.str(), put(Place::step_with, *item.entry->value));
  std::erase_if(native.arguments,
                [&](const auto& argument) { return graph_[argument.second].kind == GraphKind::null; });
  if (!context.title) context.title = text_constant(operation.str(), statement.span);
  add_step(context, statement.span).action = std::move(native);
}

// The condition is worked out once: copied where its values cannot change, else kept by a step of its own.
void Unfolder::lower_when(const Statement& statement, const StepContext& outer) {
  if (!statement.value || !statement.block) return;
  StepContext context = outer;
  ExpressionId condition = put(Place::step_condition, *statement.value);
  if (changes_while_running(condition)) {
    put(Place::kept_condition, condition, statement.value->span);
    StepContext keeper = outer;
    StepResult& kept = results_.emplace_back();
    kept.id = keeper.id = unique_id(outer.id.empty() ? "when" : outer.id + "-when");
    keeper.probe.reset();
    keeper.title = text_constant("Work out a condition", statement.span);
    keeper.env.emplace_back("HOLDS", condition);
    add_step(keeper, statement.value->span).action =
        graph::Run{"bash", "echo \"holds=$HOLDS\" >> \"$GITHUB_OUTPUT\"", {}};
    ExpressionId output =
        member(member(this->context("steps", statement.span), kept.id, statement.span), "outputs", statement.span);
    output = member(output, "holds", statement.span);
    graph_.expressions[output.index].type = graph::Expression::Type::boolean;
    condition = output;
  }
  context.condition = both(outer.condition, condition);
  lower_items(statement.block->items, context);
}

// The `case` of a `match` that its value is, or its `else`. Texts are compared letter by letter.
const Statement* Unfolder::taken_case(const Statement& match) {
  if (!match.value || !match.block) return nullptr;
  Value value = evaluate(*match.value);
  if (value.kind == Value::Kind::poison) return nullptr;
  if (!value.constant()) {
    needs_constant(Place::match, value, match.value->span);
    return nullptr;
  }
  const Statement* otherwise = nullptr;
  for (const ast::Item& item : match.block->items) {
    if (!item.statement || !item.statement->block) continue;
    if (item.statement->word == Word::else_) otherwise = item.statement;
    for (const Expression* one : item.statement->values) {
      Value choice = evaluate(*one);
      if (choice.kind == value.kind && choice.text == value.text && choice.number == value.number)
        return item.statement;
    }
  }
  return otherwise;
}

// The statements of a block as the static choices in it leave them.
void Unfolder::each_taken(llvm::ArrayRef<ast::Item> items, llvm::function_ref<void(const Statement&)> visit) {
  for (std::size_t at = 0; at < items.size() && !stopped(); ++at) {
    if (!items[at].statement) continue;
    const Statement& statement = *items[at].statement;
    if (statement.word == Word::match)
      if (const Statement* taken = taken_case(statement)) each_taken(taken->block->items, visit);
    if (statement.word != Word::if_) {
      if (statement.word != Word::match) visit(statement);
      continue;
    }
    const Statement* otherwise = nullptr;
    if (at + 1 < items.size() && items[at + 1].statement && items[at + 1].statement->word == Word::else_)
      otherwise = items[++at].statement;
    const Statement* taken = statement.value && decide(*statement.value) ? &statement : otherwise;
    if (taken && taken->block) each_taken(taken->block->items, visit);
  }
}

bool Unfolder::is_list(const Value& list, const Expression& in) {
  if (list.kind == Value::Kind::list || list.kind == Value::Kind::poison) return list.kind == Value::Kind::list;
  if (list.constant())
    sink_.report<NotIterable>(in.span).help("write `[a, b]`");
  else
    needs_constant(Place::loop, list, in.span);
  return false;
}

void Unfolder::lower_loop(const Statement& statement, StepContext& context) {
  const Expression* in = statement.clause(ast::Clause::in);
  if (!in || !statement.block) return;
  Value list = evaluate(*in);
  if (!is_list(list, *in)) return;
  std::size_t mark = frames_.back().locals.size();
  expanding_.push_back({statement.header, statement.name.text.str(), list.items.size()});
  for (const Value& item : list.items) {
    work(1, statement.header);
    if (stopped()) break;
    frames_.back().locals.emplace_back(&statement, item);
    lower_items(statement.block->items, context);
    // What the loop declares is its own, and looking names up stays quick.
    frames_.back().locals.resize(mark);
  }
  expanding_.pop_back();
}

}  // namespace sluice::lower

// A pipeline: its stages found, its triggers, its options, its notifications.
#include "lower/unfolder.h"

namespace sluice::lower {

using GraphKind = graph::Expression::Kind;

namespace {

DIAGNOSTIC(DuplicateName, "two stages become `{}`");
DIAGNOSTIC(BadName, "`{}` cannot be a job's name");

constexpr std::size_t most_stages = 20'000;

// A family's member: `test["3.11"]` is the job `test-3_11`.
std::string slug(llvm::StringRef text) {
  std::string result;
  for (char c : text) {
    bool plain = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
    result += plain ? c : '_';
  }
  return result;
}

std::string event_name(llvm::StringRef name) {
  return name == "manual" ? "workflow_dispatch" : name == "call" ? "workflow_call" : name.str();
}

}  // namespace

void Unfolder::find_stage(const Statement& statement) {
  auto symbol = pipeline_.stages.find(statement.name.text);
  if (symbol == pipeline_.stages.end()) return;
  if (found_.size() == most_stages) return stop(statement.header, fmt::format("{} stages", most_stages));
  FoundStage& found = found_.emplace_back();
  found.statement = &statement;
  found.symbol = symbol->second;
  found.locals = frames_.back().locals;
  found.id = statement.name.text.str();
  if (statement.index) {
    Value index = evaluate(*statement.index);
    needs_constant(Place::index, index, statement.index->span);
    found.index = text_of(index);
    found.id += "-" + slug(found.index);
  }
  members_[found.symbol].push_back(found_.size() - 1);
  auto [other, added] = ids_.try_emplace(llvm::StringRef(found.id).lower(), found_.size() - 1);
  if (!added) {
    auto told = sink_.report<DuplicateName>(statement.name.span, found.id);
    const Statement& first = *found_[other->second].statement;
    if (&first != &statement)
      told.note(first.name.span, "the other one").help("GitHub takes small and capital letters for the same");
    else if (!statement.index)
      told.help("a stage of a `for` has an index: write `stage {}[x]`", std::string_view(statement.name.text));
    else
      told.help("the indices must differ in letters, digits, `-` and `_`");
  }
  if (found.id.size() >= 100 || found.id.starts_with("__"))
    sink_.report<BadName>(statement.name.span, found.id)
        .help("a job's name has fewer than 100 letters and does not begin with `__`");
}

void Unfolder::find_stages(llvm::ArrayRef<ast::Item> items) {
  each_taken(items, [&](const Statement& statement) {
    if (statement.word == Word::stage || statement.word == Word::gate) find_stage(statement);
    if (statement.word != Word::for_ || !statement.block) return;
    const Expression* in = statement.clause(ast::Clause::in);
    Value list = in ? evaluate(*in) : Value{};
    if (in && !is_list(list, *in)) return;
    expanding_.push_back({statement.header, statement.name.text.str(), list.items.size()});
    for (const Value& item : list.items) {
      work(1, statement.header);
      if (stopped()) break;
      std::size_t mark = frames_.back().locals.size();
      frames_.back().locals.emplace_back(&statement, item);
      find_stages(statement.block->items);
      frames_.back().locals.resize(mark);
    }
    expanding_.pop_back();
  });
}

void Unfolder::lower_pipeline_env(const Statement& statement) {
  if (statement.word != Word::env || !statement.block) return;
  for (const ast::Item& item : statement.block->items)
    if (item.entry)
      set(graph_.env, {{item.entry->key.text.str(), without_variables(put(Place::pipeline_env, *item.entry->value))}});
}

void Unfolder::lower_option(const Statement& statement) {
  switch (statement.word) {
    case Word::on: return lower_trigger(statement);
    case Word::run_name:
      if (statement.value) graph_.run_name = put(Place::run_name, *statement.value);
      return;
    case Word::runs_on: {
      runs_on_.clear();
      for (const Expression* label : statement.values) runs_on_.push_back(static_text(label));
      return;
    }
    case Word::timeout: timeout_ = seconds(statement.value); return;
    case Word::budget: graph_.budget = seconds(statement.value); return;
    case Word::env:
    case Word::must: return;
    case Word::concurrency:
      graph_.concurrency = lower_concurrency(statement, Place::pipeline_group, Place::pipeline_cancel);
      return;
    default: apply_option(statement, defaults_); return;
  }
}

// Two files may speak of one secret of GitHub's.
void Unfolder::lower_secrets(const check::Module& module) {
  auto add = [&](const Statement& secret, std::string environment) {
    std::string name = secret.name.text.str();
    for (const graph::Secret& other : graph_.secrets)
      if (other.name == name && other.environment == environment) return;
    graph_.secrets.push_back(
        {std::move(name), secret.flag(ast::Flag::optional), std::move(environment), secret.name.span});
  };
  for (const ast::Item& item : module.file->items) {
    if (!item.statement) continue;
    const Statement& statement = *item.statement;
    if (statement.word == Word::secret) add(statement, "");
    if (statement.word != Word::environment || !statement.block) continue;
    for (const ast::Item& inner : statement.block->items)
      if (inner.statement && inner.statement->word == Word::secret) add(*inner.statement, statement.name.text.str());
  }
}

graph::Input Unfolder::lower_input(const Statement& statement) {
  graph::Input input;
  input.name = statement.name.text.str();
  input.description = statement.documentation.str();
  bool optional = statement.type && statement.type->optional;
  input.required = statement.flag(ast::Flag::required) || (!statement.value && !optional);
  if (statement.value) {
    Value value = evaluate(*statement.value);
    needs_constant(Place::input_default, value, statement.value->span);
    input.default_value = expression_of(value, statement.value->span);
  }
  input.untrusted = statement.type && statement.type->untrusted;
  const types::Type* checked = pipeline_.inputs.lookup(statement.name.text);
  if (checked && checked->kind == types::Type::Kind::boolean) input.type = graph::Input::Type::boolean;
  if (checked && checked->kind == types::Type::Kind::number) input.type = graph::Input::Type::number;
  if (checked && checked->kind == types::Type::Kind::enumeration) {
    input.type = graph::Input::Type::choice;
    for (llvm::StringRef choice : checked->names) input.options.push_back(choice.str());
  }
  return input;
}

void Unfolder::lower_trigger(const Statement& statement) {
  graph::Trigger trigger;
  trigger.event = event_name(statement.name.text);
  trigger.span = statement.header;
  std::string zone = static_text(statement.clause(ast::Clause::zone));
  if (trigger.event == "schedule")
    for (const Expression* cron : statement.values) trigger.schedules.emplace_back(static_text(cron), zone);
  if (statement.block) {
    for (const ast::Item& item : statement.block->items) {
      if (!item.statement) continue;
      if (item.statement->word == Word::require) continue;
      if (item.statement->word == Word::input) {
        trigger.inputs.push_back(lower_input(*item.statement));
        continue;
      }
      std::vector<std::string> values;
      for (const Expression* value : item.statement->values) values.push_back(static_text(value));
      trigger.filters.emplace_back(item.statement->keyword.text.str(), std::move(values));
    }
  }
  graph_.triggers.push_back(std::move(trigger));
}

// All `notify` rules are one stage behind all others: it runs whatever happened, and never changes how the run ended.
void Unfolder::lower_notifications(llvm::ArrayRef<ast::Item> items) {
  FoundStage* found = nullptr;
  each_taken(items, [&](const Statement& statement) {
    if (statement.word != Word::notify) return;
    if (!found) found = &begin_notifications(statement);
    lower_notification(statement);
  });
  current_ = nullptr;
}

// A stage that no `stage` says.
FoundStage& Unfolder::add_stage(llvm::StringRef name, llvm::StringRef title, const Statement& statement) {
  FoundStage& found = found_.emplace_back();
  found.id = name.str();
  for (int count = 2; ids_.count(found.id); ++count) found.id = fmt::format("{}-{}", std::string_view(name), count);
  ids_.try_emplace(found.id, found_.size() - 1);
  found.statement = &statement;
  current_ = &found;
  results_.clear();
  found.stage.id = found.id;
  found.stage.span = statement.header;
  found.stage.title = text_constant(title.str(), statement.header);
  found.stage.runs_on = runs_on_;
  found.stage.timeout = 10 * 60;
  return found;
}

FoundStage& Unfolder::begin_notifications(const Statement& statement) {
  std::size_t stages = found_.size();
  FoundStage& found = add_stage("notify", "Notify", statement);
  graph::Stage& stage = found.stage;
  stage.notification = true;
  stage.condition = make(GraphKind::call, "always", {}, statement.header);
  stage.asks_status = true;
  for (std::size_t i = 0; i < stages; ++i) add_edge(i, true, statement.header);
  return found;
}

void Unfolder::lower_notification(const Statement& statement) {
  StepContext context = defaults_;
  // One rule that fails must not keep the others from being told.
  context.condition = make(GraphKind::call, "always", {}, statement.header);
  context.allow_failure = constant(true);
  ExpressionId results = make(GraphKind::filter, "", {this->context("needs", statement.header)}, statement.header);
  results = member(results, "result", statement.header);
  auto any = [&](const char* result) {
    return make(GraphKind::call, "contains", {results, text_constant(result, statement.header)}, statement.header);
  };
  ExpressionId rule;
  for (const Expression* wanted : statement.values) {
    ExpressionId one =
        wanted->text == "success"
            ? make(GraphKind::negation, "",
                   {make(GraphKind::either, "", {any("failure"), any("cancelled")}, wanted->span)}, wanted->span)
            : any(wanted->text == "failure" ? "failure" : "cancelled");
    rule = rule ? make(GraphKind::either, "", {rule, one}, wanted->span) : one;
  }
  context.condition = both(context.condition, rule);
  if (const Expression* when = statement.clause(ast::Clause::when))
    context.condition = both(context.condition, put(Place::step_condition, *when));
  if (const Expression* in = statement.clause(ast::Clause::in)) lower_environment(*in);
  if (statement.block) lower_items(statement.block->items, context);
}

void Unfolder::lower_pipeline() {
  const Statement& statement = *pipeline_.statement;
  graph_.pipeline = statement.name.text.str();
  graph_.title = statement.title ? static_text(statement.title, Place::pipeline_title) : graph_.pipeline;
  graph_.documentation = statement.documentation.str();
  graph_.file = pipeline_.module->file->source->name;
  runs_on_ = {"ubuntu-latest"};
  lower_secrets(*pipeline_.module);
  for (const auto& module : program_.modules)
    if (module.get() != pipeline_.module) lower_secrets(*module);
  const Statement* budget = nullptr;
  // Before the options, which may name a stage: then they are told that they come too early for it.
  find_stages(statement.block->items);
  found_all_ = true;
  // What the others may read with `env.NAME`.
  each_taken(statement.block->items, [&](const Statement& part) { lower_pipeline_env(part); });
  each_taken(statement.block->items, [&](const Statement& part) {
    if (part.word == Word::budget) budget = &part;
    lower_option(part);
  });
  for (FoundStage& found : found_)
    if (!stopped()) lower_stage(found);
  frames_.back().locals.clear();
  lower_input_requirements(statement.block->items);
  if (!stopped()) add_entries();
  lower_notifications(statement.block->items);
  order_stages();
  if (budget) check_budget(budget);
}

graph::Graph Unfolder::run() {
  frames_.emplace_back();
  // About three expressions a line: growing by doubling would touch twice the memory, and what is not touched is free.
  graph_.expressions.reserve(3 * pipeline_.module->file->source->line_starts.size());
  lower_pipeline();
  return std::move(graph_);
}

std::vector<graph::Graph> lower(const check::Program& program, const Pins& pins, const source::SourceManager& sources,
                                diagnostics::Sink& sink) {
  std::vector<graph::Graph> graphs;
  for (const check::Pipeline& pipeline : program.pipelines)
    graphs.push_back(Unfolder(program, pipeline, pins, sources, sink).run());
  if (!sink.has_errors()) check_lock_order(graphs, sink);
  return graphs;
}

}  // namespace sluice::lower

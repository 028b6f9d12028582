// One stage: its header, its options, its steps.
#include "diagnostics/nearest.h"
#include "graph/reference.h"
#include "graph/text.h"
#include "lower/unfolder.h"

namespace sluice::lower {

namespace {

DIAGNOSTIC(TimeoutOutOfRange, "a stage may take from one second to six hours, this is {}");
DIAGNOSTIC(UnknownStage, "there is no stage `{}[\"{}\"]`");
DIAGNOSTIC(StageCycle, "`{}` waits for itself");
DIAGNOSTIC(EmptyMatrix, "`{}` has no values");

constexpr graph::Seconds default_timeout = 30 * 60;
constexpr graph::Seconds longest = 6 * 60 * 60;

}  // namespace

void Evaluator::add_edge(std::size_t to, bool written, Span span) {
  if (!current_ || &found_[to] == current_) return;
  auto [edge, added] = current_->after.try_emplace(to, graph::Edge{static_cast<graph::StageIndex>(to), written, span});
  if (!added && written) edge->second = {static_cast<graph::StageIndex>(to), true, span};
}

void Evaluator::report_missing_member(const Symbol& family, const std::string& index, Span span) {
  llvm::SmallVector<llvm::StringRef, 8> known;
  for (std::size_t member : members_.lookup(&family)) known.push_back(found_[member].index);
  sink_.report<UnknownStage>(span, std::string_view(family.name), index)
      .help("the stages are {}", diagnostics::list_of(known));
}

// `after test`, `after test["3.11"]`, `after test[*]`.
void Unfolder::reference_stage(const Expression& expression, bool written) {
  bool indexed = expression.kind == Expression::Kind::index;
  const Expression& name = indexed ? *expression.operands[0] : expression;
  auto resolved = program_.resolved.find(&name);
  if (resolved == program_.resolved.end()) return;
  bool all = !indexed || expression.operands[1]->kind == Expression::Kind::wildcard;
  std::string index = all ? "" : text_of(evaluate(*expression.operands[1]));
  bool any = all;
  for (std::size_t member : members_.lookup(resolved->second)) {
    if (!all && found_[member].index != index) continue;
    if (&found_[member] == current_) sink_.report<StageCycle>(expression.span, current_->id);
    add_edge(member, written, expression.span);
    any = true;
  }
  if (!any) report_missing_member(*resolved->second, index, expression.span);
}

// Of a stage, or of the template that it is made of: what the stage itself says comes later, and wins.
void Unfolder::lower_header(const Statement& statement) {
  graph::Stage& stage = current_->stage;
  if (!statement.documentation.empty()) stage.documentation = statement.documentation.str();
  if (statement.title) {
    stage.title = put(Place::stage_title, *statement.title);
  }
  for (const Expression* after : statement.after) reference_stage(*after, true);
  if (const Expression* when = statement.clause(ast::Clause::when)) {
    stage.condition = both(stage.condition, put(Place::stage_condition, *when));
    stage.asks_status = asks_status(stage.condition);
  }
  if (const Expression* in = statement.clause(ast::Clause::in)) lower_environment(*in);
}

void Unfolder::lower_environment(const Expression& in) {
  graph::Environment environment;
  Value chosen = evaluate(in.kind == Expression::Kind::call ? *in.operands[1] : in);
  if (chosen.kind != Value::Kind::environment) {
    environment.name = put(Place::environment, expression_of(chosen, in.span), in.span);
  } else {
    const Statement& declared = *chosen.declared->statement;
    frames_.emplace_back().use = chosen.use;
    environment.name = text_constant(declared.name.text.str(), in.span);
    environment.declared = declare_environment(*chosen.declared, chosen.use);
    // Secrets without a place to deploy to: entering it is no deployment.
    environment.deployment = declared.flag(ast::Flag::external);
    if (declared.block) {
      for (const ast::Item& item : declared.block->items) {
        if (!item.statement || item.statement->word != Word::url || !item.statement->value) continue;
        environment.url = put(Place::url, *item.statement->value);
        environment.deployment = true;
      }
    }
    frames_.pop_back();
  }
  current_->stage.environment = std::move(environment);
}

void Unfolder::lower_stage(FoundStage& found) {
  current_ = &found;
  graph::Stage& stage = found.stage;
  frames_.back().locals = found.locals;
  results_.clear();
  own_steps_.clear();
  phases_.clear();
  stage.id = found.id;
  stage.span = found.statement->header;
  stage.title = text_constant(found.id, found.statement->name.span);
  stage.runs_on = runs_on_;
  if (found.statement->word == Word::gate) return lower_gate(found);
  StepContext context = defaults_;
  StepResult result;
  context.result = &result;
  lower_made(*found.statement, context, [] {});
  for (auto& [name, value] : result.outputs) {
    ExpressionId id = expression_of(value, stage.span);
    stage.outputs.emplace_back(name, put(Place::stage_output, id, graph_[id].span));
  }
  if (stage.timeout == 0) stage.timeout = timeout_.value_or(default_timeout);
  if (stage.timeout < 1 || stage.timeout > longest)
    sink_.report<TimeoutOutOfRange>(stage.span, graph::describe_seconds(std::max<graph::Seconds>(stage.timeout, 0)))
        .help("GitHub ends a job after six hours");
  push_late_env();
  check_recovery(found);
  check_times(found);
  current_ = nullptr;
}

// What a template says of the stage comes first, then, by `outer`, what is said where the stage is made of it; at last
// the steps, which are the template's.
void Unfolder::lower_made(const Statement& statement, StepContext& context, llvm::function_ref<void()> outer) {
  if (!statement.value) {
    lower_stage_options(statement, context);
    outer();
    if (!statement.block) return;
    current_->stage.steps.reserve(statement.block->items.size());
    lower_items(statement.block->items, context);
    return lower_late_options(statement);
  }
  auto found = program_.calls.find(statement.value);
  if (found == program_.calls.end() || !descend(statement.value->span)) return;
  const Symbol& made_of = *found->second.callee;
  Frame frame;
  frame.arguments = evaluate_arguments(found->second, made_of.statement->parameters);
  frame.given = given_to(found->second, context);
  frame.use = found->second.use;
  frame.call = statement.value->span;
  frame.made = &found->second;
  if (made_of.module->library && !context.call_span.known()) context.call_span = statement.value->span;
  frames_.push_back(std::move(frame));
  lower_made(*made_of.statement, context, [&] {
    Frame inner = std::move(frames_.back());
    frames_.pop_back();
    lower_stage_options(statement, context);
    outer();
    frames_.push_back(std::move(inner));
  });
  frames_.pop_back();
  --depth_;
  lower_late_options(statement);
}

// What may name a step.
void Unfolder::lower_late_options(const Statement& statement) {
  if (!statement.block) return;
  each_taken(statement.block->items, [&](const Statement& part) {
    lower_stage_env(part, true);
    if (part.word == Word::url) lower_url(part);
  });
}

void Unfolder::lower_stage_options(const Statement& statement, StepContext& context) {
  // What the others may read with `env.NAME`.
  if (statement.block) each_taken(statement.block->items, [&](const Statement& part) { lower_stage_env(part, false); });
  lower_header(statement);
  if (!statement.block) return;
  each_taken(statement.block->items, [&](const Statement& part) {
    lower_stage_statement(part, context);
    // Where there are steps, they stand among those.
    if (statement.value && part.word == Word::permissions) add_permissions(part, context.call);
  });
}

// What holds for the stage itself; what its steps inherit goes into `context`.
void Unfolder::lower_stage_statement(const Statement& statement, StepContext& context) {
  graph::Stage& stage = current_->stage;
  switch (statement.word) {
    case Word::service: return lower_service(statement);
    case Word::matrix: return lower_matrix(statement);
    case Word::fail_fast:
      stage.fail_fast = statement.value ? put(Place::fail_fast, *statement.value) : constant(true);
      return;
    case Word::max_parallel: return lower_max_parallel(statement);
    case Word::expect: stage.expect = seconds(statement.value); return;
    case Word::timeout:
      stage.timeout = seconds(statement.value);
      if (stage.timeout == 0 && statement.value && evaluate(*statement.value).kind == Value::Kind::duration)
        stage.timeout = -1;
      return;
    case Word::allow_failure:
      stage.allow_failure = statement.value ? put(Place::stage_failure, *statement.value) : constant(true);
      return;
    case Word::retry: {
      StepContext holder;
      apply_option(statement, holder);
      stage.retry = holder.retry;
      return;
    }
    case Word::runs_on: return lower_runs_on(statement);
    case Word::concurrency:
      stage.concurrency = lower_concurrency(statement, Place::stage_group, Place::stage_cancel);
      return;
    case Word::shell:
    case Word::working_directory: apply_option(statement, context); return;
    default: return;
  }
}

void Unfolder::lower_runs_on(const Statement& statement) {
  graph::Stage& stage = current_->stage;
  Value labels;
  labels.kind = Value::Kind::list;
  for (const Expression* label : statement.values) labels.items.push_back(evaluate(*label));
  stage.runs_on.clear();
  if (labels.constant()) {
    for (const Value& label : labels.items) stage.runs_on.push_back(text_of(label));
    return;
  }
  const Value& whole = labels.items.size() == 1 ? labels.items.front() : labels;
  Span span = statement.values.front()->span;
  span.end = statement.values.back()->span.end;
  stage.runs_on_expression = put(Place::runs_on, expression_of(whole, span), span);
}

graph::Concurrency Unfolder::lower_concurrency(const Statement& statement, Place group, Place cancel) {
  graph::Concurrency concurrency;
  if (statement.value) concurrency.group = put(group, *statement.value);
  if (!statement.block) return concurrency;
  each_taken(statement.block->items, [&](const Statement& part) {
    if (part.word == Word::cancel_running)
      concurrency.cancel_running = part.value ? put(cancel, *part.value) : constant(true);
  });
  return concurrency;
}

void Unfolder::lower_max_parallel(const Statement& statement) {
  if (!statement.value) return;
  Value value = evaluate(*statement.value);
  if (value.kind == Value::Kind::number)
    current_->stage.max_parallel = whole_number(*statement.value, value.number, 256);
  else
    needs_constant(Place::max_parallel, value, statement.value->span);
}

void Unfolder::lower_matrix(const Statement& statement) {
  graph::Matrix matrix;
  if (statement.value) matrix.axes = put(Place::matrix, *statement.value);
  graph::Expression axes;
  axes.kind = graph::Expression::Kind::map;
  axes.span = statement.header;
  if (statement.block) {
    for (const ast::Item& item : statement.block->items) {
      if (!item.entry) continue;
      Value value = evaluate(*item.entry->value);
      if (value.kind == Value::Kind::list && value.items.empty())
        sink_.report<EmptyMatrix>(item.entry->value->span, std::string_view(item.entry->key.text))
            .help("a matrix needs a value for each axis");
      Span span = item.entry->value->span;
      ExpressionId id = put(Place::matrix, expression_of(value, span), span);
      if (item.entry->key.text == "include") {
        matrix.include = id;
      } else if (item.entry->key.text == "exclude") {
        matrix.exclude = id;
      } else {
        axes.names.push_back(item.entry->key.text.str());
        axes.operands.push_back(id);
      }
    }
    if (axes.operands.empty() && !matrix.axes && !matrix.include)
      sink_.report<EmptyMatrix>(statement.header, "matrix")
          .help("give it an axis: `matrix {{ os: [\"ubuntu-24.04\"] }}`");
    if (!axes.operands.empty()) matrix.axes = graph_.add(std::move(axes));
  }
  current_->stage.matrix = matrix;
}

// Whether the value can be worked out only behind the steps and services that it names.
bool Unfolder::names_step(const Expression& expression) const {
  auto resolved = program_.resolved.find(&expression);
  if (resolved != program_.resolved.end()) {
    const Symbol& symbol = *resolved->second;
    if (symbol.kind == Symbol::Kind::step || symbol.kind == Symbol::Kind::step_value ||
        symbol.kind == Symbol::Kind::service)
      return true;
    bool own = symbol.kind == Symbol::Kind::let && symbol.statement && symbol.statement->value;
    if (own && names_step(*symbol.statement->value)) return true;
  }
  for (const ast::StringPart& part : expression.parts)
    if (part.hole && names_step(*part.hole)) return true;
  return std::any_of(expression.operands.begin(), expression.operands.end(),
                     [&](const Expression* operand) { return operand && names_step(*operand); });
}

void Unfolder::lower_stage_env(const Statement& statement, bool late) {
  if (statement.word != Word::env || !statement.block) return;
  for (const ast::Item& item : statement.block->items) {
    if (!item.entry) continue;
    bool later = names_step(*item.entry->value);
    if (late && !later) continue;
    // What comes later keeps its place among the others.
    ExpressionId value;
    if (later == late) value = without_variables(put(Place::stage_env, *item.entry->value));
    set(current_->stage.env, {{item.entry->key.text.str(), value}});
  }
}

void Unfolder::lower_url(const Statement& statement) {
  graph::Stage& stage = current_->stage;
  if (!stage.environment || !statement.value) return;
  stage.environment->url = put(Place::url, *statement.value);
  stage.environment->deployment = true;
}

// Behind which step all that an expression reads of steps is known: how many steps there are up to it.
std::size_t Unfolder::steps_before(ExpressionId id) {
  if (known(id).time < types::Time::step) return 0;
  std::size_t count = 0;
  if (auto path = graph::reference(graph_, id, graph::Backend::github);
      path && path->root == "steps" && !path->path.empty()) {
    const std::vector<graph::Step>& steps = current_->stage.steps;
    for (std::size_t at = 0; at < steps.size(); ++at)
      if (steps[at].id == path->path[0]) count = at + 1;
    return count;
  }
  for (ExpressionId operand : graph_[id].operands) count = std::max(count, steps_before(operand));
  return count;
}

// A stage's `env` that is known only when its steps start goes into the steps behind those that it reads.
void Unfolder::push_late_env() {
  graph::Stage& stage = current_->stage;
  std::vector<std::pair<Bindings::value_type, std::size_t>> late;
  std::erase_if(stage.env, [&](const auto& binding) {
    if (known(binding.second).time <= types::Time::leg) return false;
    late.emplace_back(binding, steps_before(binding.second));
    return true;
  });
  auto push = [&](graph::Step& step, std::size_t at) {
    // Library actions take what their calls give them, and nothing else.
    if (!std::holds_alternative<graph::Run>(step.action) && !step.call.empty()) return;
    Bindings env;
    for (const auto& [binding, from] : late)
      if (at >= from) env.push_back(binding);
    set(env, std::exchange(step.env, {}));
    step.env = std::move(env);
  };
  for (std::size_t at = 0; at < stage.steps.size() && !late.empty(); ++at) {
    if (own_steps_.contains(at)) continue;
    if (const auto* arm = std::get_if<graph::Arm>(&stage.steps[at].action))
      for (graph::Step& step : stage.rollbacks[arm->rollback].steps) push(step, at);
    else
      push(stage.steps[at], at);
  }
}

}  // namespace sluice::lower

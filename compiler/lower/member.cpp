// What names and members stand for.
#include "check/contexts.h"
#include "diagnostics/nearest.h"
#include "graph/reference.h"
#include "lower/evaluator.h"

namespace sluice::lower {

using Kind = Expression::Kind;
using GraphKind = graph::Expression::Kind;

namespace {

DIAGNOSTIC(UnknownMember, "this has no entry `{}`");
DIAGNOSTIC(UnknownStage, "the stage `{}` is not part of this pipeline: the `if` around it does not hold");
DIAGNOSTIC(StageCycle, "`{}` uses a value of its own");

// Outputs travel as text: the reader must know what they were.
graph::Expression::Type graph_type(const types::Type* type) {
  if (!type) return graph::Expression::Type::any;
  switch (type->kind) {
    case types::Type::Kind::boolean: return graph::Expression::Type::boolean;
    case types::Type::Kind::number:
    case types::Type::Kind::percent:
    case types::Type::Kind::duration:
    case types::Type::Kind::size: return graph::Expression::Type::number;
    case types::Type::Kind::list:
    case types::Type::Kind::map:
    case types::Type::Kind::record: return graph::Expression::Type::json;
    case types::Type::Kind::string:
    case types::Type::Kind::path:
    case types::Type::Kind::enumeration: return graph::Expression::Type::string;
    default: return graph::Expression::Type::any;
  }
}

}  // namespace

Value Evaluator::evaluate_name(const Expression& expression) {
  auto resolved = program_.resolved.find(&expression);
  if (resolved == program_.resolved.end()) {
    CHECK(check::is_context(expression.text), "the checker resolved every name that is no context");
    return Value::of(context(expression.text.str(), expression.span));
  }
  report_not_taken(*resolved->second, expression.span);
  return evaluate_symbol(*resolved->second);
}

// A stage of an `if` that was not taken is known by name, and is not there.
void Evaluator::report_not_taken(const Symbol& symbol, Span span) {
  if (!current_ || symbol.kind != Symbol::Kind::stage || members_.count(&symbol)) return;
  sink_.report<UnknownStage>(span, std::string_view(symbol.name))
      .note(symbol.span, "it stands here")
      .help("ask for it under the same `if`");
}

Value Evaluator::stage_value(std::size_t found) const {
  Value value = Value::string(found_[found].id);
  value.kind = Value::Kind::stage;
  value.stage = found;
  return value;
}

Value Evaluator::evaluate_symbol(const Symbol& symbol) {
  if (symbol.kind == Symbol::Kind::parameter)
    return symbol.position < frames_.back().arguments.size() ? frames_.back().arguments[symbol.position] : Value{};
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame)
    for (auto local = frame->locals.rbegin(); local != frame->locals.rend(); ++local)
      if (local->first == symbol.statement) return local->second;
  switch (symbol.kind) {
    case Symbol::Kind::let: {
      if (!symbol.statement || !symbol.statement->value) return {};
      const check::Use* use = frames_.back().use;
      frames_.emplace_back().use = use;
      Value value = declared(evaluate(*symbol.statement->value), symbol.statement->type);
      frames_.pop_back();
      return value;
    }
    case Symbol::Kind::module_parameter: {
      const check::Use* use = frames_.back().use;
      const Expression* argument = use ? use->arguments[symbol.position] : nullptr;
      if (!argument) argument = symbol.statement->value;
      if (!argument) return Value::null();
      frames_.emplace_back();
      Value value = declared(evaluate(*argument), symbol.statement->type);
      frames_.pop_back();
      return value;
    }
    case Symbol::Kind::stage: {
      auto members = members_.find(&symbol);
      if (members != members_.end()) return stage_value(members->second.front());
      // Nothing can be read of a stage while the stages are still being found.
      return found_all_ ? Value{} : Value::of(member(context("needs", symbol.span), symbol.name.str(), symbol.span));
    }
    case Symbol::Kind::input: return Value::of(member(context("inputs", symbol.span), symbol.name.str(), symbol.span));
    case Symbol::Kind::environment: {
      Value value = Value::string(symbol.name.str());
      value.kind = Value::Kind::environment;
      value.declared = &symbol;
      value.use = frames_.back().use;
      return value;
    }
    case Symbol::Kind::target: return target_of(symbol, frames_.back().use, {});
    // Options of a stage are worked out before its steps, wherever they stand.
    case Symbol::Kind::step: return Value::of(member(context("steps", symbol.span), symbol.name.str(), symbol.span));
    case Symbol::Kind::step_value:
      value_names_[symbol.name.str()] = symbol.name.str();
      return Value::of(output_of_step(symbol.name.str(), "value", symbol.type, symbol.span));
    case Symbol::Kind::context: return Value::of(port_);
    default: return {};
  }
}

Value Evaluator::evaluate_member(const Expression& expression) {
  auto module = program_.resolved.find(expression.operands[0]);
  if (module != program_.resolved.end() && module->second->kind == Symbol::Kind::module) {
    auto declared = program_.resolved.find(&expression);
    if (declared == program_.resolved.end()) return {};
    frames_.emplace_back().use = module->second->use;
    Value value = evaluate_symbol(*declared->second);
    frames_.pop_back();
    return value;
  }
  auto part = program_.resolved.find(&expression);
  if (part != program_.resolved.end()) {
    report_not_taken(*part->second, expression.span);
    return evaluate_symbol(*part->second);
  }
  // `measured.outputs.percent` is `measured.percent`.
  const Expression& owner = *expression.operands[0];
  if (owner.kind == Expression::Kind::member && owner.text == "outputs") {
    Value whole = evaluate(*owner.operands[0]);
    bool known = whole.kind == Value::Kind::step && whole.step->find(expression.text);
    if (known) return member_of(whole, expression);
  }
  Value base = evaluate(owner);
  return member_of(base, expression);
}

bool Evaluator::is_step(ExpressionId id) const {
  auto path = graph::reference(graph_, id, graph::Backend::github);
  return path && path->root == "steps" && path->path.size() == 1;
}

Value Evaluator::member_of(const Value& base, const Expression& expression) {
  std::string name = expression.text.str();
  switch (base.kind) {
    case Value::Kind::stage: return stage_member(base, expression);
    case Value::Kind::step: {
      if (const Value* output = base.step->find(name)) return *output;
      ExpressionId step = member(context("steps", expression.span), base.step->id, expression.span);
      // GitHub has no `result` of a step; it is how the step ended, whether that may be or not.
      return Value::of(member(step, name == "result" ? "outcome" : name, expression.span));
    }
    case Value::Kind::artifact: return Value::string(base.text);
    case Value::Kind::map:
      for (std::size_t i = 0; i < base.names.size(); ++i)
        if (base.names[i] == name) return base.items[i];
      return Value::null();
    case Value::Kind::dynamic: {
      bool output = name != "outputs" && name != "outcome" && name != "conclusion" && is_step(base.expression);
      ExpressionId owner = output ? member(base.expression, "outputs", expression.span) : base.expression;
      return Value::of(member(owner, name, expression.span));
    }
    default: return {};
  }
}

// `lint.result`, `test.coverage`, `build.report`: reading it makes this stage follow that one.
Value Evaluator::stage_member(const Value& stage, const Expression& expression) {
  FoundStage& found = found_[stage.stage];
  if (&found == current_)
    sink_.report<StageCycle>(expression.span, found.id).help("inside a stage use what its steps give");
  add_edge(stage.stage, false, expression.span);
  std::string name = expression.text.str();
  if (found.symbol->artifacts.find(expression.text) != found.symbol->artifacts.end()) {
    Value artifact = Value::string(found.id + "-" + name);
    artifact.kind = Value::Kind::artifact;
    artifact.stage = stage.stage;
    return artifact;
  }
  ExpressionId needs = member(context("needs", expression.span), found.id, expression.span);
  if (name == "result" || name == "outputs") return Value::of(member(needs, name, expression.span));
  ExpressionId output = member(member(needs, "outputs", expression.span), name, expression.span);
  auto type = program_.type_of.find(&expression);
  if (type != program_.type_of.end()) graph_.expressions[output.index].type = graph_type(type->second);
  return Value::of(output);
}

Value Evaluator::evaluate_index(const Expression& expression) {
  const Expression& base = *expression.operands[0];
  Value index = evaluate(*expression.operands[1]);
  auto resolved = program_.resolved.find(&base);
  if (resolved != program_.resolved.end() && resolved->second->kind == Symbol::Kind::stage) {
    for (std::size_t member : members_.lookup(resolved->second))
      if (found_[member].index == text_of(index)) return stage_value(member);
    report_missing_member(*resolved->second, text_of(index), expression.span);
    return {};
  }
  Value value = evaluate(base);
  if (value.kind == Value::Kind::list && index.kind == Value::Kind::number) {
    bool inside = index.number >= 0 && index.number < static_cast<double>(value.items.size());
    return inside ? value.items[static_cast<std::size_t>(index.number)] : Value::null();
  }
  if (value.kind == Value::Kind::map && index.constant()) {
    auto name = std::find(value.names.begin(), value.names.end(), text_of(index));
    if (name != value.names.end()) return value.items[static_cast<std::size_t>(name - value.names.begin())];
    llvm::SmallVector<llvm::StringRef, 8> known(value.names.begin(), value.names.end());
    sink_.report<UnknownMember>(expression.span, text_of(index)).help("there is {}", diagnostics::list_of(known));
    return {};
  }
  ExpressionId first = expression_of(value, base.span);
  return Value::of(
      make(GraphKind::index, "", {first, expression_of(index, expression.operands[1]->span)}, expression.span));
}

// Made with these arguments, and with the defaults of its other parameters.
Value Evaluator::target_of(const Symbol& target, const check::Use* use, const check::Call& call) {
  Value value;
  value.kind = Value::Kind::target;
  value.declared = &target;
  value.use = use;
  check::Call made = call;
  made.use = use;
  value.items = evaluate_arguments(made, target.statement->parameters);
  return value;
}

const types::Type* Evaluator::checked_type(const Expression& expression) const {
  auto typed = program_.type_of.find(&expression);
  if (typed != program_.type_of.end()) return typed->second;
  auto named = program_.resolved.find(&expression);
  return named == program_.resolved.end() ? nullptr : named->second->type;
}

// A step's output as written by its script: text, of the declared type.
Value Evaluator::step_output(const StepContext& step, const Statement& output) {
  auto promised = program_.output_types.find(&output);
  const types::Type* type = promised != program_.output_types.end() ? promised->second : nullptr;
  if (!type && output.type) type = types::builtin(output.type->name.text, program_.types);
  return declared(Value::of(output_of_step(step.id, output.name.text, type, output.header)), output.type);
}

ExpressionId Evaluator::output_of_step(const std::string& id, llvm::StringRef name, const types::Type* type,
                                       Span span) {
  ExpressionId step = member(context("steps", span), id, span);
  ExpressionId output = member(member(step, "outputs", span), name.str(), span);
  graph_.expressions[output.index].type = graph_type(type);
  return output;
}

}  // namespace sluice::lower

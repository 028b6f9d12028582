// Steps that give a value: it is an output, which their bodies name, or else what their last script prints.
#include "lower/unfolder.h"

namespace sluice::lower {

using GraphKind = graph::Expression::Kind;

namespace {

DIAGNOSTIC(NoValue, "`{}` gives no value: {}");

// The author's script stands in a function, so that whatever it holds is read as it was. A mark that nobody can guess
// ends the value: no line of it is taken for another output.
constexpr std::string_view before_script = "sluice_script() (\n";
constexpr std::string_view behind_script =
    ")\n"
    "sluice_value=\"$(set -e; sluice_script)\"\n"
    "sluice_mark=\"$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')\"\n"
    "printf 'value<<%s\\n%s\\n%s\\n' \"$sluice_mark\" \"$sluice_value\" \"$sluice_mark\" >> \"$GITHUB_OUTPUT\"\n";

}  // namespace

bool Evaluator::is_value_call(const Statement& let) const {
  auto call = let.value ? program_.calls.find(let.value) : program_.calls.end();
  return call != program_.calls.end() && call->second.callee->kind == Symbol::Kind::step_function;
}

void Unfolder::lower_value_call(const Statement& let, const StepContext& outer) {
  StepContext context = outer;
  StepResult& result = results_.emplace_back();
  result.id = context.id = id_of_step(let.name, outer);
  context.result = &result;
  context.valued = false;
  std::size_t first = current_->stage.steps.size();
  lower_call(*let.value, std::move(context), "");
  keep_last_id(first, result.id);
  check_outputs(result, outer, let.header);
  value_names_[result.id] = let.name.text.str();
  const Value* value = result.find("value");
  frames_.back().locals.emplace_back(&let, value ? declared(*value, let.type) : Value{});
}

// A step that gives a value has a result of its own: what it calls on the way says nothing of its value.
void Unfolder::lower_body(const Expression& call, const Symbol& function, StepContext context) {
  const Statement& statement = *function.statement;
  bool gives = statement.returns && context.result;
  if (!gives && !context.valued) return lower_items(statement.block->items, context);
  StepResult own;
  own.id = context.result->id;
  StepResult* result = std::exchange(context.result, &own);
  bool inside = std::exchange(context.valued, gives);
  std::size_t first = current_->stage.steps.size();
  lower_items(statement.block->items, context);
  if (gives && !inside) give_value(call, function, context, first);
  for (auto& [name, value] : own.outputs)
    if (!inside || name != "value") add_output(*result, name, std::move(value), context.backend, call.span);
  for (StepResult::Promise& promise : own.promised)
    if (!inside || promise.name != "value") result->promised.push_back(std::move(promise));
}

// Without a name for it nobody reads the value, and the script prints as any other.
void Unfolder::give_value(const Expression& call, const Symbol& function, const StepContext& context,
                          std::size_t first) {
  StepResult& result = *context.result;
  if (context.id.empty() || result.find("value") || stopped()) return;
  std::vector<graph::Step>& steps = current_->stage.steps;
  for (std::size_t i = first; i < steps.size(); ++i)
    if (steps[i].id == context.id) steps[i].id.clear();
  auto last = [&](Backend backend) {
    for (std::size_t i = steps.size(); i > first; --i)
      if (steps[i - 1].backend == Backend::both || steps[i - 1].backend == backend) return i - 1;
    return steps.size();
  };
  std::size_t github = last(Backend::github);
  std::size_t local = last(Backend::local);
  ExpressionId value = print_value(result, github, context.id, call, function);
  if (local != github) {
    std::string id = unique_id(context.id + "-local");
    results_.emplace_back().id = id;
    ExpressionId here = print_value(result, local, id, call, function);
    value = make(GraphKind::by_backend, "", {value, here}, call.span);
  }
  result.outputs.emplace_back("value", declared(Value::of(value), function.statement->returns));
}

// Makes the step print into an output; an expression that reads it.
ExpressionId Unfolder::print_value(StepResult& result, std::size_t at, const std::string& id, const Expression& call,
                                   const Symbol& function) {
  std::vector<graph::Step>& steps = current_->stage.steps;
  auto* run = at < steps.size() ? std::get_if<graph::Run>(&steps[at].action) : nullptr;
  if (!run) return make(GraphKind::null, "", {}, call.span);
  if (run->shell != "bash" && run->shell != "sh") {
    sink_
        .report<NoValue>(call.span, std::string_view(function.name),
                         fmt::format("what a script of the shell `{}` prints is not read", run->shell))
        .note(function.span, "declared here")
        .help(
            "name its last script, `step made {{ run …; output value: … }}`, let it write to `$GITHUB_OUTPUT`, and "
            "say `output value = made.value`");
    return make(GraphKind::null, "", {}, call.span);
  }
  if (steps[at].id.empty()) steps[at].id = id;
  if (run->pasted) {
    ExpressionId before = text_constant(std::string(before_script), call.span);
    ExpressionId behind = text_constant("\n" + std::string(behind_script), call.span);
    run->pasted = make(GraphKind::text, "", {before, run->pasted, behind}, call.span);
  } else {
    llvm::StringRef script = llvm::StringRef(run->text).rtrim('\n');
    run->text = fmt::format("{}{}\n{}", before_script, std::string_view(script), behind_script);
    for (graph::ScriptPiece& piece : run->pieces) piece.text += static_cast<std::uint32_t>(before_script.size());
  }
  const types::Type* type = function.outputs.lookup("value");
  if (type) result.promised.push_back({steps[at].id, "value", type, steps[at].backend, call.span});
  return output_of_step(steps[at].id, "value", type, call.span);
}

}  // namespace sluice::lower

// What steps give. GitHub keeps outputs as text: what a step's script promises to be more than that is held to it right
// behind the step, so that a wrong value fails where it was made and whoever reads it may trust its type.
#include "lower/unfolder.h"

namespace sluice::lower {

using Type = types::Type;
using GraphKind = graph::Expression::Kind;

namespace {

constexpr const char* number_pattern = "number='^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?$'\n";

bool is_list_or_record(Type::Kind kind) {
  return kind == Type::Kind::list || kind == Type::Kind::map || kind == Type::Kind::record;
}

// How a shell asks whether `$variable` is of the type; empty where every text is.
std::string type_test(const Type& type, const std::string& variable) {
  switch (type.kind) {
    case Type::Kind::boolean: return fmt::format("[ \"${0}\" = true ] || [ \"${0}\" = false ]", variable);
    case Type::Kind::number:
    case Type::Kind::percent:
    case Type::Kind::duration:
    case Type::Kind::size: return fmt::format("[[ \"${}\" =~ $number ]]", variable);
    case Type::Kind::list: return fmt::format("[[ \"${}\" = \\[* ]]", variable);
    case Type::Kind::map:
    case Type::Kind::record: return fmt::format("[[ \"${}\" = \\{{* ]]", variable);
    case Type::Kind::enumeration: {
      std::string test;
      for (llvm::StringRef name : type.names) {
        shells::Place word;
        word.kind = shells::Place::Kind::word;
        std::string quoted;
        if (!shells::language_of("bash").quote({name.str(), shells::Sort::text}, word, quoted)) return "";
        test += fmt::format("{}[ \"${}\" = {} ]", test.empty() ? "" : " || ", variable, quoted);
      }
      return test;
    }
    default: return "";
  }
}

}  // namespace

void Unfolder::lower_output(const Statement& statement, StepContext& context) {
  // Without an id nobody can read what a step gave.
  if (!context.result || (!statement.value && context.id.empty())) return;
  Value value =
      statement.value ? declared(evaluate(*statement.value), statement.type) : step_output(context, statement);
  auto promised = program_.output_types.find(&statement);
  if (promised != program_.output_types.end())
    context.result->promised.push_back(
        {context.id, statement.name.text.str(), promised->second, context.backend, statement.header});
  add_output(*context.result, statement.name.text.str(), std::move(value), context.backend, statement.span);
}

// One output may be given by each back end's body.
void Unfolder::add_output(StepResult& result, const std::string& name, Value value, Backend backend, Span span) {
  for (auto& output : result.outputs) {
    if (output.first != name) continue;
    // Of two that hold for both, as two calls in one step may give, the first counts.
    if (backend == Backend::both) return;
    ExpressionId github = expression_of(backend == Backend::github ? value : output.second, span);
    ExpressionId local = expression_of(backend == Backend::github ? output.second : value, span);
    output.second = Value::of(make(GraphKind::by_backend, "", {github, local}, span));
    return;
  }
  result.outputs.emplace_back(name, std::move(value));
}

// The lines of a script that say what is wrong with the outputs, and the variables that hold those.
std::string Unfolder::output_tests(const StepResult& result, Backend backend, Bindings& env) {
  std::string lines;
  for (const StepResult::Promise& promise : result.promised) {
    if (promise.backend != backend) continue;
    const Type& type = *promise.type;
    std::string variable = free_variable(shells::variable_name(promise.name), env);
    std::string test = type_test(type, variable);
    if (test.empty()) continue;
    ExpressionId value = member(context("steps", promise.span), promise.id, promise.span);
    value = member(member(value, "outputs", promise.span), promise.name, promise.span);
    // What is no JSON GitHub cannot read, and fails this step.
    if (is_list_or_record(type.kind)) {
      ExpressionId text = value;
      if (type.optional) text = make(GraphKind::either, "", {text, text_constant("null", promise.span)}, promise.span);
      value = make(GraphKind::call, "fromJSON", {text}, promise.span);
      value = make(GraphKind::call, "toJSON", {value}, promise.span);
    }
    env.emplace_back(variable, value);
    std::string absent = is_list_or_record(type.kind) ? fmt::format("[ \"${}\" = null ] || ", variable)
                                                      : fmt::format("[ -z \"${}\" ] || ", variable);
    lines +=
        fmt::format("{}{} || {{ printf '::error::the output {} is %q, but {} is needed\\n' \"${}\"; failed=1; }}\n",
                    type.optional ? absent : "", test, promise.name, types::describe_one(&type), variable);
  }
  return lines;
}

// Where the step does not run, or may fail, it has promised nothing.
ExpressionId Evaluator::promise_holds(const std::string& id, Span span) {
  const std::vector<graph::Step>& steps = current_->stage.steps;
  auto made = std::find_if(steps.rbegin(), steps.rend(), [&](const graph::Step& step) { return step.id == id; });
  if (made == steps.rend() || (!made->condition && !made->allow_failure)) return {};
  ExpressionId outcome = member(member(context("steps", span), id, span), "outcome", span);
  ExpressionId condition = make(GraphKind::equal, "", {outcome, text_constant("success", span)}, span);
  if (!made->condition || !asks_status(made->condition)) return condition;
  return both(make(GraphKind::call, "always", {}, span), condition);
}

void Unfolder::check_outputs(const StepResult& result, const StepContext& outer, Span span) {
  for (Backend backend : {Backend::both, Backend::github, Backend::local}) {
    StepContext context;
    std::string lines = output_tests(result, backend, context.env);
    if (lines.empty()) continue;
    auto first = std::find_if(result.promised.begin(), result.promised.end(),
                              [&](const StepResult::Promise& promise) { return promise.backend == backend; });
    context.backend = backend;
    context.condition = promise_holds(first->id, span);
    context.call = outer.call;
    context.call_span = outer.call_span;
    context.title = text_constant("Check the outputs of " + first->id, span);
    add_test(context, lines.find("$number") != std::string::npos ? number_pattern : "", lines, span);
  }
}

}  // namespace sluice::lower

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
  if (!statement.value) context.result->promised.emplace_back(&statement, context.backend);
  std::string name = statement.name.text.str();
  // One output may be given by each back end's body.
  for (auto& output : context.result->outputs) {
    if (output.first != name) continue;
    ExpressionId github = expression_of(context.backend == Backend::github ? value : output.second, statement.span);
    ExpressionId local = expression_of(context.backend == Backend::github ? output.second : value, statement.span);
    output.second = Value::of(make(GraphKind::by_backend, "", {github, local}, statement.span));
    return;
  }
  context.result->outputs.emplace_back(name, std::move(value));
}

// The lines of a script that say what is wrong with the outputs, and the variables that hold those.
std::string Unfolder::output_tests(const StepResult& result, Backend backend, Bindings& env) {
  std::string lines;
  for (const auto& [statement, of] : result.promised) {
    auto found = program_.output_types.find(statement);
    if (found == program_.output_types.end() || of != backend) continue;
    const Type& type = *found->second;
    std::string name = statement->name.text.str();
    std::string variable = free_variable(shells::variable_name(name), env);
    std::string test = type_test(type, variable);
    if (test.empty()) continue;
    ExpressionId value = member(context("steps", statement->header), result.id, statement->header);
    value = member(member(value, "outputs", statement->header), name, statement->header);
    // What is no JSON GitHub cannot read, and fails this step.
    if (is_list_or_record(type.kind)) {
      ExpressionId text = value;
      if (type.optional)
        text = make(GraphKind::either, "", {text, text_constant("null", statement->header)}, statement->header);
      value = make(GraphKind::call, "fromJSON", {text}, statement->header);
      value = make(GraphKind::call, "toJSON", {value}, statement->header);
    }
    env.emplace_back(variable, value);
    std::string absent = is_list_or_record(type.kind) ? fmt::format("[ \"${}\" = null ] || ", variable)
                                                      : fmt::format("[ -z \"${}\" ] || ", variable);
    lines +=
        fmt::format("{}{} || {{ printf '::error::the output {} is %q, but {} is needed\\n' \"${}\"; failed=1; }}\n",
                    type.optional ? absent : "", test, name, types::describe_one(&type), variable);
  }
  return lines;
}

void Unfolder::check_outputs(const StepResult& result, const StepContext& outer, Span span) {
  if (result.promised.empty()) return;
  const std::vector<graph::Step>& steps = current_->stage.steps;
  auto made = std::find_if(steps.rbegin(), steps.rend(), [&](const graph::Step& step) { return step.id == result.id; });
  if (made == steps.rend()) return;
  // Where it did not run, or may fail, it has promised nothing.
  ExpressionId condition;
  if (made->condition || made->allow_failure) {
    ExpressionId outcome = member(member(context("steps", span), result.id, span), "outcome", span);
    condition = make(GraphKind::equal, "", {outcome, text_constant("success", span)}, span);
    if (made->condition && asks_status(made->condition))
      condition = both(make(GraphKind::call, "always", {}, span), condition);
  }
  for (Backend backend : {Backend::both, Backend::github, Backend::local}) {
    StepContext context;
    std::string lines = output_tests(result, backend, context.env);
    if (lines.empty()) continue;
    context.backend = backend;
    context.condition = condition;
    context.call = outer.call;
    context.call_span = outer.call_span;
    context.title = text_constant("Check the outputs of " + result.id, span);
    own_steps_.insert(steps.size());
    add_step(context, span).action =
        graph::Run{"bash", fmt::format("{}failed=0\n{}exit \"$failed\"\n",
                                       lines.find("$number") != std::string::npos ? number_pattern : "", lines)};
  }
}

}  // namespace sluice::lower

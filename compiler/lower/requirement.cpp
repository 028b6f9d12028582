// `require`: what is known now is decided now; what is known later is tested by a step, what the inputs of a run must
// meet by a stage before all others.
#include "graph/text.h"
#include "lower/unfolder.h"

namespace sluice::lower {

using Kind = Expression::Kind;
using GraphKind = graph::Expression::Kind;

namespace {

DIAGNOSTIC(RequirementFailed, "{}");
DIAGNOSTIC(UntestableRequirement, "a length is compared with a whole number");

constexpr const char* no_reason = "this does not hold";

bool is_requirement(const ast::Item& item) { return item.statement && item.statement->word == Word::require; }

// How `test` of a shell spells a comparison of whole numbers; null for what is none.
const char* comparison_of(ast::Operator op) {
  switch (op) {
    case ast::Operator::equal: return "-eq";
    case ast::Operator::unequal: return "-ne";
    case ast::Operator::less: return "-lt";
    case ast::Operator::less_equal: return "-le";
    case ast::Operator::greater: return "-gt";
    case ast::Operator::greater_equal: return "-ge";
    default: return nullptr;
  }
}

// A line for the log that both back ends show as an error, in quotes for a shell.
std::string error_line(llvm::StringRef reason) {
  std::string line = "\"::error::";
  for (char c : reason) {
    if (c == '%')
      line += "%25";
    else if (c == '\n')
      line += "%0A";
    else if (llvm::StringRef("\\$\"`").contains(c))
      line += {'\\', c};
    else if (static_cast<unsigned char>(c) >= 0x20)
      line += c;
    // GitHub would read an expression there.
    if (llvm::StringRef(line).endswith("${{")) line.insert(line.size() - 2, "\"\"");
  }
  return line + "\"";
}

}  // namespace

/// The script of a step that tests requirements, and the variables that it reads.
struct Unfolder::RequirementTest {
  Place place;
  Bindings env;
  std::string lines;
};

// `length(x)` of a text that is known later. GitHub has no such function; a shell has.
bool Evaluator::is_late_length(const Expression& expression) {
  bool call = expression.kind == Kind::call && expression.operands[0]->text == "length" &&
              expression.operands.size() == 2 && program_.calls.count(&expression) == 0;
  if (!call) return false;
  Value value = evaluate(*expression.operands[1]);
  const types::Type* known = checked_type(*expression.operands[1]);
  bool text = !known || (known->kind != types::Type::Kind::list && known->kind != types::Type::Kind::map &&
                         known->kind != types::Type::Kind::record && known->kind != types::Type::Kind::json);
  return value.kind == Value::Kind::dynamic && text;
}

bool Evaluator::asks_late_length(const Expression& expression) {
  return is_late_length(expression) ||
         std::any_of(expression.operands.begin(), expression.operands.end(),
                     [&](const Expression* operand) { return operand && asks_late_length(*operand); });
}

// The variable that holds the value, named after what the author wrote.
std::string Unfolder::tested_variable(RequirementTest& test, ExpressionId value, const std::string& wanted) {
  for (const auto& [name, held] : test.env)
    if (graph::describe(graph_, held) == graph::describe(graph_, value)) return name;
  test.env.emplace_back(free_variable(wanted, test.env), value);
  return test.env.back().first;
}

std::string Unfolder::tested_variable(RequirementTest& test, const Expression& expression) {
  return tested_variable(test, put(test.place, expression), shells::variable_name(sources_.text(expression.span)));
}

// One side of a comparison with a length: that, a whole number, or one that is known later. Empty after a report.
std::string Unfolder::tested_number(RequirementTest& test, const Expression& side) {
  if (is_late_length(side)) return "\"${#" + tested_variable(test, *side.operands[1]) + "}\"";
  Value value = evaluate(side);
  if (value.kind == Value::Kind::dynamic) return "\"$" + tested_variable(test, side) + "\"";
  if (value.kind == Value::Kind::number && value.number == static_cast<double>(static_cast<std::int64_t>(value.number)))
    return fmt::format("{}", static_cast<std::int64_t>(value.number));
  if (value.kind != Value::Kind::poison)
    sink_.report<UntestableRequirement>(side.span).help("write a number such as `10`");
  return "";
}

// The condition as a command of a shell that succeeds where it holds. Only what asks for lengths is taken apart.
std::string Unfolder::test_of(RequirementTest& test, const Expression& condition) {
  if (asks_late_length(condition)) {
    if (condition.kind == Kind::negation) return "! " + test_of(test, *condition.operands[0]);
    if (condition.kind == Kind::binary) {
      const Expression& left = *condition.operands[0];
      const Expression& right = *condition.operands[1];
      if (condition.op == ast::Operator::both || condition.op == ast::Operator::either) {
        std::string first = test_of(test, left);
        const char* joined = condition.op == ast::Operator::both ? "&&" : "||";
        return fmt::format("{{ {} {} {}; }}", first, joined, test_of(test, right));
      }
      bool sides = is_late_length(left) || is_late_length(right);
      if (const char* op = comparison_of(condition.op); op && sides) {
        std::string first = tested_number(test, left);
        return fmt::format("[ {} {} {} ]", first, op, tested_number(test, right));
      }
    }
  }
  Value value = evaluate(condition);
  if (value.kind == Value::Kind::poison) return "true";
  ExpressionId holds = put(test.place, expression_of(value, condition.span), condition.span);
  if (value.constant()) return decide(condition) ? "true" : "false";
  return fmt::format("[ \"${}\" = true ]", tested_variable(test, holds, "HOLDS"));
}

// Gives whether there is anything to test: what is known already has been decided.
bool Unfolder::add_requirement(RequirementTest& test, const Statement& requirement) {
  if (requirement.values.empty()) return false;
  const Expression& condition = *requirement.values[0];
  Value value = asks_late_length(condition) ? Value::of({}) : evaluate(condition);
  std::string reason = requirement.values.size() > 1 ? static_text(requirement.values[1]) : no_reason;
  if (value.constant() && !decide(condition)) {
    report_unmet(condition, reason);
    frames_.back().unmet = true;
    if (current_) current_->unmet = true;
  }
  if (value.constant() || value.kind == Value::Kind::poison) return false;
  std::string line = fmt::format("{} || {{ echo {}; failed=1; }}\n", test_of(test, condition), error_line(reason));
  // Whoever is asked by hand and by callers is asked for the same once.
  if (test.lines.find(line) == std::string::npos) test.lines += line;
  return true;
}

// What the caller gave for the first parameter that the condition names.
const Expression* Evaluator::asked_argument(const Expression& condition) const {
  const check::Call* made = frames_.back().made;
  auto named = program_.resolved.find(&condition);
  bool parameter = named != program_.resolved.end() && named->second->kind == Symbol::Kind::parameter;
  if (made && parameter && named->second->position < made->arguments.size())
    return made->arguments[named->second->position];
  for (const Expression* operand : condition.operands)
    if (const Expression* argument = operand ? asked_argument(*operand) : nullptr) return argument;
  return nullptr;
}

// At the argument of the call; where that stands in another file, at the call by which the author came there.
void Evaluator::report_unmet(const Expression& condition, const std::string& reason) {
  Span call = frames_.back().call;
  if (const Expression* argument = asked_argument(condition)) call = argument->span;
  Span own = call;
  for (auto frame = frames_.rbegin(); frame != frames_.rend() && own.known() && !in_main_file(own); ++frame)
    if (frame->call.known()) own = frame->call;
  auto told = sink_.report<RequirementFailed>(own.known() ? own : condition.span, reason);
  if (own.begin != call.begin) told.note(call, "given here");
  if (call.known()) told.note(condition.span, "required here");
}

bool Evaluator::in_main_file(Span span) const { return sources_.begin(span).file == pipeline_.module->file->source; }

// A step that runs all its tests, each of which tells what is wrong and sets `failed`. It reads only what it is given.
void Unfolder::add_test(const StepContext& context, std::string_view head, std::string_view lines, Span span) {
  own_steps_.insert(current_->stage.steps.size());
  add_step(context, span).action = graph::Run{"bash", fmt::format("{}failed=0\n{}exit \"$failed\"\n", head, lines)};
}

void Unfolder::add_requirements(const RequirementTest& test, StepContext context, Span span) {
  set(context.env, test.env);
  // Letters are counted, not bytes.
  add_test(context, test.lines.find("${#") != std::string::npos ? "LC_ALL=C.UTF-8\n" : "", test.lines, span);
}

void Unfolder::lower_require(const Statement& statement, const StepContext& outer) {
  RequirementTest test{Place::script, {}, {}};
  if (!add_requirement(test, statement)) return;
  StepContext context = outer;
  context.probe.reset();
  context.id.clear();
  llvm::StringRef condition = sources_.text(statement.values[0]->span);
  context.title =
      text_constant(fmt::format("Require {}", std::string_view(condition.split('\n').first)), statement.span);
  add_requirements(test, std::move(context), statement.header);
}

// What an input is worth when nobody gives it must do.
void Unfolder::check_defaults(const Statement& trigger) {
  std::size_t mark = frames_.back().locals.size();
  for (const ast::Item& item : trigger.block->items)
    if (item.statement && item.statement->word == Word::input && item.statement->value)
      if (Value value = evaluate(*item.statement->value); value.constant())
        frames_.back().locals.emplace_back(item.statement, std::move(value));
  for (const ast::Item& item : trigger.block->items) {
    if (!is_requirement(item) || item.statement->values.empty()) continue;
    const Expression& condition = *item.statement->values[0];
    if (!has_defaults(condition) || !evaluate(condition).constant() || decide(condition)) continue;
    auto told = sink_.report<RequirementFailed>(
        condition.span, item.statement->values.size() > 1 ? static_text(item.statement->values[1]) : no_reason);
    told.help("the default does not meet it: leave it out, so that the input must be given");
  }
  frames_.back().locals.resize(mark);
}

// Whether all that the condition names are inputs with defaults.
bool Evaluator::has_defaults(const Expression& condition) const {
  if (condition.kind == Kind::name) {
    auto named = program_.resolved.find(&condition);
    return named != program_.resolved.end() && named->second->kind == Symbol::Kind::input &&
           named->second->statement->value;
  }
  if (condition.kind == Kind::member || condition.kind == Kind::string) return condition.parts.size() == 1;
  llvm::ArrayRef<const Expression*> parts = condition.operands;
  if (condition.kind == Kind::call) parts = parts.drop_front();
  return std::all_of(parts.begin(), parts.end(), [&](const Expression* part) { return has_defaults(*part); });
}

// Where other events start the pipeline too, nothing is asked of those.
void Unfolder::lower_input_requirements(llvm::ArrayRef<ast::Item> items) {
  RequirementTest test{Place::input_requirement, {}, {}};
  const Statement* first = nullptr;
  bool others = false;
  for (const ast::Item& item : items) {
    if (!item.statement || item.statement->word != Word::on) continue;
    const Statement& trigger = *item.statement;
    bool inputs = trigger.name.text == "manual" || trigger.name.text == "call";
    others = others || !inputs;
    if (!inputs || !trigger.block) continue;
    check_defaults(trigger);
    for (const ast::Item& part : trigger.block->items)
      if (is_requirement(part) && add_requirement(test, *part.statement) && !first) first = &trigger;
  }
  if (!first) return;
  std::size_t stages = found_.size();
  FoundStage& found = add_stage("check-inputs", "Check the inputs", *first);
  if (others)
    found.stage.condition = make(GraphKind::equal, "",
                                 {member(context("github", first->header), "event_name", first->header),
                                  text_constant("workflow_dispatch", first->header)},
                                 first->header);
  found.stage.expect = 30;
  StepContext context;
  context.title = found.stage.title;
  add_requirements(test, std::move(context), first->header);
  for (std::size_t at = 0; at < stages; ++at)
    if (found_[at].after.empty())
      found_[at].after.try_emplace(stages, graph::Edge{static_cast<graph::StageIndex>(stages), false, first->header});
  current_ = nullptr;
}

}  // namespace sluice::lower

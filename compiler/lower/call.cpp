// Calls of library steps and of typed actions, and the options that a block gives.
#include "graph/text.h"
#include "lower/unfolder.h"

namespace sluice::lower {

namespace {

DIAGNOSTIC(TimeoutOutOfRange, "{} is one second or more");
DIAGNOSTIC(UnknownShell, "there is no shell `{}`");
DIAGNOSTIC(NoBody, "`{}` has no body");

std::string call_text(const Expression& call) {
  const Expression& callee = *call.operands[0];
  if (callee.kind != Expression::Kind::member) return callee.text.str();
  // `common.web("x").up` is the step `web.up`.
  const Expression& owner = *callee.operands[0];
  llvm::StringRef whose = owner.kind == Expression::Kind::call ? owner.operands[0]->text : owner.text;
  return fmt::format("{}.{}", std::string_view(whose), std::string_view(callee.text));
}

}  // namespace

// `name` is what `artifact name = call(…)` implies.
void Unfolder::lower_call(const Expression& call, StepContext context, const std::string& name) {
  auto found = program_.calls.find(&call);
  if (found == program_.calls.end()) return;
  const check::Call& target = found->second;
  if (target.callee->kind == Symbol::Kind::action) return lower_action_call(call, context);
  if (target.callee->kind == Symbol::Kind::parameter) return lower_given(call, *target.callee, context);
  if (target.callee->kind != Symbol::Kind::step_function) return;
  std::optional<Callee> called = callee_of(target, context, call);
  if (!called) return;
  const Statement& function = *called->function->statement;
  Frame frame;
  frame.arguments = std::move(called->arguments);
  frame.given = given_to(target, context);
  frame.use = called->use;
  frame.call = call.span;
  frame.made = &target;
  for (std::size_t i = 0; i < function.parameters.size(); ++i)
    if (!name.empty() && function.parameters[i].name.text == "name" && !target.arguments[i])
      frame.arguments[i] = Value::string(name);
  if (!context.call_span.known()) context.call_span = call.span;
  if (context.call.empty()) context.call = call_text(call);
  if (function.title && !context.title) {
    frames_.push_back(frame);
    context.title = put(Place::step_title, *function.title);
    frames_.pop_back();
  }
  if (!function.block) {
    sink_.report<NoBody>(call.span, std::string_view(target.callee->name)).note(target.callee->span, "declared here");
    return;
  }
  if (!descend(call.span)) return;
  if (function.word == Word::strategy) begin_strategy(frame, context);
  frames_.push_back(std::move(frame));
  expanding_.push_back({call.span, call_text(call), 0});
  lower_options(function, context);
  lower_body(call, *called->function, std::move(context));
  expanding_.pop_back();
  frames_.pop_back();
  --depth_;
}

void Unfolder::lower_artifact(const Statement& statement, const StepContext& outer) {
  if (!statement.value || !current_) return;
  StepContext context = outer;
  lower_options(statement, context);
  std::string name = current_->id + "-" + statement.name.text.str();
  lower_call(*statement.value, std::move(context), name);
  graph::Artifact artifact;
  artifact.name = name;
  auto call = program_.calls.find(statement.value);
  if (call != program_.calls.end() && call->second.callee->kind == Symbol::Kind::step_function) {
    llvm::ArrayRef<ast::Parameter> parameters = call->second.callee->statement->parameters;
    std::vector<Value> arguments = evaluate_arguments(call->second, parameters);
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (parameters[i].name.text == "keep") artifact.keep = seconds_of(arguments[i]);
  }
  current_->artifacts.push_back(std::move(artifact));
}

void Unfolder::lower_options(const Statement& statement, StepContext& context) {
  if (statement.block) lower_options(statement.block->items, context);
}

void Unfolder::lower_options(llvm::ArrayRef<ast::Item> items, StepContext& context) {
  const Statement* probe = nullptr;
  each_taken(items, [&](const Statement& part) {
    if (part.word == Word::probe) probe = &part;
    apply_option(part, context);
  });
  // Behind the variables, so that what it needs gets other names.
  if (probe) lower_probe(*probe, context);
}

void Unfolder::apply_shell(const Statement& statement, StepContext& context) {
  std::string shell = static_text(statement.value);
  if (graph::is_shell(shell))
    context.shell = shell;
  else if (statement.value && !shell.empty())
    sink_.report<UnknownShell>(statement.value->span, shell)
        .help(
            "the shells are `bash`, `sh`, `pwsh`, `powershell`, `cmd` and `python`, or a command such as \"perl "
            "{{0}}\"");
}

// What is given later wins.
void Unfolder::set(Bindings& bindings, const Bindings& given) {
  for (const auto& one : given) {
    auto same =
        std::find_if(bindings.begin(), bindings.end(), [&](const auto& other) { return other.first == one.first; });
    if (same != bindings.end())
      same->second = one.second;
    else
      bindings.push_back(one);
  }
}

graph::Seconds Unfolder::time_limit(const Statement& statement, std::string_view what) {
  if (Value time = statement.value ? evaluate(*statement.value) : Value{};
      time.kind == Value::Kind::duration && time.number < 1)
    sink_.report<TimeoutOutOfRange>(statement.value->span, what).help("write at least `1s`");
  return std::max<graph::Seconds>(seconds(statement.value), 1);
}

// Gives whether the statement was an option. Inner ones win.
bool Unfolder::apply_option(const Statement& statement, StepContext& context) {
  switch (statement.word) {
    case Word::env:
      if (!statement.block) return true;
      for (const ast::Item& item : statement.block->items) {
        if (!item.entry) continue;
        std::string name = item.entry->key.text.str();
        ExpressionId value = put(Place::step_env, *item.entry->value);
        auto same = std::find_if(context.env.begin(), context.env.end(),
                                 [&](const auto& binding) { return binding.first == name; });
        if (same != context.env.end())
          same->second = value;
        else
          context.env.emplace_back(std::move(name), value);
      }
      return true;
    case Word::shell: apply_shell(statement, context); return true;
    case Word::working_directory:
      if (statement.value) context.working_directory = put(Place::working_directory, *statement.value);
      return true;
    case Word::timeout: context.timeout = time_limit(statement, "a time limit"); return true;
    case Word::grace: context.grace = time_limit(statement, "`grace`"); return true;
    case Word::allow_failure:
      context.allow_failure = statement.value ? put(Place::step_failure, *statement.value) : constant(true);
      return true;
    case Word::retry: {
      Value attempts = statement.value ? evaluate(*statement.value) : Value{};
      if (attempts.kind == Value::Kind::number)
        context.retry.attempts = whole_number(*statement.value, attempts.number, 100);
      else if (statement.value)
        needs_constant(Place::attempts, attempts, statement.value->span);
      context.retry.pause = seconds(statement.clause(ast::Clause::every));
      return true;
    }
    case Word::idempotent:
      warn_of_no_effect(statement, context);
      context.idempotent = true;
      context.probe.reset();
      return true;
    default: return false;
  }
}

}  // namespace sluice::lower

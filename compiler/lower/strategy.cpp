// Strategies: they unfold in the stage that calls them, against the target that they are given.
#include "graph/text.h"
#include "lower/unfolder.h"

namespace sluice::lower {
namespace {

DIAGNOSTIC(DuplicateName, "two phases of this stage become `{}`");

// As it is written: `50%`, `5m`.
std::string index_text(const Value& index) {
  if (index.kind == Value::Kind::percent) return text_of(index) + "%";
  if (index.kind == Value::Kind::duration) return graph::describe_seconds(seconds_of(index));
  return text_of(index);
}

}  // namespace

// The same target twice needs its preparations once.
std::string Unfolder::key_of(const Value& target) const {
  std::string key =
      fmt::format("{} {}", static_cast<const void*>(target.declared), static_cast<const void*>(target.use));
  for (const Value& item : target.items)
    key += fmt::format("\n{} {}{}", static_cast<int>(item.kind),
                       item.kind == Value::Kind::dynamic ? graph::describe(graph_, item.expression) : text_of(item),
                       key_of(item));
  return key;
}

std::optional<Unfolder::Callee> Unfolder::callee_of(const check::Call& call, const StepContext& context,
                                                    const Expression& expression) {
  Callee called{call.callee, call.use, evaluate_arguments(call, call.callee->statement->parameters)};
  if (!call.target) return called;
  Value target = evaluate(*call.target);
  if (target.kind != Value::Kind::target) return std::nullopt;
  auto step = target.declared->steps.find(call.callee->name);
  if (step == target.declared->steps.end()) return std::nullopt;
  called.function = step->second;
  called.use = target.use;
  called.arguments.insert(called.arguments.end(), target.items.begin(), target.items.end());
  StepContext outer = context;
  if (!outer.call_span.known()) outer.call_span = expression.span;
  prepare(target, outer);
  return called;
}

void Unfolder::begin_strategy(const Frame& frame, StepContext& context) {
  context.phases = !context.phase.empty() ? context.phase + "." : context.id.empty() ? "" : context.id + ".";
  // Of a step around it everything in it would be called like that one.
  context.title = {};
  for (const Value& argument : frame.arguments) prepare_all(argument, context);
}

// Also those of a list.
void Unfolder::prepare_all(const Value& value, const StepContext& context) {
  if (value.kind == Value::Kind::target) return prepare(value, context);
  for (const Value& item : value.items) prepare_all(item, context);
}

// What another stage has prepared is not there.
void Unfolder::begin_stage() {
  if (std::exchange(prepared_for_, current_) != current_) prepared_.clear();
}

// Once in a job, before the first step that may need it, whatever that one hangs on.
void Unfolder::prepare(const Value& target, const StepContext& outer) {
  begin_stage();
  std::string key = key_of(target);
  if (llvm::is_contained(prepared_, key)) return;
  prepared_.push_back(key);
  const Symbol* prepare = target.declared->prepare;
  if (!prepare || !prepare->statement->block || !descend(outer.call_span)) return;
  StepContext context;
  context.phase = outer.phase;
  context.call_span = outer.call_span;
  context.call = target.declared->name.str() + ".prepare";
  Frame frame;
  frame.use = target.use;
  frame.arguments = target.items;
  frame.call = outer.call_span;
  std::vector<graph::Step> steps = unfold_apart([&] {
    frames_.push_back(std::move(frame));
    lower_options(*prepare->statement, context);
    lower_items(prepare->statement->block->items, context);
    frames_.pop_back();
  });
  std::vector<graph::Step>& job = job_ ? *job_ : current_->stage.steps;
  auto at = undoing_ ? job.begin() + static_cast<std::ptrdiff_t>(prepared_steps_) : job.end();
  if (undoing_) prepared_steps_ += steps.size();
  job.insert(at, std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end()));
  --depth_;
}

void Unfolder::lower_phase(const Statement& statement, const StepContext& outer) {
  StepContext context = outer;
  context.phase = outer.phases + statement.name.text.str();
  if (statement.index) {
    Value index = evaluate(*statement.index);
    needs_constant(Place::index, index, statement.index->span);
    context.phase += "[" + index_text(index) + "]";
  }
  Span span = outer.call_span.known() ? outer.call_span : statement.header;
  auto [first, added] = phases_.try_emplace(context.phase, span);
  if (!added)
    sink_.report<DuplicateName>(span, context.phase)
        .note(statement.header, "the phase")
        .help("in a `for` a phase has an index, `phase NAME[x]`; of two calls each stands in a `step` with a name");
  if (statement.title) context.title = put(Place::step_title, *statement.title);
  if (const Expression* when = statement.clause(ast::Clause::when))
    context.condition = both(outer.condition, put(Place::step_condition, *when));
  std::size_t mark = frames_.back().locals.size();
  if (statement.block) {
    lower_options(statement, context);
    lower_items(statement.block->items, context);
  }
  frames_.back().locals.resize(mark);
}

}  // namespace sluice::lower

// Scripts that are asked, again and again or once: `watch`, `await`, `probe`. Each time it is a fresh process, so what
// they hold must be one script.
#include "graph/text.h"
#include "lower/unfolder.h"

namespace sluice::lower {
namespace {

using GraphKind = graph::Expression::Kind;

DIAGNOSTIC(NotOneScript, "`{}` asks a script, and {}");
DIAGNOSTIC(TimesDoNotFit, "{}");

constexpr int most_failures = 1000;

bool is_posix(std::string_view shell) { return shell == "bash" || shell == "sh"; }

// Each in a shell of its own: what one sets, the next does not see.
void append(graph::Run& whole, graph::Run part) {
  auto moved = static_cast<std::uint32_t>(whole.text.size() + 2);
  for (graph::ScriptPiece& piece : part.pieces) piece.text += moved;
  whole.pieces.insert(whole.pieces.end(), part.pieces.begin(), part.pieces.end());
  whole.reread.insert(whole.reread.end(), part.reread.begin(), part.reread.end());
  std::string_view end = part.text.ends_with('\n') ? "" : "\n";
  whole.text += fmt::format("(\n{}{})\n", part.text, end);
}

}  // namespace

// A rollback is a job of its own; what only asks belongs to the one around it.
std::vector<graph::Step> Unfolder::unfold_apart(llvm::function_ref<void()> unfold, bool job) {
  auto steps = std::exchange(current_->stage.steps, {});
  auto own = std::exchange(own_steps_, {});
  auto* outer = std::exchange(job_, job ? nullptr : job_ ? job_ : &steps);
  begin_stage();
  std::vector<std::string> prepared = prepared_;
  if (job) prepared_.clear(), prepared_steps_ = 0;
  unfold();
  if (job) prepared_ = std::move(prepared);
  job_ = outer;
  own_steps_ = std::move(own);
  return std::exchange(current_->stage.steps, std::move(steps));
}

// What keeps it from being one script with the first, or nothing.
std::string_view Unfolder::reason_against(const graph::Step& step, const graph::Step& first) const {
  const auto* run = std::get_if<graph::Run>(&step.action);
  if (!run) return "this is none";
  if (run->pasted) return "this is pasted when it runs";
  if (step.poll || step.retry.attempts > 1) return "this is repeated by itself";
  if (step.condition || step.allow_failure) return "this hangs on a condition of its own";
  if (!step.id.empty()) return "this has a name of its own";
  const auto& other = std::get<graph::Run>(first.action);
  if (run->shell != other.shell) return "here are two shells";
  if (&step != &first && !is_posix(run->shell)) return "here are two, which only bash and sh can run as one";
  bool moved = step.working_directory.index != first.working_directory.index;
  if (moved) return "here are two folders";
  return {};
}

// False where a variable would have two values.
bool Unfolder::join(Bindings& env, const Bindings& more) const {
  for (const auto& [name, value] : more) {
    auto same = std::find_if(env.begin(), env.end(), [&](const auto& one) { return one.first == name; });
    if (same == env.end())
      env.emplace_back(name, value);
    else if (same->second.index != value.index &&
             graph::describe(graph_, same->second) != graph::describe(graph_, value))
      return false;
  }
  return true;
}

// The step that all of them are; nothing where there is none, or they are more than a script, which is told.
std::optional<graph::Step> Unfolder::one_script(llvm::ArrayRef<graph::Step> steps, const Statement& question) {
  auto refuse = [&](const graph::Step* step, std::string_view why) {
    Span at = step ? step->span : question.keyword.span;
    auto told = sink_.report<NotOneScript>(at, std::string_view(question.keyword.text), why);
    // What a strategy asks is what its caller gave it.
    if (at.begin < question.span.begin || at.end > question.span.end) told.note(question.header, "it is asked here");
    told.help("write what it asks as `run \"…\"`, in one shell, without options but `env`");
  };
  if (steps.empty()) return refuse(nullptr, "there is none in it"), std::nullopt;
  for (const graph::Step& step : steps)
    if (std::string_view why = reason_against(step, steps.front()); !why.empty())
      return refuse(&step, why), std::nullopt;
  graph::Step whole = steps.front();
  if (steps.size() == 1) return whole;
  graph::Run run{std::get<graph::Run>(whole.action).shell, ""};
  for (const graph::Step& step : steps) {
    if (!join(whole.env, step.env)) return refuse(&step, "a variable of it has another value before"), std::nullopt;
    append(run, std::get<graph::Run>(step.action));
  }
  whole.action = std::move(run);
  return whole;
}

graph::Poll Unfolder::poll_of(const Statement& statement) {
  graph::Poll poll;
  bool watch = statement.word == Word::watch;
  poll.kind = watch ? graph::Poll::Kind::watch : graph::Poll::Kind::await;
  auto time = [&](const Expression* given, graph::Seconds& kept) {
    if (given) kept = std::max<graph::Seconds>(seconds(given), 1);
  };
  const Expression* every = statement.clause(ast::Clause::every);
  const Expression* lasting = watch ? statement.value : statement.clause(ast::Clause::within);
  time(every, poll.every);
  time(lasting, poll.lasting);
  if (every && poll.every > poll.lasting)
    sink_
        .report<TimesDoNotFit>(every->span, fmt::format("it is over after {}, before it is asked a second time",
                                                        graph::describe_seconds(poll.lasting)))
        .help("ask more often, or {} longer", watch ? "watch" : "wait");
  if (const Expression* tolerate = statement.clause(ast::Clause::tolerate)) {
    Value number = evaluate(*tolerate);
    if (number.kind == Value::Kind::number)
      poll.tolerate = number.number == 0 ? 0 : whole_number(*tolerate, number.number, most_failures);
    else
      needs_constant(Place::approvals, number, tolerate->span);
  }
  return poll;
}

// The probes are unfolded without what is said of the step around them, which holds for all of them together.
void Unfolder::lower_poll(const Statement& statement, const StepContext& outer) {
  if (!statement.block) return;
  graph::Poll poll = poll_of(statement);
  StepContext inner = outer;
  inner.condition = inner.allow_failure = inner.title = {};
  inner.retry = {};
  inner.id.clear();
  inner.result = nullptr;
  inner.valued = inner.idempotent = false;
  inner.probe.reset();
  std::size_t mark = frames_.back().locals.size();
  std::vector<graph::Step> probes = unfold_apart([&] { lower_items(statement.block->items, inner); });
  frames_.back().locals.resize(mark);
  bool split = llvm::any_of(probes, [&](const graph::Step& step) { return step.backend != outer.backend; });
  for (Backend backend : {Backend::github, Backend::local}) {
    if (!split && backend == Backend::local) break;
    std::vector<graph::Step> here;
    for (const graph::Step& step : probes)
      if (!split || step.backend == backend || step.backend == Backend::both) here.push_back(step);
    std::optional<graph::Step> script = one_script(here, statement);
    if (!script) return;
    StepContext context = outer;
    context.backend = split ? backend : outer.backend;
    context.env = script->env;
    context.working_directory = script->working_directory;
    context.timeout = script->timeout;
    context.grace = script->grace;
    context.retry = {};
    if (!context.title) {
      std::string verb = poll.kind == graph::Poll::Kind::watch ? "Watch: " : "Await: ";
      const graph::Expression& asked = graph_[script->title];
      if (asked.kind == GraphKind::string)
        context.title = text_constant(verb + asked.text, statement.span);
      else
        context.title = make(GraphKind::text, "", {text_constant(verb, statement.span), script->title}, statement.span);
    }
    graph::Step& step = add_step(context, statement.header);
    step.action = std::move(script->action);
    step.poll = poll;
  }
}

// Asked here only, after a crash: what is for GitHub is not of it.
void Unfolder::lower_probe(const Statement& statement, StepContext& context) {
  warn_of_no_effect(statement, context);
  if (!statement.block || !current_) return;
  StepContext inner = context;
  inner.condition = inner.allow_failure = inner.title = {};
  inner.retry = {};
  inner.timeout.reset();
  inner.id.clear();
  inner.result = nullptr;
  inner.valued = inner.idempotent = false;
  inner.probe.reset();
  std::size_t mark = frames_.back().locals.size();
  std::vector<graph::Step> steps = unfold_apart([&] { lower_items(statement.block->items, inner); });
  frames_.back().locals.resize(mark);
  std::erase_if(steps, [](const graph::Step& step) { return step.backend == Backend::github; });
  std::optional<graph::Step> script = one_script(steps, statement);
  if (!script) return;
  context.idempotent = false;
  context.probe = std::get<graph::Run>(std::move(script->action));
  context.probe_number = ++probes_;
  context.env = std::move(script->env);
}

}  // namespace sluice::lower

// How a stage is undone, and what of its steps is said for the case that things go wrong.
#include "graph/text.h"
#include "lower/unfolder.h"

namespace sluice::lower {
namespace {

DIAGNOSTIC(MisplacedWord, "`{}` cannot stand in a rollback, and this call brings one");
DIAGNOSTIC(ConflictingRecovery, "`{}` has a rollback, and `rollback none`");
DIAGNOSTIC(UselessCommit, "this `commit` ends no rollback: the stage has none");
DIAGNOSTIC(UselessRecovery, "`{}` changes nothing here: the stage works in no environment");
DIAGNOSTIC(TimesDoNotFit, "{}");

/// Of what is around a mark, a step that does nothing itself: where it stands, and when.
StepContext beside(const StepContext& outer) {
  StepContext context;
  context.backend = outer.backend;
  context.condition = outer.condition;
  context.call = outer.call;
  context.call_span = outer.call_span;
  context.phase = outer.phase;
  return context;
}

}  // namespace

void Unfolder::lower_delivery(const Statement& statement, const StepContext& context) {
  switch (statement.word) {
    case Word::sleep: return lower_sleep(statement, context);
    case Word::watch:
    case Word::await: return lower_poll(statement, context);
    case Word::rollback: return lower_rollback(statement, context);
    case Word::commit: return lower_commit(statement, context);
    case Word::verify: verifications_.emplace_back(&statement, context); return;
    // Options were applied before the first step: they hold for all of the block.
    default: return;
  }
}

void Unfolder::lower_rollback(const Statement& statement, const StepContext& outer) {
  if (undoing_) {
    sink_.report<MisplacedWord>(outer.call_span.known() ? outer.call_span : statement.header, "rollback")
        .help("call in it what has no rollback of its own");
    return;
  }
  graph::Stage& stage = current_->stage;
  if (statement.value) {
    stage.no_rollback = static_text(statement.clause(ast::Clause::because));
    return;
  }
  graph::Rollback rollback;
  rollback.span = outer.call_span.known() ? outer.call_span : statement.header;
  rollback.title = text_constant("Roll back " + stage.id, rollback.span);
  if (const Expression* within = statement.clause(ast::Clause::within))
    rollback.within = std::max<graph::Seconds>(seconds(within), 1);
  undoing_ = true;
  lower_undoing(statement, outer, rollback);
  undoing_ = false;
  stage.rollbacks.push_back(std::move(rollback));
  StepContext arming = beside(outer);
  arming.title = text_constant("Be ready to roll back", statement.header);
  add_step(arming, statement.header).action = graph::Arm{stage.rollbacks.size() - 1};
}

// Whether it is needed was decided when it was armed; what limits the steps around it is not for it.
void Unfolder::lower_undoing(const Statement& statement, StepContext context, graph::Rollback& rollback) {
  context.condition = context.allow_failure = context.title = {};
  context.timeout.reset();
  context.grace.reset();
  context.retry = {};
  context.id.clear();
  context.phase.clear();
  context.result = nullptr;
  context.valued = context.idempotent = false;
  context.probe.reset();
  std::size_t mark = frames_.back().locals.size();
  rollback.steps = unfold_apart(
      [&] {
        lower_options(statement, context);
        lower_items(statement.block->items, context);
        for (auto& [verify, inner] : std::exchange(verifications_, {}))
          if (verify->block) lower_items(verify->block->items, inner);
      },
      true);
  frames_.back().locals.resize(mark);
}

void Unfolder::lower_sleep(const Statement& statement, const StepContext& outer) {
  StepContext context = outer;
  // Nothing can be read of it.
  context.id.clear();
  context.idempotent = false;
  context.probe.reset();
  graph::Seconds duration = positive(statement);
  if (!context.title) context.title = text_constant("Sleep " + graph::describe_seconds(duration), statement.header);
  add_step(context, statement.span).action = graph::Sleep{duration};
}

void Unfolder::lower_commit(const Statement& statement, const StepContext& outer) {
  if (undoing_) {
    sink_.report<MisplacedWord>(outer.call_span.known() ? outer.call_span : statement.header, "commit")
        .help("call in it what has no rollback of its own");
    return;
  }
  StepContext context = beside(outer);
  context.title = text_constant("Commit", statement.header);
  add_step(context, statement.header).action = graph::Commit{};
}

// A step of the library may be used in an environment and outside: there it is well said.
void Unfolder::warn_of_no_effect(const Statement& statement, const StepContext& context) {
  if (!current_ || current_->stage.environment || !context.call.empty()) return;
  sink_.report<UselessRecovery>(statement.keyword.span, std::string_view(statement.keyword.text))
      .help("outside an environment an interrupted stage starts over: leave it out, or write `in NAME`");
}

void Unfolder::check_recovery(const FoundStage& found) {
  const graph::Stage& stage = found.stage;
  if (!stage.rollbacks.empty() && !stage.no_rollback.empty())
    sink_.report<ConflictingRecovery>(stage.rollbacks.front().span, stage.id).help("take one of them out");
  if (!stage.rollbacks.empty()) return;
  for (const graph::Step& step : stage.steps)
    if (std::holds_alternative<graph::Commit>(step.action))
      sink_.report<UselessCommit>(step.span).help("take it out, or write a `rollback` above what it should undo");
}

void Unfolder::check_times(const FoundStage& found) {
  const graph::Stage& stage = found.stage;
  check_times(stage.steps, stage.timeout, "the stage");
  for (const graph::Rollback& rollback : stage.rollbacks)
    if (rollback.within) check_times(rollback.steps, *rollback.within, "the rollback");
}

// What surely passes: sleeping and watching. An `await` may end at once, but its end must be within reach.
void Unfolder::check_times(llvm::ArrayRef<graph::Step> steps, graph::Seconds limit, std::string_view whose) {
  graph::Seconds passed = 0;
  bool told = false;
  for (const graph::Step& step : steps) {
    if (step.backend == Backend::github) continue;
    const auto* sleep = std::get_if<graph::Sleep>(&step.action);
    if (!sleep && !step.poll) continue;
    graph::Seconds needs = passed + (sleep ? sleep->duration : step.poll->lasting);
    if (sleep || step.poll->kind == graph::Poll::Kind::watch) passed = needs;
    if (needs <= limit || std::exchange(told, true)) continue;
    sink_
        .report<TimesDoNotFit>(step.span, fmt::format("{} has {}, and this may need {}", whose,
                                                      graph::describe_seconds(limit), graph::describe_seconds(needs)))
        .help("give {} more time, with `{}`, or this less", whose, whose == "the stage" ? "timeout" : "within");
  }
}

}  // namespace sluice::lower

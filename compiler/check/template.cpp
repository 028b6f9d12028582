// Stages that are made of templates: `stage eu = deploy-to("eu")`.
#include "check/checker.h"
#include "check/made.h"

namespace sluice::check {
namespace {

using Kind = Expression::Kind;

DIAGNOSTIC(NotAStage, "`{}` {}, but a stage is needed here");
DIAGNOSTIC(OrderInTemplate, "a template knows no stages");
DIAGNOSTIC(MisplacedTemplate, "`{}` {}, but a step is needed here");

}  // namespace

std::string callee_text(const Expression& call) {
  const Expression& callee = *call.operands[0];
  std::string name = callee.text.str();
  return callee.kind == Kind::member ? fmt::format("{}.{}", std::string_view(callee.operands[0]->text), name) : name;
}

bool makes_parts(Symbol::Kind kind) {
  return kind == Symbol::Kind::step_function || kind == Symbol::Kind::action ||
         kind == Symbol::Kind::service_function || kind == Symbol::Kind::stage_template;
}

std::string_view what_it_makes(Symbol::Kind kind) {
  switch (kind) {
    case Symbol::Kind::stage_template: return "makes a stage";
    case Symbol::Kind::service_function: return "makes a service";
    case Symbol::Kind::step_function:
    case Symbol::Kind::action: return "makes steps";
    default: return "gives a value";
  }
}

std::string how_to_make(Symbol::Kind kind, std::string_view name) {
  switch (kind) {
    case Symbol::Kind::stage_template: return fmt::format("`stage NAME = {}(…)` in a pipeline", name);
    case Symbol::Kind::service_function: return fmt::format("`service NAME = {}(…)` in a stage", name);
    default: return fmt::format("`{}(…)` in a stage or a step", name);
  }
}

const Statement* ExpressionChecker::template_of(const Statement& stage) const {
  auto call = stage.word == Word::stage && stage.value ? program_.calls.find(stage.value) : program_.calls.end();
  bool made = call != program_.calls.end() && call->second.callee->kind == Symbol::Kind::stage_template;
  return made ? call->second.callee->statement : nullptr;
}

// The stage has what its template gives; what the template says of the stage itself holds too.
void Checker::check_made_stage(Symbol& stage) {
  const Statement& statement = *stage.statement;
  const Expression& value = *statement.value;
  acting_ = &value;
  acting_block_ = statement.block;
  const Type* type = type_of(value);
  auto call = program_.calls.find(&value);
  if (call == program_.calls.end()) {
    stage.open = true;
    if (type->kind != Type::Kind::any)
      sink_
          .report<NotAStage>(value.span, value.kind == Kind::call ? callee_text(value) : value.text.str(), "is a value")
          .help("write `stage {} = NAME(…)` with a template's name", std::string_view(stage.name));
  } else if (const Symbol& callee = *call->second.callee; callee.kind != Symbol::Kind::stage_template) {
    stage.open = true;
    sink_.report<NotAStage>(value.span, callee_text(value), what_it_makes(callee.kind))
        .note(callee.span, "declared here")
        .help("write {}", how_to_make(callee.kind, callee_text(value)));
  } else if (callee.in_progress) {
    // It is made of itself, which was told: who follows the templates must come to an end.
    program_.calls.erase(&value);
    stage.open = true;
  } else {
    stage.outputs = callee.outputs;
    stage.artifacts = callee.artifacts;
    stage.open = callee.open;
  }
}

bool Checker::enters_environment(const Statement& stage) const {
  const Statement* made_of = template_of(stage);
  return stage.clause(ast::Clause::in) || (made_of && enters_environment(*made_of));
}

void Checker::refuse_order(const Statement& stage) {
  if (stage.index)
    sink_.report<OrderInTemplate>(stage.index->span)
        .help("a family is made in a pipeline: `stage {0}[x] = {0}(x)` in a `for`", std::string_view(stage.name.text));
  if (!stage.after.empty())
    sink_.report<OrderInTemplate>(stage.after.front()->span)
        .help("write `after` where a stage is made of it: `stage NAME = {}(…) after …`",
              std::string_view(stage.name.text));
}

void Checker::refuse_as_step(const Expression& call) {
  auto found = program_.calls.find(&call);
  if (found == program_.calls.end()) return;
  const Symbol& callee = *found->second.callee;
  if (callee.kind != Symbol::Kind::stage_template && callee.kind != Symbol::Kind::service_function) return;
  sink_.report<MisplacedTemplate>(call.span, callee_text(call), what_it_makes(callee.kind))
      .note(callee.span, "declared here")
      .help("write {}", how_to_make(callee.kind, callee_text(call)));
}

}  // namespace sluice::check

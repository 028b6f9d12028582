#include "labels/labels.h"

#include "labels/walk.h"

namespace sluice::labels {

using graph::ExpressionId;

Walk::Walk(const graph::Graph& graph, const source::SourceManager& sources, diagnostics::Sink& sink,
           const CodeInputs& code_inputs)
    : graph_(graph),
      sources_(sources),
      sink_(sink),
      code_inputs_(code_inputs),
      flow_(graph),
      seen_(graph.expressions.size()) {
  find_asking();
  find_open_trigger();
}

source::Span Walk::place(source::Span span, source::Span call) const {
  const source::File* file = sources_.begin(span).file;
  return file && !file->name.starts_with("<std>/") ? span : call;
}

void Walk::run() {
  source::Span none;
  expect_shown(graph_.run_name, "the name of the run", none);
  expect_without_secrets(graph_.run_name, "the name of a run", none);
  if (graph_.concurrency) {
    expect_shown(graph_.concurrency->group, "the concurrency group", none);
    expect_without_secrets(graph_.concurrency->group, "a concurrency group", none);
    if (ExpressionId cancel = graph_.concurrency->cancel_running) {
      expect_shown(cancel, "`cancel-running`", none);
      expect_without_secrets(cancel, "`cancel-running`", none);
    }
  }
  ++visit_;
  for (const auto& binding : graph_.env) add_reads(binding.second, none, false);
  check_variables(graph_.env, none);
  for (const graph::Stage& stage : graph_.stages) walk(stage);
}

void Walk::walk(const graph::Stage& stage) {
  stage_ = &stage;
  flow_.enter(stage);
  find_privilege(stage);
  find_reads(stage);
  check_code(stage);
  for (const graph::Step& step : stage.steps) walk(step);
  for (const graph::Rollback& rollback : stage.rollbacks) {
    expect_shown(rollback.title, "the title", rollback.span);
    for (const graph::Step& step : rollback.steps) walk(step);
  }
  check_shown(stage);
  flow_.leave(stage);
}

void Walk::walk(const graph::Step& step) {
  flow_.enter(step);
  check_shown(step);
  // Here nobody but the one who runs it words anything.
  if (step.backend != graph::Backend::local) check_code(step);
  flow_.leave(step);
}

void each_value(const graph::Step& step, llvm::function_ref<void(ExpressionId)> visit) {
  auto all = [&](const graph::Bindings& bindings) {
    for (const auto& binding : bindings) visit(binding.second);
  };
  for (ExpressionId id : {step.title, step.condition, step.working_directory, step.allow_failure})
    if (id) visit(id);
  all(step.env);
  if (const auto* uses = std::get_if<graph::Uses>(&step.action)) all(uses->with);
  if (const auto* native = std::get_if<graph::Native>(&step.action)) all(native->arguments);
  if (const auto* run = std::get_if<graph::Run>(&step.action); run && run->pasted) visit(run->pasted);
}

void each_value(const graph::Stage& stage, llvm::function_ref<void(ExpressionId)> visit) {
  auto one = [&](ExpressionId id) {
    if (id) visit(id);
  };
  for (ExpressionId id : {stage.title, stage.condition, stage.runs_on_expression, stage.fail_fast, stage.allow_failure})
    one(id);
  if (stage.environment) one(stage.environment->name), one(stage.environment->url);
  if (stage.concurrency) one(stage.concurrency->group), one(stage.concurrency->cancel_running);
  if (stage.matrix) one(stage.matrix->axes), one(stage.matrix->include), one(stage.matrix->exclude);
  for (const graph::Bindings* bindings : {&stage.env, &stage.outputs})
    for (const auto& binding : *bindings) visit(binding.second);
  for (const graph::Service& service : stage.services)
    for (const graph::Bindings* bindings : {&service.env, &service.local_env})
      for (const auto& binding : *bindings) visit(binding.second);
}

void check_labels(const graph::Graph& graph, const source::SourceManager& sources, diagnostics::Sink& sink,
                  const CodeInputs& code_inputs) {
  Walk(graph, sources, sink, code_inputs).run();
}

}  // namespace sluice::labels

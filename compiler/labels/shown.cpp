// Where a secret may not stand: what everybody can read, and what GitHub fills in without secrets.
#include <fmt/format.h>

#include "labels/walk.h"

namespace sluice::labels {

using graph::ExpressionId;
using source::Span;

namespace {

DIAGNOSTIC(SecretInPlace, "{}");

}  // namespace

void Walk::expect_shown(ExpressionId id, std::string_view what, Span around) {
  const Cause* secret = flow_.of(id).secret;
  if (!secret) return;
  Span span = place(graph_[id].span, around);
  auto told = sink_.report<SecretInPlace>(span, fmt::format("{} would show a `secret string`", what));
  if (secret->span.known() && secret->span != span) told.note(secret->span, "{}", secret->text);
  told.help("give it to a step with `env`, and read the variable there");
}

// What only asks whether a secret is set shows nothing, and yet cannot be answered everywhere.
void Walk::expect_without_secrets(ExpressionId id, std::string_view what, Span around) {
  if (!id || !asks_[id.index] || flow_.of(id).secret) return;
  sink_.report<SecretInPlace>(place(graph_[id].span, around), fmt::format("GitHub gives no secrets to {}", what))
      .help("ask in a step: `step when secrets.TOKEN != \"\" {{ … }}`");
}

void Walk::check_shown(const graph::Stage& stage) {
  auto check = [&](ExpressionId id, std::string_view shown, std::string_view given) {
    expect_shown(id, shown, stage.span);
    expect_without_secrets(id, given, stage.span);
  };
  check(stage.title, "the title", "the title of a stage");
  check(stage.condition, "the condition", "the condition of a stage");
  check(stage.runs_on_expression, "the runner's label", "`runs-on`");
  check(stage.fail_fast, "`fail-fast`", "`fail-fast`");
  check(stage.allow_failure, "`allow-failure`", "a stage's `allow-failure`");
  if (stage.environment) {
    check(stage.environment->name, "the environment's name", "the name of an environment");
    expect_shown(stage.environment->url, "the address", stage.span);
  }
  if (stage.concurrency) {
    check(stage.concurrency->group, "the concurrency group", "a concurrency group");
    check(stage.concurrency->cancel_running, "`cancel-running`", "`cancel-running`");
  }
  if (stage.matrix)
    for (ExpressionId id : {stage.matrix->axes, stage.matrix->include, stage.matrix->exclude})
      check(id, "the matrix", "a matrix");
  for (const auto& [name, value] : stage.outputs) expect_shown(value, fmt::format("the output `{}`", name), stage.span);
}

void Walk::check_shown(const graph::Step& step) {
  expect_shown(step.title, "the title", step.span);
  expect_shown(step.condition, "the condition", step.span);
  expect_shown(step.allow_failure, "`allow-failure`", step.span);
  expect_shown(step.working_directory, "the folder", step.span);
  if (const auto* run = std::get_if<graph::Run>(&step.action)) expect_shown(run->pasted, "a pasted script", step.span);
  if (const auto* uses = std::get_if<graph::Uses>(&step.action))
    for (const auto& [name, value] : uses->with)
      if (is_shown_input(uses->action, name)) expect_shown(value, fmt::format("`{}`", name), step.span);
}

}  // namespace sluice::labels

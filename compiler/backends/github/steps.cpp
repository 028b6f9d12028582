#include <fmt/format.h>

#include <algorithm>

#include "backends/github/emission.h"
#include "backends/github/retry.h"
#include "diagnostics/check.h"
#include "graph/text.h"
#include "graph/uses.h"

namespace sluice::github {
namespace {

void write_head(Emission& emission, const graph::Step& step, const StepRule& rule) {
  emission.writer.entry("name", emission.expressions.scalar(step.title));
  if (!step.id.empty()) {
    check_id(emission, step.id, step.span);
    emission.writer.text("id", step.id);
  }
  write_condition(emission, rule.conditions, step.span);
}

void write_allow_failure(Emission& emission, const graph::Step& step) {
  if (step.allow_failure) emission.writer.entry("continue-on-error", emission.expressions.scalar(step.allow_failure));
}

/// GitHub's runner waits 7.5 s behind SIGINT and 2.5 s behind SIGTERM, whatever a step would want.
void check_grace(Emission& emission, const graph::Step& step) {
  if (!step.grace || *step.grace == grace) return;
  emission.report(ProblemKind::grace_fixed, step.span,
                  fmt::format("a grace of {} becomes {}s: GitHub gives every step that",
                              graph::describe_seconds(*step.grace), grace));
}

void write_uses(Emission& emission, const graph::Step& step, const graph::Uses& uses) {
  // `$/path` would be the commit's own, not what the steps before have made of it.
  if (graph::is_in_workspace(uses))
    emission.writer.text("uses", uses.action, "zizmor: ignore[self-repository] the workspace is meant");
  else if (graph::is_image(uses))
    emission.writer.text("uses", uses.action);
  else
    emission.writer.text("uses", uses.action + "@" + uses.commit, uses.version == uses.commit ? "" : uses.version);
  write_bindings(emission, "with", uses.with, step.span);
  write_bindings(emission, "env", step.env, step.span);
  if (step.timeout) write_timeout(emission, *step.timeout, step.span);
  check_grace(emission, step);
  write_allow_failure(emission, step);
  if (step.retry.attempts > 1)
    emission.report(ProblemKind::retry_of_uses, step.span,
                    fmt::format("`{}` is tried once: GitHub does not retry actions", uses.action));
}

bool on_macos(const graph::Stage& stage) {
  return std::ranges::any_of(stage.runs_on, [](const std::string& label) { return label.starts_with("macos"); });
}

/// Whether the script stands in a loop: of attempts, or of probes.
bool is_repeated(Emission& emission, const graph::Stage& stage, const graph::Step& step, const graph::Run& run) {
  if (step.retry.attempts <= 1 && !step.poll) return false;
  if (!command_of_shell(run.shell)) {
    emission.report(ProblemKind::retry_of_shell, step.span,
                    fmt::format("a script for `{}` is tried once: {} are made of bash, sh and python scripts only",
                                run.shell, step.poll ? "probes" : "attempts"));
    return false;
  }
  if (step.timeout && on_macos(stage))
    emission.report(ProblemKind::attempt_limit_on_macos, step.span,
                    "the time limit holds for all attempts together: macOS cannot limit each");
  return true;
}

/// With its expressions as GitHub fills them in, where the script is a pasted one.
graph::Run written_out(Emission& emission, const graph::Run& run) {
  graph::Run result = run;
  if (!run.pasted) return result;
  ++emission.pasted_scripts;
  result.text = emission.expressions.scalar(run.pasted).text;
  while (result.text.ends_with('\n')) result.text.pop_back();
  if (result.text.find('\n') != std::string::npos) result.text += '\n';
  return result;
}

/// Each attempt has its own limit, to the second: what holds for all of them only catches what slips through.
void write_limit(Emission& emission, const graph::Step& step, bool repeated) {
  auto whole_minutes = [](graph::Seconds seconds) { return (seconds + 59) / 60; };
  if (repeated && step.poll)
    emission.writer.number("timeout-minutes", whole_minutes(step.poll->lasting + 2 * grace));
  else if (repeated && step.timeout)
    emission.writer.number("timeout-minutes", whole_minutes(longest(step.retry, *step.timeout)));
  else if (step.timeout)
    write_timeout(emission, *step.timeout, step.span);
}

std::string text_of(const graph::Stage& stage, const graph::Step& step, const graph::Run& run, bool repeated) {
  if (!repeated) return run.text;
  if (step.poll) return poll_loop(run, *step.poll, step.timeout, !on_macos(stage));
  return retry_loop(run, step.retry, on_macos(stage) ? std::nullopt : step.timeout);
}

void write_run(Emission& emission, const graph::Stage& stage, const graph::Step& step, const graph::Run& script) {
  CHECK(script.text.find("${{") == std::string::npos, "no script but a pasted one holds an expression");
  graph::Run run = written_out(emission, script);
  bool repeated = is_repeated(emission, stage, step, run);
  emission.writer.text("shell", repeated ? "bash" : run.shell);
  if (step.working_directory)
    emission.writer.entry("working-directory", emission.expressions.scalar(step.working_directory));
  write_bindings(emission, "env", step.env, step.span);
  write_limit(emission, step, repeated);
  check_grace(emission, step);
  write_allow_failure(emission, step);
  emission.writer.script("run", text_of(stage, step, run, repeated));
}

void write_sleep(Emission& emission, const graph::Step& step, const graph::Sleep& sleep) {
  emission.writer.text("shell", "bash");
  write_allow_failure(emission, step);
  emission.writer.script("run", fmt::format("sleep {}", sleep.duration));
}

/// Whether it only says what becomes of a rollback, and there is none.
bool is_for_rollbacks(const graph::Step& step) {
  return std::holds_alternative<graph::Arm>(step.action) || std::holds_alternative<graph::Commit>(step.action);
}

void write_step(Emission& emission, const graph::Stage& stage, const graph::Step& step, const StepRule& rule) {
  emission.writer.begin_item();
  write_head(emission, step, rule);
  if (const auto* run = std::get_if<graph::Run>(&step.action))
    write_run(emission, stage, step, *run);
  else if (const auto* uses = std::get_if<graph::Uses>(&step.action))
    write_uses(emission, step, *uses);
  else if (const auto* sleep = std::get_if<graph::Sleep>(&step.action))
    write_sleep(emission, step, *sleep);
  else
    CHECK(false, "what only the local runtime does never reaches GitHub");
  emission.writer.end_item();
}

}  // namespace

std::vector<StepRule> find_steps(Emission& emission, const graph::Stage& stage) {
  std::vector<StepRule> rules;
  std::set<std::string_view> omitted;
  emission.expressions.omit_steps({});
  for (const graph::Step& step : stage.steps) {
    bool none = step.backend == graph::Backend::local || is_for_rollbacks(step);
    rules.push_back(none ? StepRule{true, {}} : step_rule(emission.graph, step, emission.expressions));
    if (!rules.back().omitted || step.id.empty()) continue;
    omitted.insert(step.id);
    emission.expressions.omit_steps(omitted);
  }
  return rules;
}

void write_steps(Emission& emission, const graph::Stage& stage, const std::vector<StepRule>& rules) {
  if (std::ranges::all_of(rules, &StepRule::omitted))
    emission.report(ProblemKind::no_steps, stage.span, fmt::format("stage `{}` has no step on GitHub", stage.id));
  emission.writer.open("steps");
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (!rules[i].omitted) write_step(emission, stage, stage.steps[i], rules[i]);
  emission.writer.close();
}

}  // namespace sluice::github

#include <fmt/format.h>

#include <algorithm>

#include "backends/github/emission.h"

namespace sluice::github {
namespace {

constexpr std::size_t longest_id = 99;
constexpr std::size_t longest_group = 400;
constexpr graph::Seconds hosted_limit = 6 * 60 * 60;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// GitHub's maps take no two keys that differ only in case.
void check_case(Emission& emission, std::string_view key, const graph::Bindings& bindings, source::Span span) {
  std::vector<std::string> names;
  for (const auto& binding : bindings)
    std::ranges::transform(binding.first, std::back_inserter(names.emplace_back()), lower);
  std::ranges::sort(names);
  if (auto twice = std::ranges::adjacent_find(names); twice != names.end())
    emission.report(
        ProblemKind::case_clash, span,
        fmt::format("two names of `{}` differ only in case, here `{}`: GitHub takes them for one", key, *twice));
}

void write_needs(Emission& emission, const StageRule& rule) {
  if (rule.needs.empty()) return;
  if (rule.needs.size() == 1) return emission.writer.text("needs", emission.graph.stages[rule.needs[0]].id);
  std::vector<yaml::Scalar> names;
  for (graph::StageIndex index : rule.needs) names.push_back({emission.graph.stages[index].id, false});
  emission.writer.list("needs", names);
}

void write_runs_on(Emission& emission, const graph::Stage& stage) {
  if (stage.runs_on_expression) {
    const graph::Expression& expression = emission.graph[stage.runs_on_expression];
    if (expression.kind != graph::Expression::Kind::list)
      return emission.writer.entry("runs-on", emission.expressions.scalar(stage.runs_on_expression));
    std::vector<yaml::Scalar> several;
    for (graph::ExpressionId label : expression.operands) several.push_back(emission.expressions.scalar(label));
    return emission.writer.list("runs-on", several);
  }
  if (stage.runs_on.size() == 1) return emission.writer.text("runs-on", stage.runs_on[0]);
  std::vector<yaml::Scalar> labels;
  for (const std::string& label : stage.runs_on) labels.push_back({escaped(label), false});
  emission.writer.list("runs-on", labels);
}

void write_environment(Emission& emission, const graph::Stage& stage) {
  if (!stage.environment) return;
  const graph::Environment& environment = *stage.environment;
  yaml::Scalar name = emission.expressions.scalar(environment.name);
  if (!environment.url && environment.deployment) return emission.writer.entry("environment", name);
  emission.writer.open("environment");
  emission.writer.entry("name", name);
  if (environment.url) emission.writer.entry("url", emission.expressions.scalar(environment.url));
  if (!environment.deployment) emission.writer.bare("deployment", "false");
  emission.writer.close();
}

void write_group(Emission& emission, const graph::Stage& stage) {
  if (!stage.concurrency) return;
  write_concurrency(emission, *stage.concurrency);
  const auto& outer = emission.graph.concurrency;
  if (outer && same_ignoring_case(emission.expressions.scalar(outer->group).text,
                                  emission.expressions.scalar(stage.concurrency->group).text))
    emission.report(
        ProblemKind::same_concurrency_group, stage.span,
        fmt::format("stage `{}` and its pipeline are in one concurrency group and would wait for each other",
                    stage.id));
}

std::string_view access_name(graph::Access access) {
  switch (access) {
    case graph::Access::none: return "none";
    case graph::Access::read: return "read";
    case graph::Access::write: return "write";
  }
  return {};
}

void write_permissions(Emission& emission, const graph::Stage& stage) {
  if (stage.permissions.empty()) return emission.writer.bare("permissions", "{}");
  emission.writer.open("permissions");
  for (const graph::Permission& permission : stage.permissions)
    emission.writer.bare(permission.scope, access_name(permission.access), permission.reason);
  emission.writer.close();
}

void check_stage(Emission& emission, const graph::Stage& stage) {
  check_id(emission, stage.id, stage.span);
  if (stage.retry.attempts > 1)
    emission.report(ProblemKind::retry_of_stage, stage.span,
                    fmt::format("stage `{}` is tried once: GitHub does not retry jobs", stage.id));
  bool hosted = !stage.runs_on.empty() && std::ranges::all_of(stage.runs_on, [](const std::string& label) {
    return label.starts_with("ubuntu-") || label.starts_with("macos-") || label.starts_with("windows-");
  });
  if (hosted && stage.timeout > hosted_limit)
    emission.report(ProblemKind::timeout_over_limit, stage.span,
                    fmt::format("stage `{}` may take longer than the six hours that GitHub's runners give", stage.id));
}

void write_allow_failure(Emission& emission, const graph::Stage& stage) {
  if (stage.notification) return emission.writer.bare("continue-on-error", "true");
  if (stage.allow_failure) emission.writer.entry("continue-on-error", emission.expressions.scalar(stage.allow_failure));
}

}  // namespace

void write_bindings(Emission& emission, std::string_view key, const graph::Bindings& bindings, source::Span span) {
  if (bindings.empty()) return;
  if (bindings.size() > 1) check_case(emission, key, bindings, span);
  emission.writer.open(key);
  for (const auto& [name, value] : bindings) emission.writer.entry(name, emission.expressions.scalar(value));
  emission.writer.close();
}

void write_literal(Emission& emission, std::string_view key, std::string_view value, source::Span span) {
  emission.writer.text(key, value);
  if (value.find("${{") != std::string_view::npos)
    emission.report(ProblemKind::expression_not_allowed, span,
                    fmt::format("`{}` holds `${{{{`: GitHub reads no expression there and refuses it", key));
}

void write_timeout(Emission& emission, graph::Seconds seconds, source::Span span) {
  graph::Seconds minutes = std::max<graph::Seconds>(1, (seconds + 59) / 60);
  emission.writer.number("timeout-minutes", minutes);
  if (minutes * 60 != seconds)
    emission.report(ProblemKind::timeout_rounded, span,
                    fmt::format("a time limit of {} s becomes {} min: GitHub counts whole minutes", seconds, minutes));
}

void write_concurrency(Emission& emission, const graph::Concurrency& concurrency) {
  emission.writer.open("concurrency");
  yaml::Scalar group = emission.expressions.scalar(concurrency.group);
  // What is known later may be shorter than its expression.
  if (group.text.find("${{") == std::string::npos && group.text.size() > longest_group)
    emission.report(ProblemKind::group_too_long, emission.expressions[concurrency.group].span,
                    fmt::format("the name of a concurrency group has {} characters: GitHub takes {} at most",
                                group.text.size(), longest_group));
  emission.writer.entry("group", group);
  if (concurrency.cancel_running) {
    emission.writer.entry("cancel-in-progress", emission.expressions.scalar(concurrency.cancel_running));
  } else {
    emission.writer.bare("cancel-in-progress", "false");
  }
  emission.writer.close();
}

void check_id(Emission& emission, std::string_view id, source::Span span) {
  if (id.size() <= longest_id && !id.starts_with("__")) return;
  emission.report(
      ProblemKind::bad_id, span,
      fmt::format("GitHub refuses the name `{}`: it is longer than {} characters or begins with `__`", id, longest_id));
}

void write_job(Emission& emission, const graph::Stage& stage, const StageRule& rule) {
  yaml::Writer& writer = emission.writer;
  check_stage(emission, stage);
  writer.comment(stage.documentation);
  writer.open(stage.id);
  writer.entry("name", emission.expressions.scalar(stage.title));
  write_needs(emission, rule);
  write_condition(emission, rule.conditions, stage.span);
  write_runs_on(emission, stage);
  write_environment(emission, stage);
  write_group(emission, stage);
  write_permissions(emission, stage);
  // Outputs read steps, so it must be known here which of them are left out.
  std::vector<StepRule> step_rules = find_steps(emission, stage);
  write_bindings(emission, "outputs", stage.outputs, stage.span);
  write_bindings(emission, "env", stage.env, stage.span);
  write_strategy(emission, stage);
  write_services(emission, stage);
  write_timeout(emission, stage.timeout, stage.span);
  write_allow_failure(emission, stage);
  write_steps(emission, stage, step_rules);
  writer.close();
}

}  // namespace sluice::github

#include <algorithm>
#include <set>

#include "graph/text.h"
#include "graph/uses.h"
#include "graph/verifier.h"

namespace sluice::graph {
namespace {

bool is_commit(std::string_view commit) {
  auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  return commit.size() == 40 && std::all_of(commit.begin(), commit.end(), is_hex);
}

bool has(const Bindings& bindings, std::string_view name) {
  return std::any_of(bindings.begin(), bindings.end(), [&](const auto& binding) { return binding.first == name; });
}

}  // namespace

void Verifier::check_step_names(const Stage& stage) {
  for (std::size_t i = 0; i < stage.steps.size(); ++i) {
    const std::string& id = stage.steps[i].id;
    if (id.empty()) continue;
    if (!is_id(id)) broken("`{}` cannot be the id of a step", id);
    check_unique(steps_, id, i, "steps");
  }
}

// A phase is one: what is behind its end does not belong to it.
void Verifier::check_phases(const std::vector<Step>& steps) {
  std::set<std::string_view> ended;
  for (std::size_t i = 1; i < steps.size(); ++i) {
    if (steps[i].phase == steps[i - 1].phase) continue;
    if (!steps[i - 1].phase.empty()) ended.insert(steps[i - 1].phase);
    if (ended.contains(steps[i].phase)) broken("the phase `{}` goes on after it has ended", steps[i].phase);
  }
}

void Verifier::check_step(const Step& step) {
  check_given(step.title, "the title");
  check_use(step.condition, "`when`");
  check_bindings(step.env, "variable");
  check_use(step.working_directory, "`working-directory`");
  check_use(step.allow_failure, "`allow-failure`");
  if (step.timeout && *step.timeout <= 0) broken("the timeout is not longer than nothing");
  if (step.grace && *step.grace <= 0) broken("the grace is not longer than nothing");
  if (step.span.begin > step.span.end) broken("it ends before it begins");
  check_retry(step.retry);
  check_recovery(step);
  std::visit([&](const auto& action) { check_action(step, action); }, step.action);
}

void Verifier::check_action(const Step&, const Run& run) { check_script(run); }

void Verifier::check_script(const Run& run) {
  if (!is_shell(run.shell)) broken("`{}` is no shell", run.shell);
  check_use(run.pasted, "a pasted script");
  if (run.pasted && !run.text.empty()) broken("a script is pasted and written as well");
  if (run.text.find("${{") != std::string::npos) broken("an expression `${{{{` is left in the script");
  std::size_t newline = run.text.find('\n');
  bool several_lines = newline != std::string::npos && newline + 1 < run.text.size();
  bool ends_in_newline = newline != std::string::npos && run.text.back() == '\n';
  if (several_lines != ends_in_newline) broken("a script ends in a newline exactly if it has several lines");
}

void Verifier::check_action(const Step&, const Uses& uses) {
  if (uses.action.find('/') == std::string::npos) broken("`{}` is no action", uses.action);
  check_bindings(uses.with, "argument");
  if (is_image(uses) && !has_digest(uses.action)) broken("image `{}` has no digest", uses.action);
  if (is_image(uses) || is_in_workspace(uses)) return;
  if (uses.version.empty()) broken("action `{}` has no version", uses.action);
  if (!is_commit(uses.commit)) broken("action `{}` is pinned to `{}`, not to 40 hex digits", uses.action, uses.commit);
}

void Verifier::check_action(const Step& step, const Native& native) {
  if (step.backend != Backend::local)
    broken("what the local runtime does by itself is a step of the local back end only");
  check_bindings(native.arguments, "argument");
  auto needs = [&](std::string_view operation, std::string_view name) {
    if (!has(native.arguments, name)) broken("{} has no `{}`", operation, name);
  };
  switch (native.operation) {
    case Native::Operation::checkout: return;
    case Native::Operation::upload: return needs("an upload", "name"), needs("an upload", "path");
    case Native::Operation::download: return needs("a download", "name"), needs("a download", "to");
    case Native::Operation::cache: return needs("a cache", "key"), needs("a cache", "path");
  }
}

}  // namespace sluice::graph

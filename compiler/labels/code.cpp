// Where what an outsider wrote would be code.
#include <llvm/ADT/StringExtras.h>
#include <llvm/ADT/StringRef.h>

#include <algorithm>

#include "labels/walk.h"

namespace sluice::labels {

using graph::ExpressionId;
using source::Span;

namespace {

DIAGNOSTIC(UntrustedCode, "an `untrusted string` {}");
DIAGNOSTIC(HarmlessCode, "an `untrusted string` {}");
DIAGNOSTIC(UntrustedVariables, "a step that reads an `untrusted string` writes to `{}`");

}  // namespace

bool Walk::mentions(const graph::Run& run, std::string_view name) const {
  if (!run.pasted) return run.text.find(name) != std::string::npos;
  const graph::Expression& pasted = graph_[run.pasted];
  auto holds = [&](const graph::Expression& part) { return part.text.find(name) != std::string::npos; };
  return holds(pasted) || std::any_of(pasted.operands.begin(), pasted.operands.end(),
                                      [&](ExpressionId part) { return holds(graph_[part]); });
}

void Walk::explain(diagnostics::Builder& told, const Cause& cause) const {
  told.note(cause.span, "{}", cause.text);
  if (privilege_) told.note(privilege_->span, "{}", privilege_->text);
}

void Walk::report_code(const Cause& cause, Span span, std::string_view what) {
  auto told = privilege_ ? sink_.report<UntrustedCode>(span, what) : sink_.report<HarmlessCode>(span, what);
  explain(told, cause);
  if (privilege_)
    told.help("hand it on as data, with `env`; what is known to do no harm is written `trust(…, because \"why\")`");
  else
    told.help("this stage has nothing to lose: no secret, no token that writes, no machine of yours; let it stay so");
}

void Walk::check_code(const graph::Stage& stage) {
  if (const Cause* cause = flow_.of(stage.runs_on_expression).untrusted)
    report_code(*cause, place(graph_[stage.runs_on_expression].span, stage.span), "chooses the runner");
  check_variables(stage.env, stage.span);
  for (const graph::Service& service : stage.services) check_variables(service.env, service.span);
}

void Walk::check_variables(const graph::Bindings& env, Span around) {
  for (const auto& [name, value] : env) {
    if (!is_code_variable(name)) continue;
    if (const Cause* cause = flow_.of(value).untrusted)
      report_code(*cause, place(graph_[value].span, around), "becomes `" + name + "`, which programs take code from");
  }
}

void Walk::check_code(const graph::Step& step) {
  check_variables(step.env, step.span);
  if (const Cause* cause = flow_.of(step.working_directory).untrusted)
    report_code(*cause, place(graph_[step.working_directory].span, step.span),
                "chooses the folder that code is run in");
  if (const auto* uses = std::get_if<graph::Uses>(&step.action)) check_action(step, *uses);
  if (const auto* run = std::get_if<graph::Run>(&step.action)) check_script(step, *run);
  if (step.probe) check_script(step, *step.probe);
}

void Walk::check_action(const graph::Step& step, const graph::Uses& uses) {
  for (const auto& [name, value] : uses.with) {
    // Its JavaScript may run what it has read from a variable.
    if (uses.action == "actions/github-script" && name == "script" &&
        graph_[value].kind == graph::Expression::Kind::string)
      check_rereads(step, {.shell = "node {0}", .text = graph_[value].text}, graph_[value].span);
    Labels labels = flow_.of(value);
    Span span = place(graph_[value].span, step.span);
    const Cause* code = labels.untrusted ? labels.untrusted : labels.code;
    if (code && is_ref_input(uses.action, name)) report_code(*code, span, "chooses the code to check out");
    bool runs = is_code_input(uses.action, name) || code_inputs_.contains({uses.action, llvm::StringRef(name).upper()});
    if (labels.untrusted && runs) report_code(*labels.untrusted, span, "is run as code by `" + uses.action + "`");
    if (labels.untrusted && is_label_input(uses.action, name))
      report_code(*labels.untrusted, span, "chooses a label, which other workflows ask for");
  }
}

// A number is enough to name an outsider's code. The author's `trust` may stand at it.
void Walk::check_fetched(const graph::Step& step, const graph::Run& run) {
  llvm::StringRef text = run.text;
  bool fetched = text.contains("gh pr checkout");
  for (std::size_t at = text.find("pull/"); at != llvm::StringRef::npos && text.contains("git ");
       at = text.find("pull/", at + 1)) {
    llvm::StringRef ref = text.substr(at).take_while([](char c) { return !llvm::isSpace(c) && c != ':'; });
    fetched = fetched || ref.contains("/head") || ref.contains("/merge");
  }
  bool trusted = std::any_of(step.env.begin(), step.env.end(),
                             [&](const auto& binding) { return graph_[binding.second].released.untrusted; });
  if (!fetched || trusted || !open_) return;
  report_code({step.span, "whoever opens the pull request pushed what is fetched here"}, step.span,
              "chooses the code to check out");
}

// A line end in the value would set any variable, and with it run any code, in the steps behind.
void Walk::check_script(const graph::Step& step, const graph::Run& run) {
  if (!run.pasted) check_rereads(step, run, step.span), check_fetched(step, run);
  if (const Cause* pasted = flow_.of(run.pasted).untrusted)
    report_code(*pasted, place(graph_[run.pasted].span, step.span), "is pasted into a script");
  const Cause* cause = flow_.untrusted_input();
  if (!cause) return;
  for (std::string_view file : {"GITHUB_ENV", "GITHUB_PATH", "ACTIONS_ALLOW_UNSECURE_COMMANDS"}) {
    // With the last one the log is obeyed as well.
    if (!mentions(run, file) && (!file.starts_with("ACTIONS") || !flow_.variables().contains(file))) continue;
    if (!privilege_) {
      report_code(*cause, step.span, "is read by a step that writes to `" + std::string(file) + "`");
      continue;
    }
    auto told = sink_.report<UntrustedVariables>(step.span, file);
    explain(told, *cause);
    told.help("give it on as an `output` of the step, or read it with `trust(…, because \"why\")`");
  }
}

}  // namespace sluice::labels

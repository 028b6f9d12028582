// Rollbacks at the end of the stage that armed them.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "backends/github/conditions.h"
#include "backends/github/delivery_parts.h"
#include "backends/github/delivery_scripts.h"

namespace sluice::github {

using graph::ExpressionId;
using graph::StageIndex;

namespace {

/// A cancelled run has five minutes for all that still runs in it.
constexpr graph::Seconds longest_after_cancel = 4 * 60;

/// In a job that goes on they are certain to mean the rollback's own steps; among the steps that failed they do not.
bool can_stand_in_job(const graph::Graph& graph, const graph::Stage& stage) {
  if (stage.matrix) return false;
  for (const graph::Rollback& rollback : stage.rollbacks)
    for (const graph::Step& step : rollback.steps)
      if (step.condition && asks_status(graph, step.condition)) return false;
  return true;
}

std::set<std::string> own_ids(const graph::Rollback& rollback) {
  std::set<std::string> ids;
  for (const graph::Step& step : rollback.steps)
    if (!step.id.empty()) ids.insert(step.id);
  return ids;
}

std::string dotted(const graph::Reference& reference) {
  std::string text;
  for (std::string_view part : reference.path) (text += text.empty() ? "" : ".") += part;
  return text;
}

}  // namespace

void Delivery::arm(StageIndex index, graph::Stage& stage) {
  Armed& armed = armed_[index];
  const graph::Stage& origin = source_.stages[index];
  mark(stage, armed);
  for (const graph::Rollback& rollback : origin.rollbacks) add_values(stage, origin, rollback, armed);
  tell_losses(origin, armed);
  if (stage.environment) stage.environment->deployment = true;
  std::string id, undone;
  if (can_stand_in_job(out_, origin)) {
    ExpressionId base = make_.either(make_.call("failure"), make_.call("cancelled"));
    graph::Step decision = decision_step(stage, origin, armed, {});
    decision.condition = base;
    id = decision.id;
    stage.steps.push_back(std::move(decision));
    undone = append_undoing(stage, origin, id, base, nullptr);
  }
  add_outputs(stage, origin, armed, id, undone);
}

// What arms and what commits becomes a step whose outcome can be asked for.
void Delivery::mark(graph::Stage& stage, Armed& armed) {
  armed.arms.resize(stage.rollbacks.size());
  armed.commits.resize(stage.rollbacks.size());
  for (graph::Step& step : stage.steps) {
    const graph::Arm* arm = std::get_if<graph::Arm>(&step.action);
    bool commits = std::holds_alternative<graph::Commit>(step.action);
    if (!arm && !commits) continue;
    step.id = fresh_step_id(stage.steps, arm ? "arm" : "commit");
    // What is armed behind a commit stays so.
    for (std::size_t i = 0; commits && i < armed.arms.size(); ++i)
      if (!armed.arms[i].empty()) armed.commits[i].push_back(step.id);
    if (arm) armed.arms[arm->rollback] = step.id;
    step.action = graph::Run{"bash", arm ? "echo armed" : "echo committed"};
  }
}

// What a rollback reads of the steps above it is an output, so that the job behind the stage knows it.
void Delivery::add_values(graph::Stage& stage, const graph::Stage& origin, const graph::Rollback& rollback,
                          Armed& armed) {
  std::set<std::string> own = own_ids(rollback);
  auto keep = [&](ExpressionId id, const graph::Reference& reference) -> std::optional<ExpressionId> {
    if (reference.root != "steps" || reference.path.size() < 2) return std::nullopt;
    if (own.contains(std::string(reference.path[0]))) return std::nullopt;
    if (reference.path[1] == "outputs" && reference.path.size() != 3) return std::nullopt;
    std::string output = "undo";
    for (std::string_view part : reference.path)
      if (part != "outputs") (output += '-') += part;
    output = own_output(origin, output);
    if (!armed.values.emplace(dotted(reference), output).second) return std::nullopt;
    stage.outputs.emplace_back(output, id);
    if (out_[id].declared.secret)
      report(ProblemKind::rollback_kept_roughly, rollback.span,
             fmt::format("the job that rolls `{}` back behind it cannot be given `{}`, which is secret", stage.id,
                         dotted(reference)));
    return std::nullopt;
  };
  for (graph::Step step : rollback.steps) make_.replace(step, keep);
}

// It was armed, and not committed since.
ExpressionId Delivery::is_ready(const Armed& armed, std::size_t rollback) {
  ExpressionId ready = make_.same(make_.path({"steps", armed.arms[rollback], "outcome"}), "success");
  for (const std::string& commit : armed.commits[rollback])
    ready = make_.both(ready, make_.differs(make_.path({"steps", commit, "outcome"}), "success"));
  return ready;
}

// Whether its rollback is due when something behind the stage fails; nothing at all where the runner was lost.
void Delivery::add_outputs(graph::Stage& stage, const graph::Stage& origin, const Armed& armed,
                           const std::string& decision, const std::string& undone) {
  auto add = [&](const std::string& name, ExpressionId value) {
    stage.outputs.emplace_back(own_output(origin, name), value);
  };
  for (std::size_t i = 0; i < armed.arms.size(); ++i) {
    ExpressionId due = is_ready(armed, i);
    if (!undone.empty()) due = make_.both(due, make_.differs(make_.path({"steps", undone, "outcome"}), "success"));
    add(fmt::format("rollback-{}", i + 1), due);
  }
  if (!undone.empty()) add("rolled-back", rolled_back(armed.arms.size(), decision, undone));
  add("attempt", make_.path({"github", "run_attempt"}));
  if (stage.allow_failure) add("failed", make_.differs(make_.path({"job", "status"}), "success"));
}

// Something was due, and all of it went well.
ExpressionId Delivery::rolled_back(std::size_t rollbacks, std::string_view decision, std::string_view undone) {
  ExpressionId due;
  for (std::size_t number = 1; number <= rollbacks; ++number)
    due = make_.either(due,
                       make_.same(make_.path({"steps", decision, "outputs", fmt::format("undo-{}", number)}), "true"));
  return make_.both(make_.same(make_.path({"steps", undone, "outcome"}), "success"), due);
}

// Says what of it is due: in the stage itself, or in a job behind that.
graph::Step Delivery::decision_step(graph::Stage& job, const graph::Stage& origin, const Armed& armed,
                                    std::string_view behind) {
  bool here = behind.empty();
  RollbackScript options;
  options.rollbacks = armed.arms.size();
  options.ready = here ? "== true" : "!= false";
  options.asks = origin.environment.has_value();
  options.reads = !here && !armed.values.empty();
  graph::Step step = script_step(make_, "Decide what is rolled back", rollback_script(options), origin.span);
  step.id = fresh_step_id(job.steps, "rollback");
  auto output = [&](std::size_t i) { return own_output(origin, fmt::format("rollback-{}", i + 1)); };
  for (std::size_t i = 0; i < armed.arms.size(); ++i)
    step.env.emplace_back(fmt::format("READY_{}", i + 1),
                          here ? is_ready(armed, i) : make_.path({"needs", behind, "outputs", output(i)}));
  if (options.reads) step.env.emplace_back("LOST", make_.same(make_.path({"needs", behind, "outputs", output(0)}), ""));
  if (!options.asks) return step;
  step.env.emplace_back("ENVIRONMENT", origin.environment->name);
  step.env.emplace_back("GH_TOKEN", make_.path({"github", "token"}));
  permit(job, "deployments", "whether another run has deployed there since is read");
  return step;
}

namespace {

/// The steps of one rollback under the names that they have in a job.
struct Copies {
  std::map<std::string, std::string> renamed;
  std::vector<graph::Step> steps;
};

Copies copies_of(const graph::Rollback& rollback, std::size_t number, const std::vector<graph::Step>& taken) {
  Copies copies{{}, rollback.steps};
  std::vector<graph::Step> known = taken;
  std::erase_if(copies.steps, [](const graph::Step& step) { return step.backend == graph::Backend::local; });
  for (std::size_t i = 0; i < copies.steps.size(); ++i) {
    graph::Step& step = copies.steps[i];
    std::string old = step.id;
    step.id = fresh_step_id(known, old.empty() ? fmt::format("undo-{}-{}", number, i + 1) : old);
    if (!old.empty()) copies.renamed.emplace(old, step.id);
    known.push_back(step);
    if (!rollback.within) continue;
    graph::Seconds within = whole_minutes(*rollback.within);
    step.timeout = std::min(step.timeout.value_or(within), within);
  }
  return copies;
}

}  // namespace

// Each rollback, the last armed first, in an empty workspace; a step that fails ends its own rollback alone. Gives the
// id of the step that runs when nothing is left to undo.
std::string Delivery::append_undoing(graph::Stage& job, const graph::Stage& origin, const std::string& decision,
                                     ExpressionId base, const Armed* behind) {
  ExpressionId all = make_.both(base, make_.same(make_.path({"steps", decision, "outcome"}), "success"));
  for (std::size_t number = origin.rollbacks.size(); number > 0; --number) {
    const graph::Rollback& rollback = origin.rollbacks[number - 1];
    ExpressionId wanted = make_.path({"steps", decision, "outputs", fmt::format("undo-{}", number)});
    wanted = make_.both(base, make_.same(wanted, "true"));
    ExpressionId due = wanted;
    graph::Step clear = script_step(make_, "Clear the workspace", std::string(clear_script), rollback.span);
    clear.condition = due;
    job.steps.push_back(std::move(clear));
    Copies copies = copies_of(rollback, number, job.steps);
    for (graph::Step& step : copies.steps) {
      rename(step, copies.renamed, origin, behind);
      bool asks = step.condition && asks_status(out_, step.condition);
      step.condition = make_.both(asks ? wanted : due, step.condition);
      ExpressionId fine = make_.differs(make_.path({"steps", step.id, "conclusion"}), "failure");
      due = make_.both(due, fine);
      all = make_.both(all, fine);
      job.steps.push_back(std::move(step));
    }
  }
  graph::Step undone =
      script_step(make_, "Say that nothing is left to undo", "echo nothing is left to undo", origin.span);
  undone.id = fresh_step_id(job.steps, "undone");
  undone.condition = all;
  job.steps.push_back(undone);
  return undone.id;
}

// What it reads of steps: its own under their new names, others as the stage's outputs where it stands behind that.
void Delivery::rename(graph::Step& step, const std::map<std::string, std::string>& renamed, const graph::Stage& origin,
                      const Armed* behind) {
  make_.replace(step, [&](ExpressionId id, const graph::Reference& reference) -> std::optional<ExpressionId> {
    if (reference.root != "steps" || reference.path.size() < 2) return std::nullopt;
    ExpressionId other;
    auto own = renamed.find(std::string(reference.path[0]));
    if (own != renamed.end()) {
      if (own->first == own->second) return std::nullopt;
      llvm::SmallVector<std::string_view, 4> path = {"steps", own->second};
      path.append(reference.path.begin() + 1, reference.path.end());
      other = make_.path(path);
    } else {
      if (!behind) return std::nullopt;
      auto value = behind->values.find(dotted(reference));
      if (value == behind->values.end()) return std::nullopt;
      other = make_.path({"needs", origin.id, "outputs", value->second});
    }
    out_.expressions[other.index].type = graph::Expression(out_[id]).type;
    return other;
  });
}

void Delivery::tell_losses(const graph::Stage& stage, const Armed& armed) {
  graph::Seconds passes = 0;
  const graph::Rollback* endless = nullptr;
  for (const graph::Rollback& rollback : stage.rollbacks) {
    passes += rollback.within.value_or(0);
    if (!rollback.within || passes > longest_after_cancel) endless = endless ? endless : &rollback;
  }
  if (endless)
    report(ProblemKind::rollback_cut_short, endless->span,
           fmt::format("GitHub ends a cancelled run after five minutes, and the rollback of `{}` with it", stage.id));
  auto lost = [&](source::Span span, std::string text) {
    report(ProblemKind::rollback_kept_roughly, span, std::move(text));
  };
  for (const graph::Step& step : stage.steps)
    if (std::holds_alternative<graph::Commit>(step.action))
      lost(step.span, fmt::format("where the runner of `{}` is lost, GitHub forgets that it was committed", stage.id));
  const graph::Rollback& first = stage.rollbacks.front();
  if (stage.matrix && armed.values.empty())
    lost(first.span, fmt::format("every leg of `{}` is rolled back on GitHub, also one that had not begun", stage.id));
  else if (stage.matrix)
    report(ProblemKind::not_emitted_yet, first.span,
           fmt::format("the rollback of `{}`, which reads what a leg of its matrix has found out, is not emitted; run "
                       "it here with `sluice run`",
                       stage.id));
  else if (!armed.values.empty())
    lost(first.span, fmt::format("where the runner of `{}` is lost, so is `{}`, and nothing is rolled back", stage.id,
                                 armed.values.begin()->first));
}

}  // namespace sluice::github

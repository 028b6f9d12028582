#include "simulate/subject.h"

#include <fmt/format.h>

#include <algorithm>

#include "diagnostics/nearest.h"
#include "graph/text.h"

namespace sluice::simulate {
namespace {

DIAGNOSTIC(NotInPipeline, "{}");

using ast::Expression;
using Kind = Subject::Kind;

/// A name of a path, perhaps with an index: `shift[50%]`.
struct Part {
  std::string name;
  std::optional<std::string> index;
  source::Span span;
};

std::string index_text(const Expression& index) {
  if (index.kind != Expression::Kind::string) return index.text.str();
  std::string text;
  for (const ast::StringPart& part : index.parts) text += part.text.str();
  return text;
}

bool read_path(const Expression& expression, std::vector<Part>& parts) {
  switch (expression.kind) {
    case Expression::Kind::name: parts.push_back({expression.text.str(), {}, expression.span}); return true;
    case Expression::Kind::member:
      if (!read_path(*expression.operands[0], parts)) return false;
      parts.push_back({expression.text.str(), {}, expression.span});
      return true;
    case Expression::Kind::index:
      if (!read_path(*expression.operands[0], parts) || parts.back().index) return false;
      parts.back().index = index_text(*expression.operands[1]);
      parts.back().span = expression.span;
      return true;
    default: return false;
  }
}

/// The ids that a part may have become: `shift[50%]` is `shift-50_` or `shift-50`.
std::vector<std::string> ids_of(const Part& part) {
  if (!part.index) return {part.name};
  std::string slug;
  for (char letter : *part.index) {
    bool plain = std::isalnum(static_cast<unsigned char>(letter)) || letter == '-' || letter == '_';
    slug += plain ? letter : '_';
  }
  std::vector<std::string> ids = {part.name + "-" + slug};
  if (part.index->ends_with('%')) ids.push_back(part.name + "-" + slug.substr(0, slug.size() - 1));
  return ids;
}

bool is_one_of(const std::vector<std::string>& ids, const std::string& id) {
  return std::ranges::find(ids, id) != ids.end();
}

class Finder {
 public:
  Finder(const Model& model, diagnostics::Sink& sink) : model_(model), sink_(sink) {}

  std::optional<Subject> find(const Expression& expression) {
    std::vector<Part> parts;
    if (!read_path(expression, parts)) return refuse(expression.span, "this is no name of the pipeline's", {});
    const auto& stages = model_.graph.stages;
    auto ids = ids_of(parts[0]);
    auto stage = std::ranges::find_if(stages, [&](const graph::Stage& one) { return is_one_of(ids, one.id); });
    if (stage == stages.end() && parts[0].index)
      stage = std::ranges::find(stages, parts[0].name, &graph::Stage::id);  // `lint["make lint"]`: a step by its title
    if (stage == stages.end()) return find_other(parts);
    Subject subject{Kind::stage, static_cast<std::size_t>(stage - stages.begin()), {}};
    bool by_title = parts[0].index && stage->id == parts[0].name;
    if (by_title) return find_step(subject, parts[0], true);
    if (parts.size() == 1 || parts[1].name == "result") return subject;
    if (parts[1].name == "rollback") return find_rollback(subject, parts[1]);
    return find_step(subject, parts[1], false);
  }

 private:
  std::optional<Subject> refuse(source::Span span, const std::string& what, std::vector<std::string> known) {
    auto told = sink_.report<NotInPipeline>(span, what);
    if (known.empty()) {
      told.help("name a stage, a step of one, an environment or `result`");
      return std::nullopt;
    }
    llvm::SmallVector<llvm::StringRef, 8> names(known.begin(), known.end());
    told.help("there {} {}", names.size() == 1 ? "is" : "are", diagnostics::list_of(names));
    return std::nullopt;
  }

  std::optional<Subject> find_other(const std::vector<Part>& parts) {
    const auto& environments = model_.graph.environments;
    auto found = std::ranges::find(environments, parts[0].name, &graph::DeclaredEnvironment::name);
    if (found != environments.end() && parts.size() == 1)
      return Subject{Kind::environment, static_cast<std::size_t>(found - environments.begin()), {}};
    if (parts.size() == 1 && parts[0].name == "result") return Subject{Kind::result, 0, {}};
    if (parts.size() == 1 && parts[0].name == "duration") return Subject{Kind::duration, 0, {}};
    std::vector<std::string> known;
    for (const graph::Stage& stage : model_.graph.stages) known.push_back(stage.id);
    for (const graph::DeclaredEnvironment& one : environments) known.push_back(one.name);
    return refuse(parts[0].span, fmt::format("`{}` has no `{}`", model_.graph.pipeline, parts[0].name),
                  std::move(known));
  }

  std::optional<Subject> find_rollback(Subject subject, const Part& part) {
    subject.kind = Kind::rollback;
    const graph::Stage& stage = model_.graph.stages[subject.index];
    if (!stage.rollbacks.empty()) return subject;
    sink_.report<NotInPipeline>(part.span, fmt::format("`{}` has no rollback", stage.id))
        .help("write `rollback {{ … }}` in that stage, or name another one");
    return std::nullopt;
  }

  std::optional<Subject> find_step(Subject subject, const Part& part, bool by_title) {
    subject.kind = Kind::step;
    std::vector<std::string> known, ids = ids_of(part);
    std::string phase = part.index ? fmt::format("{}[{}]", part.name, *part.index) : part.name;
    for (std::size_t i = 0; i < model_.steps[subject.index].size(); ++i) {
      const graph::Step& step = model_.step(subject.index, i);
      std::string title = graph::describe_text(model_.graph, step.title);
      bool meant = by_title ? title == *part.index : is_one_of(ids, step.id) || step.phase == phase;
      if (meant) subject.steps.push_back(i);
      if (by_title || !step.id.empty()) known.push_back(by_title ? title : step.id);
      if (!by_title && !step.phase.empty() && (known.empty() || known.back() != step.phase))
        known.push_back(step.phase);
    }
    if (!subject.steps.empty()) return subject;
    const std::string& stage = model_.graph.stages[subject.index].id;
    std::string name =
        by_title ? fmt::format("no step with the title `{}`", *part.index) : fmt::format("no step `{}`", part.name);
    auto told = sink_.report<NotInPipeline>(part.span, fmt::format("stage `{}` has {}", stage, name));
    llvm::SmallVector<llvm::StringRef, 8> names(known.begin(), known.end());
    if (names.empty())
      told.help("a step without a name is told by its title: `{}[\"title\"]`", stage);
    else
      told.help("it has {}", diagnostics::list_of(names));
    return std::nullopt;
  }

  const Model& model_;
  diagnostics::Sink& sink_;
};

std::string step_end(const Subject& subject, const Outcome& outcome) {
  std::string end = "skipped";
  for (const StepRan& ran : outcome.steps) {
    const Place& place = ran.place;
    bool own = place.stage == subject.index && !place.rollback &&
               std::ranges::find(subject.steps, *place.step) != subject.steps.end();
    if (!own) continue;
    if (end == "skipped" || ran.outcome != Result::success) end = runtime::to_text(ran.outcome);
    if (ran.outcome == Result::failure) break;
  }
  return end;
}

/// The worst of all of a stage's.
std::string rollback_end(const Subject& subject, const Outcome& outcome) {
  using State = RollbackRan::State;
  for (State state : {State::failed, State::superseded, State::done, State::committed, State::armed}) {
    bool any = std::ranges::any_of(
        outcome.rollbacks, [&](const RollbackRan& one) { return one.stage == subject.index && one.state == state; });
    if (any) return std::string(to_text(state));
  }
  return "none";
}

}  // namespace

std::optional<Subject> find_subject(const Model& model, const Expression& expression, diagnostics::Sink& sink) {
  return Finder(model, sink).find(expression);
}

std::vector<std::string_view> words_for(const Subject& subject) {
  switch (subject.kind) {
    case Kind::result: return {"succeeded", "failed", "cancelled", "rolled-back", "rollback-failed", "waiting"};
    case Kind::duration: return {};
    case Kind::stage: return {"ran", "success", "failure", "cancelled", "skipped", "blocked"};
    case Kind::step: return {"ran", "success", "failure", "cancelled", "skipped"};
    case Kind::rollback: return {"ran", "done", "failed", "superseded", "committed", "armed", "none"};
    case Kind::environment: return {"untouched", "old", "new", "mixed", "unknown", "newer"};
  }
  return {};
}

std::string end_of(const Subject& subject, const Outcome& outcome) {
  switch (subject.kind) {
    case Kind::result: return std::string(word_of(outcome.result));
    case Kind::duration: return graph::describe_seconds(outcome.seconds);
    case Kind::stage: return std::string(runtime::to_text(outcome.stages[subject.index].result));
    case Kind::step: return step_end(subject, outcome);
    case Kind::rollback: return rollback_end(subject, outcome);
    case Kind::environment: return std::string(to_text(outcome.environments[subject.index].state));
  }
  return "";
}

bool has_run(const Subject& subject, const Outcome& outcome) {
  switch (subject.kind) {
    case Kind::stage: return outcome.stages[subject.index].started;
    case Kind::rollback: {
      std::string end = end_of(subject, outcome);
      return end == "done" || end == "failed";
    }
    default: return end_of(subject, outcome) != "skipped";
  }
}

std::string text_of(const Expression& expression) {
  switch (expression.kind) {
    case Expression::Kind::member: return text_of(*expression.operands[0]) + "." + expression.text.str();
    case Expression::Kind::index:
      return fmt::format("{}[{}]", text_of(*expression.operands[0]), index_text(*expression.operands[1]));
    default: return expression.text.str();
  }
}

}  // namespace sluice::simulate

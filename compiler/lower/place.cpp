// The one rule for every place where a value may stand: it must be known when it is needed.
#include "lower/place.h"

#include "graph/reference.h"
#include "lower/evaluator.h"

namespace sluice::lower {

using Kind = graph::Expression::Kind;
using types::Time;

namespace {

DIAGNOSTIC(NotStatic, "`{}` is known only {}, but {} is needed {}");
DIAGNOSTIC(FunctionNotHere, "{} cannot hold `{}()`");

const PlaceInfo places[] = {
#define PLACE(id, name, latest, functions, key, advice) {name, Time::latest, Functions::functions, advice},
#include "lower/places.def"
};

std::string_view describe(Time time) {
  switch (time) {
    case Time::unfolding: return "when the file is compiled";
    case Time::run: return "when the run starts";
    case Time::stage: return "when the stages before have ended";
    case Time::leg: return "when a leg of the matrix starts";
    case Time::step: return "when a step starts";
  }
  return "";
}

Time time_of_context(llvm::StringRef name) {
  if (name == "github" || name == "inputs" || name == "vars" || name == "secrets") return Time::run;
  if (name == "needs") return Time::stage;
  if (name == "matrix" || name == "strategy") return Time::leg;
  return Time::step;
}

bool known_late(llvm::StringRef member) {
  return member == "token" || member == "job" || member == "workspace" || member.startswith("action");
}

bool is_status(llvm::StringRef function) {
  return function == "success" || function == "failure" || function == "always" || function == "cancelled";
}

bool is_path(Kind kind) { return kind == Kind::member || kind == Kind::index || kind == Kind::filter; }

// What can be done about a late value: what its place says, else what fits its root.
std::string advice_for(const std::optional<graph::Reference>& path, llvm::StringRef text, Place place) {
  std::string advice = info(place).advice.str();
  std::string_view root = path ? path->root : "";
  std::string_view name = path && !path->path.empty() ? path->path.back() : "";
  if (root == "steps" && info(place).latest > Time::unfolding)
    return fmt::format("{}`output {} = {}` in this stage gives it to the stages behind",
                       advice.empty() ? "" : advice + "; ", name, std::string_view(text));
  if (root == "env" && info(place).latest > Time::unfolding)
    return fmt::format("no `env` around it says what `{}` is: define it there, or read it in a step", name);
  if (!advice.empty()) return advice;
  if (root == "matrix" || root == "strategy")
    return place == Place::stage_condition
               ? "put the `when` on the steps, or leave legs out with `exclude` in the matrix"
               : "a leg's values are there for its own title, `runs-on` and steps";
  if (root == "runner" || root == "job" || root == "github")
    return "read it in a step; if it is needed here, let a stage before give it as an `output`";
  return "work it out in a step of a stage before, and give it as an `output`";
}

}  // namespace

const PlaceInfo& info(Place place) { return places[static_cast<std::size_t>(place)]; }

// Operands stand before their expression, so one pass forwards knows all: shared parts are looked at once.
Evaluator::Known Evaluator::known(ExpressionId id) {
  for (std::size_t at = known_.size(); at <= id.index; ++at) {
    const graph::Expression& expression = graph_.expressions[at];
    Known facts;
    for (ExpressionId operand : expression.operands) {
      facts.time = std::max(facts.time, known_[operand.index].time);
      facts.status = facts.status || known_[operand.index].status;
      facts.files = facts.files || known_[operand.index].files;
    }
    if (expression.kind == Kind::context) facts.time = time_of_context(expression.text);
    if (expression.kind == Kind::call && is_status(expression.text)) facts.status = true;
    if (expression.kind == Kind::call && expression.text == "hashFiles") facts.files = true;
    if (facts.files) facts.time = Time::step;
    if (expression.kind == Kind::member && known_late(expression.text)) {
      const graph::Expression& base = graph_[expression.operands[0]];
      if (base.kind == Kind::context && base.text == "github") facts.time = Time::step;
    }
    known_.push_back(facts);
  }
  return known_[id.index];
}

// The part of an expression that is known last: a path from a context, or a call.
ExpressionId Evaluator::latest_part(ExpressionId id) {
  while (true) {
    ExpressionId root = id;
    while (is_path(graph_[root].kind)) root = graph_[root].operands[0];
    const graph::Expression& expression = graph_[id];
    bool whole = graph_[root].kind == Kind::context && known(root).time <= known(id).time && is_path(expression.kind);
    if (whole || expression.operands.empty() || known(id).time == Time::unfolding) return id;
    if (expression.kind == Kind::call && expression.text == "hashFiles") return id;
    id = *std::find_if(expression.operands.begin(), expression.operands.end(),
                       [&](ExpressionId operand) { return known(operand).time == known(id).time; });
  }
}

// As the author wrote it, if it was written here; else by its path: `made.version`.
std::string Evaluator::spelling_of(ExpressionId part, Span span) const {
  Span own = graph_[part].span;
  if (own.known() && own.begin >= span.begin && own.end <= span.end) return std::string(sources_.text(own));
  auto path = graph::reference(graph_, part, graph::Backend::github);
  if (!path) return llvm::StringRef(sources_.text(own.known() ? own : span)).split('\n').first.str();
  auto value = path->root == "steps" ? value_names_.find(path->path.front()) : value_names_.end();
  if (value != value_names_.end()) return value->second;
  std::string text(path->root == "steps" || path->root == "needs" ? "" : path->root);
  for (std::string_view name : path->path)
    if (name != "outputs" || path->root == "github") text += (text.empty() ? "" : ".") + std::string(name);
  return text;
}

void Evaluator::report_late(ExpressionId id, Place place, Span span) {
  ExpressionId part = latest_part(id);
  Span own = graph_[part].span;
  bool here = own.known() && own.begin >= span.begin && own.end <= span.end;
  auto path = graph::reference(graph_, part, graph::Backend::github);
  std::string text = spelling_of(part, span);
  const PlaceInfo& needed = info(place);
  auto told = sink_.report<NotStatic>(here ? own : span, text, describe(std::max(known(part).time, Time::run)),
                                      std::string_view(needed.name), describe(needed.latest));
  if (!here && own.known()) told.note(own, "it comes from here");
  told.help("{}", advice_for(path, text, place));
}

// The expression with what an `env` around it says in place of `env.NAME`, for places where GitHub has no variables.
ExpressionId Evaluator::without_variables(ExpressionId id) {
  if (known(id).time < Time::step) return id;
  auto path = graph::reference(graph_, id, graph::Backend::github);
  if (path && path->root == "env" && path->path.size() == 1) {
    const Bindings none;
    for (const Bindings* env : {current_ ? &current_->stage.env : &none, static_cast<const Bindings*>(&graph_.env)})
      for (const auto& [name, value] : *env)
        if (name == path->path[0] && value) return value;
    return id;
  }
  std::vector<ExpressionId> operands = graph_[id].operands;
  for (ExpressionId& operand : operands) operand = without_variables(operand);
  if (operands == graph_[id].operands) return id;
  graph::Expression copy = graph_[id];
  copy.operands = std::move(operands);
  return graph_.add(std::move(copy));
}

ExpressionId Evaluator::put(Place place, ExpressionId id, Span span) {
  if (!id) return id;
  const PlaceInfo& needed = info(place);
  if (known(id).time > needed.latest) id = without_variables(id);
  auto has = [&](Functions functions) {
    return (static_cast<unsigned>(needed.functions) & static_cast<unsigned>(functions)) != 0;
  };
  if (known(id).time > needed.latest)
    report_late(id, place, span);
  else if ((known(id).status && !has(Functions::status)) || (known(id).files && !has(Functions::files)))
    report_function(id, place, span);
  else
    return id;
  // What was told is not told again where this value is used.
  return make(Kind::null, "", {}, span);
}

void Evaluator::report_function(ExpressionId id, Place place, Span span) {
  const PlaceInfo& needed = info(place);
  bool status = known(id).status && (static_cast<unsigned>(needed.functions) & 1U) == 0;
  while (!(graph_[id].kind == Kind::call && (status ? is_status(graph_[id].text) : graph_[id].text == "hashFiles"))) {
    const auto& operands = graph_[id].operands;
    id = *std::find_if(operands.begin(), operands.end(),
                       [&](ExpressionId operand) { return status ? known(operand).status : known(operand).files; });
  }
  Span own = graph_[id].span;
  bool here = own.known() && own.begin >= span.begin && own.end <= span.end;
  auto told = sink_.report<FunctionNotHere>(here ? own : span, std::string_view(needed.name), graph_[id].text);
  if (!here && own.known()) told.note(own, "it comes from here");
  if (place == Place::kept_condition)
    told.help("{}", std::string_view(needed.advice));
  else if (status)
    told.help("how the steps before ended is asked in a `when`");
  else
    told.help("it reads files, as only a step can: give it to a step with `env`, and its result as an `output`");
}

ExpressionId Evaluator::put(Place place, const Expression& expression) {
  return put(place, expression_of(expression), expression.span);
}

void Evaluator::needs_constant(Place place, const Value& value, Span span) {
  if (value.kind == Value::Kind::poison || value.kind == Value::Kind::artifact || value.constant()) return;
  if (value.kind == Value::Kind::dynamic) return report_late(value.expression, place, span);
  if (value.kind == Value::Kind::stage || value.kind == Value::Kind::step) {
    Time time = value.kind == Value::Kind::stage ? Time::stage : Time::step;
    const PlaceInfo& needed = info(place);
    sink_
        .report<NotStatic>(span, std::string(sources_.text(span)), describe(time), std::string_view(needed.name),
                           describe(needed.latest))
        .help("{}", std::string_view(needed.advice));
    return;
  }
  for (const Value& item : value.items)
    if (!item.constant() && item.kind != Value::Kind::poison) return needs_constant(place, item, span);
}

}  // namespace sluice::lower

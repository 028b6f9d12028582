#include "backends/github/maker.h"

namespace sluice::github {

using graph::ExpressionId;
using Kind = graph::Expression::Kind;

ExpressionId Maker::make(Kind kind, std::string text, std::vector<ExpressionId> operands) {
  graph::Expression expression;
  expression.kind = kind;
  expression.text = std::move(text);
  expression.operands = std::move(operands);
  return graph_.add(std::move(expression));
}

ExpressionId Maker::text(std::string value, source::Span span) {
  ExpressionId id = make(Kind::string, std::move(value), {});
  graph_.expressions[id.index].type = graph::Expression::Type::string;
  graph_.expressions[id.index].span = span;
  return id;
}

ExpressionId Maker::boolean(bool value) {
  ExpressionId id = make(Kind::boolean, value ? "true" : "false", {});
  graph_.expressions[id.index].type = graph::Expression::Type::boolean;
  return id;
}

ExpressionId Maker::path(llvm::ArrayRef<std::string_view> names) {
  ExpressionId id;
  for (std::string_view name : names)
    id = id ? make(Kind::member, std::string(name), {id}) : make(Kind::context, std::string(name), {});
  graph_.expressions[id.index].type = graph::Expression::Type::string;
  return id;
}

ExpressionId Maker::call(std::string_view name, std::vector<ExpressionId> arguments) {
  return make(Kind::call, std::string(name), std::move(arguments));
}

ExpressionId Maker::same(ExpressionId left, std::string_view right) {
  return make(Kind::equal, {}, {left, text(std::string(right))});
}

ExpressionId Maker::differs(ExpressionId left, std::string_view right) {
  return make(Kind::unequal, {}, {left, text(std::string(right))});
}

ExpressionId Maker::both(ExpressionId left, ExpressionId right) {
  if (!left || !right) return left ? left : right;
  return make(Kind::both, {}, {left, right});
}

ExpressionId Maker::either(ExpressionId left, ExpressionId right) {
  if (!left || !right) return left ? left : right;
  return make(Kind::either, {}, {left, right});
}

ExpressionId Maker::is_bad(std::string_view job) {
  ExpressionId bad = call("fromJSON", {text(R"(["failure","cancelled"])")});
  return call("contains", {bad, path({"needs", job, "result"})});
}

ExpressionId Maker::replaced(ExpressionId id, const Replacement& replacement) {
  if (!id) return id;
  if (auto reference = graph::reference(graph_, id, graph::Backend::github))
    if (auto other = replacement(id, *reference)) return *other;
  graph::Expression copy = graph_[id];
  bool changed = false;
  for (ExpressionId& operand : copy.operands) {
    ExpressionId other = replaced(operand, replacement);
    changed = changed || other != operand;
    operand = other;
  }
  return changed ? graph_.add(std::move(copy)) : id;
}

void Maker::replace(graph::Step& step, const Replacement& replacement) {
  for (ExpressionId* id : {&step.title, &step.condition, &step.working_directory, &step.allow_failure})
    *id = replaced(*id, replacement);
  for (auto& [name, value] : step.env) value = replaced(value, replacement);
  if (auto* uses = std::get_if<graph::Uses>(&step.action))
    for (auto& [name, value] : uses->with) value = replaced(value, replacement);
  if (auto* run = std::get_if<graph::Run>(&step.action)) run->pasted = replaced(run->pasted, replacement);
}

graph::Step script_step(Maker& make, std::string title, std::string script, source::Span span) {
  graph::Step step;
  step.title = make.text(std::move(title), span);
  step.action = graph::Run{"bash", std::move(script)};
  step.span = span;
  return step;
}

}  // namespace sluice::github

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "backends/github/emission.h"

namespace sluice::github {
namespace {

using Kind = graph::Expression::Kind;

constexpr std::size_t most_legs = 256;

/// A list or a map in YAML's own form, as far as it is known.
void write_value(Emission& emission, std::string_view key, graph::ExpressionId id);

bool is_collection(Emission& emission, graph::ExpressionId id) {
  Kind kind = emission.expressions[id].kind;
  return (kind == Kind::list || kind == Kind::map) && !emission.expressions[id].operands.empty();
}

void write_item(Emission& emission, graph::ExpressionId id) {
  const graph::Expression& expression = emission.expressions[id];
  if (expression.kind != Kind::map || expression.operands.empty())
    return emission.writer.item(emission.expressions.scalar(id));
  emission.writer.begin_item();
  for (std::size_t i = 0; i < expression.operands.size(); ++i)
    write_value(emission, expression.names[i], expression.operands[i]);
  emission.writer.end_item();
}

void write_list(Emission& emission, std::string_view key, const graph::Expression& list) {
  bool simple = std::ranges::none_of(list.operands, [&](auto id) { return is_collection(emission, id); });
  if (simple) {
    std::vector<yaml::Scalar> values;
    for (graph::ExpressionId id : list.operands) values.push_back(emission.expressions.scalar(id));
    return emission.writer.list(key, values);
  }
  emission.writer.open(key);
  for (graph::ExpressionId id : list.operands) write_item(emission, id);
  emission.writer.close();
}

void write_value(Emission& emission, std::string_view key, graph::ExpressionId id) {
  const graph::Expression& expression = emission.expressions[id];
  if (expression.kind == Kind::list) return write_list(emission, key, expression);
  if (!is_collection(emission, id)) return emission.writer.entry(key, emission.expressions.scalar(id));
  emission.writer.open(key);
  for (std::size_t i = 0; i < expression.operands.size(); ++i)
    write_value(emission, expression.names[i], expression.operands[i]);
  emission.writer.close();
}

/// An axis, `include` or `exclude`: a list, or an expression that gives one.
void write_axis(Emission& emission, std::string_view key, graph::ExpressionId id) {
  const graph::Expression& expression = emission.expressions[id];
  if (expression.kind == Kind::list) return write_list(emission, key, expression);
  emission.writer.entry(key, emission.expressions.structure(id));
}

using Leg = std::map<std::string, std::string, std::less<>>;

/// A known map's entries as texts; none where some are not known.
std::optional<Leg> known_leg(Emission& emission, graph::ExpressionId id) {
  const graph::Expression& expression = emission.expressions[id];
  if (expression.kind != Kind::map || !emission.expressions.is_constant(id)) return std::nullopt;
  Leg leg;
  for (std::size_t i = 0; i < expression.operands.size(); ++i)
    leg[expression.names[i]] = emission.expressions.value(expression.operands[i]).constant->text;
  return leg;
}

std::vector<Leg> known_legs(Emission& emission, graph::ExpressionId id) {
  std::vector<Leg> legs;
  if (!id || emission.expressions[id].kind != Kind::list) return legs;
  for (graph::ExpressionId item : emission.expressions[id].operands)
    if (auto leg = known_leg(emission, item)) legs.push_back(std::move(*leg));
  return legs;
}

bool matches(const Leg& leg, const Leg& filter) {
  return std::ranges::all_of(filter, [&](const auto& entry) {
    auto found = leg.find(entry.first);
    return found != leg.end() && same_ignoring_case(found->second, entry.second);
  });
}

/// Every combination of the axes' values that are known; an axis that is not counts as one unknown value.
std::vector<Leg> combinations(Emission& emission, const graph::Expression& axes) {
  std::vector<Leg> legs = {{}};
  for (std::size_t i = 0; i < axes.operands.size(); ++i) {
    const graph::Expression& axis = emission.expressions[axes.operands[i]];
    if (axis.kind != Kind::list) continue;
    std::vector<Leg> longer;
    for (const Leg& leg : legs) {
      for (graph::ExpressionId value : axis.operands) {
        if (longer.size() > 64 * most_legs) break;
        Term term = emission.expressions.value(value);
        longer.push_back(leg);
        longer.back()[axes.names[i]] = term.constant ? term.constant->text : term.code;
      }
    }
    legs = std::move(longer);
  }
  return legs;
}

void count_legs(Emission& emission, const graph::Stage& stage) {
  const graph::Matrix& matrix = *stage.matrix;
  std::vector<Leg> legs;
  if (matrix.axes) legs = combinations(emission, emission.expressions[matrix.axes]);
  for (const Leg& filter : known_legs(emission, matrix.exclude))
    std::erase_if(legs, [&](const Leg& leg) { return matches(leg, filter); });
  std::size_t count = legs.size();
  for (const Leg& extra : known_legs(emission, matrix.include)) {
    // An item that fits a combination is laid over it; any other is a leg of its own.
    bool fits = std::ranges::any_of(legs, [&](const Leg& leg) {
      return std::ranges::all_of(leg, [&](const auto& entry) {
        auto found = extra.find(entry.first);
        return found == extra.end() || same_ignoring_case(found->second, entry.second);
      });
    });
    count += fits ? 0 : 1;
  }
  if (count > most_legs)
    emission.report(
        ProblemKind::too_many_legs, stage.span,
        fmt::format("the matrix of stage `{}` has {} legs: GitHub runs {} at most", stage.id, count, most_legs));
}

void check_axes(Emission& emission, const graph::Stage& stage, const graph::Expression& axes) {
  if (axes.operands.empty() && !stage.matrix->include)
    emission.report(ProblemKind::empty_axis, stage.span,
                    fmt::format("the matrix of stage `{}` has no legs: GitHub refuses it", stage.id));
  for (std::size_t i = 0; i < axes.operands.size(); ++i) {
    const graph::Expression& axis = emission.expressions[axes.operands[i]];
    if (axis.kind == Kind::list && axis.operands.empty())
      emission.report(ProblemKind::empty_axis, stage.span,
                      fmt::format("axis `{}` of stage `{}` has no values: GitHub refuses it", axes.names[i], stage.id));
  }
}

void write_matrix(Emission& emission, const graph::Stage& stage) {
  const graph::Matrix& matrix = *stage.matrix;
  bool known = !matrix.axes || emission.expressions[matrix.axes].kind == Kind::map;
  if (!known) {
    emission.writer.entry("matrix", emission.expressions.structure(matrix.axes));
    if (matrix.include || matrix.exclude)
      emission.report(
          ProblemKind::include_beside_expression, stage.span,
          fmt::format("the matrix of stage `{}` is one expression: `include` and `exclude` beside it are lost",
                      stage.id));
    return;
  }
  emission.writer.open("matrix");
  if (matrix.axes) {
    const graph::Expression& axes = emission.expressions[matrix.axes];
    check_axes(emission, stage, axes);
    for (std::size_t i = 0; i < axes.operands.size(); ++i) write_axis(emission, axes.names[i], axes.operands[i]);
  }
  if (matrix.include) write_axis(emission, "include", matrix.include);
  if (matrix.exclude) write_axis(emission, "exclude", matrix.exclude);
  emission.writer.close();
  count_legs(emission, stage);
}

}  // namespace

void write_strategy(Emission& emission, const graph::Stage& stage) {
  if (!stage.matrix && !stage.fail_fast && !stage.max_parallel) return;
  emission.writer.open("strategy");
  if (stage.fail_fast) emission.writer.entry("fail-fast", emission.expressions.scalar(stage.fail_fast));
  if (stage.max_parallel) emission.writer.number("max-parallel", *stage.max_parallel);
  if (stage.matrix) write_matrix(emission, stage);
  emission.writer.close();
}

}  // namespace sluice::github

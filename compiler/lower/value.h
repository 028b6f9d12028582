#pragma once
#include <string>
#include <vector>

#include "graph/expression.h"
#include "types/time.h"

namespace sluice::types {
struct Type;
}

namespace sluice::graph {
enum class Backend : std::uint8_t;
}

namespace sluice::check {
struct Symbol;
struct Use;
}  // namespace sluice::check

namespace sluice::lower {

/// What a step gives to those behind it: outputs as they are read on each back end.
struct StepResult;

/// The value of an expression while the program unfolds: a constant, or an expression of the graph.
struct Value {
  enum class Kind : std::uint8_t {
    poison,  ///< a diagnostic was given
    null,
    boolean,
    number,
    string,
    duration,
    percent,
    size,
    list,
    map,
    dynamic,      ///< `expression`
    stage,        ///< `text` is its id
    step,         ///< `step`
    artifact,     ///< `text` is its name in the run
    environment,  ///< `text` is its name, `declared` where its address stands
    target,       ///< `declared`, with `items` as its arguments
  };
  Kind kind = Kind::poison;
  std::string text;                ///< of a string; the source text of a number
  double number = 0;               ///< of a boolean 0 or 1; seconds, percents, bytes
  std::vector<Value> items;        ///< of a list or map
  std::vector<std::string> names;  ///< of a map
  graph::ExpressionId expression;
  const StepResult* step = nullptr;
  std::size_t stage = 0;  ///< of a stage or an artifact: an index into the unfolded stages
  const check::Symbol* declared = nullptr;
  const check::Use* use = nullptr;  ///< of an environment or a target: how its module is used

  bool constant() const;  ///< known now, all of it
  static Value null();
  static Value string(std::string text);
  static Value boolean(bool value);
  static Value of(graph::ExpressionId expression);
};

struct StepResult {
  std::string id;
  std::vector<std::pair<std::string, Value>> outputs;
  /// An output that its script answers for, in the body of one back end or of both.
  struct Promise {
    std::string id;  ///< of the step that gives it
    std::string name;
    const types::Type* type = nullptr;
    graph::Backend backend;
    source::Span span;
  };
  std::vector<Promise> promised = {};

  const Value* find(std::string_view name) const;
};

/// The text of a constant scalar as a script sees it: percent `10`, duration in seconds, size in bytes.
std::string text_of(const Value& value);

/// A duration in whole seconds; what no duration can be is cut to what one can.
std::int64_t seconds_of(const Value& value);

/// Whether two constants are equal, as GitHub compares values of one type: text without case.
bool equal(const Value& left, const Value& right);

}  // namespace sluice::lower

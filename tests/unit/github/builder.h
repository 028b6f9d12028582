#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "graph/graph.h"

/// Graphs by hand, in few words.
namespace sluice::github::test {

using Kind = graph::Expression::Kind;
using Type = graph::Expression::Type;
using Id = graph::ExpressionId;

struct Builder {
  graph::Graph graph;

  Id make(Kind kind, std::vector<Id> operands = {}, std::string text = {}, Type type = Type::any);
  Id text(std::string value) { return make(Kind::string, {}, std::move(value), Type::string); }
  Id number(std::string value) { return make(Kind::number, {}, std::move(value), Type::number); }
  Id boolean(bool value) { return make(Kind::boolean, {}, value ? "true" : "false", Type::boolean); }
  Id null() { return make(Kind::null); }
  Id list(std::vector<Id> items) { return make(Kind::list, std::move(items)); }
  Id texts(const std::vector<std::string>& items);
  Id map(std::vector<std::pair<std::string, Id>> entries);
  Id path(std::string_view dotted, Type type = Type::any);  ///< `github.ref`
  Id call(std::string name, std::vector<Id> arguments = {}) {
    return make(Kind::call, std::move(arguments), std::move(name));
  }
  Id equal(Id left, Id right) { return make(Kind::equal, {left, right}); }
  Id both(Id left, Id right) { return make(Kind::both, {left, right}); }
  Id either(Id left, Id right) { return make(Kind::either, {left, right}); }
  Id negation(Id value) { return make(Kind::negation, {value}); }
  Id join(std::vector<Id> parts) { return make(Kind::text, std::move(parts), {}, Type::string); }
  Id fallback(Id value, Id otherwise, Type type) { return make(Kind::fallback, {value, otherwise}, {}, type); }

  /// A stage of ten minutes on Ubuntu with one step, `true`, after the named ones.
  graph::Stage& stage(std::string id, const std::vector<std::string>& after = {});
  graph::Step& run(graph::Stage& stage, std::string title, std::string script);
  graph::Step& checkout(graph::Stage& stage);
};

/// A pipeline `ci` on pushes, without stages.
Builder pipeline();

/// A pipeline that uses nearly all that a graph can say.
graph::Graph rich_graph();

}  // namespace sluice::github::test

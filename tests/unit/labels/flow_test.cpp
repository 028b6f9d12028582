#include "labels/flow.h"

#include <catch2/catch.hpp>

#include "tests/unit/graph/graph_builder.h"

namespace sluice::labels {
namespace {

using graph::ExpressionId;
using graph::testing::GraphBuilder;
using Kind = graph::Expression::Kind;

/// The labels of one value in a stage of its own: `s` for a secret, `u` for untrusted, `c` for outsiders' code.
std::string labels(const graph::Graph& graph, ExpressionId id) {
  Flow flow(graph);
  flow.enter(graph.stages.at(0));
  Labels found = flow.of(id);
  return std::string(found.secret ? "s" : "") + (found.untrusted ? "u" : "") + (found.code ? "c" : "");
}

struct Values : GraphBuilder {
  Values() { stage("test"); }
  ExpressionId title = path({"github", "event", "issue", "title"});
  ExpressionId secret = path({"secrets", "TOKEN"});
  std::string of(ExpressionId id) const { return labels(graph, id); }
};

TEST_CASE("what outsiders write of the event is untrusted, and what holds it") {
  Values b;
  CHECK(b.of(b.title) == "u");
  CHECK(b.of(b.path({"github", "event", "issue"})) == "u");
  CHECK(b.of(b.path({"github", "event", "issue", "number"})).empty());
  CHECK(b.of(b.path({"github", "HEAD_REF"})) == "u");
  CHECK(b.of(b.path({"github", "ref"})).empty());
  CHECK(b.of(b.path({"github"})) == "su");
  ExpressionId commits = b.node(Kind::filter, {b.path({"github", "event", "commits"})});
  CHECK(b.of(b.node(Kind::member, {commits}, "message")) == "u");
  CHECK(b.of(b.node(Kind::member, {commits}, "id")).empty());
  ExpressionId head = b.path({"github", "event", "pull_request", "head"});
  CHECK(b.of(b.node(Kind::index, {head, b.string("ref")})) == "u");
  CHECK(b.of(b.node(Kind::index, {head, b.string("sha")})) == "c");
}

TEST_CASE("operators and functions hand labels on, tests do not") {
  Values b;
  CHECK(b.of(b.node(Kind::text, {b.string("on "), b.title})) == "u");
  CHECK(b.of(b.node(Kind::list, {b.title, b.secret})) == "su");
  CHECK(b.of(b.map({"a"}, {b.secret})) == "s");
  CHECK(b.of(b.call("format", {b.string("{0}"), b.title})) == "u");
  CHECK(b.of(b.node(Kind::fallback, {b.title, b.string("x")})) == "u");
  CHECK(b.of(b.node(Kind::both, {b.title, b.string("x")})).empty());
  CHECK(b.of(b.node(Kind::either, {b.title, b.string("x")})) == "u");
  CHECK(b.of(b.call("contains", {b.title, b.string("x")})).empty());
  CHECK(b.of(b.call("hashFiles", {b.title})).empty());
  CHECK(b.of(b.node(Kind::equal, {b.title, b.string("x")})).empty());
  CHECK(b.of(b.call("case", {b.node(Kind::equal, {b.title, b.string("x")}), b.string("a"), b.string("b")})).empty());
  CHECK(b.of(b.node(Kind::member, {b.call("fromJSON", {b.title})}, "name")) == "u");
}

TEST_CASE("whether a secret is set is none, what it begins with is one") {
  Values b;
  CHECK(b.of(b.node(Kind::unequal, {b.secret, b.string("")})).empty());
  CHECK(b.of(b.node(Kind::equal, {b.node(Kind::null, {}), b.secret})).empty());
  CHECK(b.of(b.node(Kind::negation, {b.secret})).empty());
  CHECK(b.of(b.node(Kind::equal, {b.secret, b.string("x")})) == "s");
  CHECK(b.of(b.call("startsWith", {b.secret, b.string("x")})) == "s");
}

TEST_CASE("marks add a label and take one away") {
  Values b;
  b.graph.expressions[b.secret.index].released.secret = true;
  CHECK(b.of(b.node(Kind::text, {b.secret})).empty());
  b.graph.expressions[b.title.index].released.untrusted = true;
  CHECK(b.of(b.node(Kind::member, {b.title}, "x")).empty());
  ExpressionId sha = b.path({"github", "sha"});
  b.graph.expressions[sha.index].declared = {true, true};
  CHECK(b.of(sha) == "su");
}

TEST_CASE("all outputs of a step are as untrusted as what it reads") {
  Values b;
  graph::Step reads = b.run("true"), clean = b.run("true");
  reads.id = "reads";
  reads.env = {{"TITLE", b.title}};
  clean.id = "clean";
  b.graph.stages[0].steps = {reads, clean};
  ExpressionId any = b.path({"steps", "reads", "outputs", "any"});
  ExpressionId other = b.path({"steps", "clean", "outputs", "any"});
  ExpressionId outcome = b.path({"steps", "reads", "outcome"});
  ExpressionId variable = b.path({"env", "TITLE"});
  Flow flow(b.graph);
  flow.enter(b.graph.stages[0]);
  flow.enter(b.graph.stages[0].steps[0]);
  CHECK(flow.untrusted_input());
  CHECK(flow.of(variable).untrusted);
  flow.leave(b.graph.stages[0].steps[0]);
  flow.enter(b.graph.stages[0].steps[1]);
  CHECK(!flow.untrusted_input());
  CHECK(!flow.of(variable).untrusted);
  flow.leave(b.graph.stages[0].steps[1]);
  CHECK(flow.of(any).untrusted);
  CHECK(!flow.of(other).untrusted);
  CHECK(!flow.of(outcome).untrusted);
}

TEST_CASE("a stage's outputs carry their labels to its readers") {
  GraphBuilder b;
  b.stage("plan");
  b.stage("build", {0});
  b.graph.stages[0].outputs = {{"title", b.path({"github", "head_ref"})}, {"sha", b.path({"github", "sha"})}};
  ExpressionId title = b.path({"needs", "plan", "outputs", "title"});
  ExpressionId sha = b.path({"needs", "plan", "outputs", "sha"});
  ExpressionId result = b.path({"needs", "plan", "result"});
  ExpressionId all = b.call("toJSON", {b.path({"needs"})});
  Flow flow(b.graph);
  flow.enter(b.graph.stages[0]);
  flow.leave(b.graph.stages[0]);
  flow.enter(b.graph.stages[1]);
  CHECK(flow.of(title).untrusted);
  CHECK(!flow.of(sha).untrusted);
  CHECK(!flow.of(result).untrusted);
  CHECK(flow.of(all).untrusted);
}

TEST_CASE("a matrix hands on the labels of each axis by itself") {
  Values b;
  graph::Matrix matrix;
  matrix.axes = b.map({"os", "name"}, {b.node(Kind::list, {b.string("linux")}), b.call("fromJSON", {b.title})});
  b.graph.stages[0].matrix = matrix;
  CHECK(b.of(b.path({"matrix", "os"})).empty());
  CHECK(b.of(b.path({"matrix", "name"})) == "u");
  CHECK(b.of(b.path({"matrix", "more"})).empty());
}

}  // namespace
}  // namespace sluice::labels

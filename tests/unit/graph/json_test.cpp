#include "graph/json.h"

#include <catch2/catch.hpp>

#include "tests/unit/graph/graph_builder.h"

namespace sluice::graph {
namespace {

using testing::GraphBuilder;
using Kind = Expression::Kind;

std::string json(const Graph& graph, const source::SourceManager* sources = nullptr) {
  std::string out;
  write_json(graph, out, sources);
  return out;
}

std::string run_name(GraphBuilder& builder, ExpressionId id) {
  builder.graph.run_name = id;
  std::string out = json(builder.graph);
  std::size_t begin = out.find("\"run_name\": ") + 12;
  return out.substr(begin, out.find('\n', begin) - begin);
}

TEST_CASE("a small graph has one form") {
  GraphBuilder b;
  b.graph.title = "CI";
  b.stage("lint", {}, 120);
  b.stage("test", {0});
  Stage& test = b.graph.stages[1];
  test.after[0].written = false;
  test.condition = b.node(Kind::equal, {b.path({"needs", "lint", "result"}), b.string("success")});
  test.steps[0].action = Uses{"actions/checkout", "v7.0.1", std::string(40, 'a'), {{"ref", b.path({"github", "sha"})}}};
  CHECK(json(b.graph) == R"({
  "sluice-graph": 2,
  "pipeline": "ci",
  "title": "CI",
  "stages": [
    {
      "id": "lint",
      "title": "lint",
      "runs_on": ["ubuntu-24.04"],
      "steps": [
        {
          "title": "true",
          "run": {
            "shell": "bash",
            "text": "true"
          }
        }
      ],
      "timeout": 600,
      "expect": 120
    },
    {
      "id": "test",
      "title": "test",
      "after": [
        {
          "stage": "lint",
          "inferred": true
        }
      ],
      "condition": {"==": [{"path": ["needs", "lint", "result"]}, "success"]},
      "runs_on": ["ubuntu-24.04"],
      "steps": [
        {
          "title": "true",
          "uses": {
            "action": "actions/checkout",
            "version": "v7.0.1",
            "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "with": {
              "ref": {"path": ["github", "sha"]}
            }
          }
        }
      ],
      "timeout": 600
    }
  ]
}
)");
}

TEST_CASE("expressions are trees") {
  GraphBuilder b;
  CHECK(run_name(b, b.number("3")) == "3");
  CHECK(run_name(b, b.number("0x1F")) == R"({"number": "0x1F"})");
  CHECK(run_name(b, b.number("007")) == R"({"number": "007"})");
  CHECK(run_name(b, b.node(Kind::null, {})) == "null");
  CHECK(run_name(b, b.node(Kind::list, {b.node(Kind::boolean, {}, "true"), b.string("x")})) == R"([true, "x"])");
  CHECK(run_name(b, b.map({"a"}, {b.number("1")})) == R"({"map": {"a": 1}})");
  CHECK(run_name(b, b.call("success")) == R"({"call": "success", "arguments": []})");
  CHECK(run_name(b, b.node(Kind::negation, {b.path({"inputs", "x"})})) == R"({"!": {"path": ["inputs", "x"]}})");
  CHECK(run_name(b, b.node(Kind::member, {b.call("f")}, "x")) ==
        R"({"member": [{"call": "f", "arguments": []}, "x"]})");
  CHECK(run_name(b, b.node(Kind::by_backend, {b.string("a"), b.string("b")})) == R"({"github": "a", "local": "b"})");
  ExpressionId fallback = b.node(Kind::fallback, {b.path({"inputs", "x"}), b.number("1")});
  b.graph.expressions[fallback.index].type = Expression::Type::number;
  CHECK(run_name(b, fallback) == R"({"??": [{"path": ["inputs", "x"]}, 1], "type": "number"})");
  ExpressionId typed = b.string("[]");
  b.graph.expressions[typed.index].type = Expression::Type::json;
  CHECK(run_name(b, typed) == R"({"value": "[]", "type": "json"})");
}

TEST_CASE("every text becomes valid JSON") {
  GraphBuilder b;
  CHECK(run_name(b, b.string("\"\\\n\t\x01\xFF\xC3\xA9")) == "\"\\\"\\\\\\n\\t\\u0001\uFFFDé\"");
}

TEST_CASE("places are told where the sources are there") {
  GraphBuilder b;
  b.stage("lint");
  source::SourceManager sources;
  const source::File& file = sources.add("ci.pipe", "pipeline ci {\n  stage lint { }\n}\n");
  b.graph.stages[0].span = file.span(16, 30);
  CHECK(json(b.graph, &sources).find("\"span\": \"ci.pipe:2:3\"") != std::string::npos);
  CHECK(json(b.graph).find("span") == std::string::npos);
}

}  // namespace
}  // namespace sluice::graph

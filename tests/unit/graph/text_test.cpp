#include "graph/text.h"

#include <catch2/catch.hpp>

#include "graph/unicode.h"
#include "tests/unit/graph/graph_builder.h"

namespace sluice::graph {
namespace {

using testing::GraphBuilder;
using Kind = Expression::Kind;

TEST_CASE("an expression reads as it was written") {
  GraphBuilder b;
  ExpressionId result = b.node(Kind::equal, {b.path({"needs", "lint", "result"}), b.string("success")});
  CHECK(describe(b.graph, result) == R"(lint.result == "success")");
  CHECK(describe(b.graph, b.path({"needs", "test", "outputs", "coverage"})) == "test.coverage");
  CHECK(describe(b.graph, b.path({"steps", "read", "outputs", "percent"})) == "read.percent");
  CHECK(describe(b.graph, b.path({"needs", "test"})) == "needs.test");
  CHECK(describe(b.graph, b.path({"github", "event", "a b"})) == R"(github.event["a b"])");
  CHECK(describe(b.graph, b.node(Kind::index, {b.path({"inputs", "x"}), b.number("0")})) == "inputs.x[0]");
  CHECK(describe(b.graph, b.node(Kind::filter, {b.path({"needs"})})) == "needs.*");
  CHECK(describe(b.graph, b.call("contains", {b.string("a\"b\n"), b.node(Kind::null, {})})) ==
        R"(contains("a\"b\n", null))");
  CHECK(describe(b.graph, b.map({"a", "b c"}, {b.number("1"), b.node(Kind::list, {b.number("2")})})) ==
        R"({ a: 1, "b c": [2] })");
  CHECK(describe(b.graph, b.node(Kind::by_backend, {b.string("there"), b.string("here")})) == R"("there")");
  CHECK(describe(b.graph, {}).empty());
}

TEST_CASE("parentheses stand only where they are needed") {
  GraphBuilder b;
  ExpressionId x = b.path({"inputs", "x"}), y = b.path({"inputs", "y"});
  ExpressionId either = b.node(Kind::either, {x, y}), both = b.node(Kind::both, {x, y});
  CHECK(describe(b.graph, b.node(Kind::both, {either, y})) == "(inputs.x || inputs.y) && inputs.y");
  CHECK(describe(b.graph, b.node(Kind::either, {both, y})) == "inputs.x && inputs.y || inputs.y");
  CHECK(describe(b.graph, b.node(Kind::negation, {both})) == "!(inputs.x && inputs.y)");
  ExpressionId fallback = b.node(Kind::fallback, {x, b.number("100")});
  CHECK(describe(b.graph, b.node(Kind::less, {fallback, b.number("80")})) == "inputs.x ?? 100 < 80");
  ExpressionId less = b.node(Kind::less, {x, y});
  CHECK(describe(b.graph, b.node(Kind::fallback, {less, y})) == "(inputs.x < inputs.y) ?? inputs.y");
  CHECK(describe(b.graph, b.node(Kind::equal, {x, b.node(Kind::equal, {x, y})})) ==
        "inputs.x == (inputs.x == inputs.y)");
}

TEST_CASE("a text keeps its holes") {
  GraphBuilder b;
  ExpressionId text = b.node(Kind::text, {b.string("Python "), b.path({"matrix", "python"})});
  CHECK(describe(b.graph, text) == R"("Python ${{ matrix.python }}")");
  CHECK(describe_text(b.graph, text) == "Python ${{ matrix.python }}");
  CHECK(describe_text(b.graph, b.string("say \"hi\"")) == "say \"hi\"");
}

TEST_CASE("durations read as they were written") {
  CHECK(describe_seconds(0) == "0s");
  CHECK(describe_seconds(90) == "1m30s");
  CHECK(describe_seconds(5400) == "1h30m");
  CHECK(describe_seconds(14 * 86400) == "14d");
}

TEST_CASE("bytes that are no UTF-8 become replacement characters") {
  auto repaired = [](std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) append_utf8(out, next_code_point(text, at));
    return out;
  };
  CHECK(repaired("aé€😀") == "aé€😀");
  CHECK(repaired("\xC3") == "\uFFFD");
  CHECK(repaired("\xC0\x80") == "\uFFFD\uFFFD");
  CHECK(repaired("\xE2\x82 x") == "\uFFFD\uFFFD x");
  CHECK(repaired("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");
  CHECK(repaired("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");
  CHECK(repaired("\xFF") == "\uFFFD");
}

}  // namespace
}  // namespace sluice::graph

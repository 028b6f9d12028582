#include "backends/github/expressions.h"

#include <catch2/catch.hpp>

#include "builder.h"

using namespace sluice::github;
using namespace sluice::github::test;

namespace {

std::string value_of(Builder& b, Id id) {
  std::vector<Problem> problems;
  return operand(Expressions(b.graph, problems).value(id), Level::either);
}

std::string scalar_of(Builder& b, Id id) {
  std::vector<Problem> problems;
  return Expressions(b.graph, problems).scalar(id).text;
}

}  // namespace

TEST_CASE("github expressions: parentheses only where they are needed", "[github]") {
  Builder b;
  Id x = b.path("github.x"), y = b.path("github.y"), z = b.path("github.z");
  CHECK(value_of(b, b.both(b.either(x, y), z)) == "(github.x || github.y) && github.z");
  CHECK(value_of(b, b.either(b.both(x, y), z)) == "github.x && github.y || github.z");
  CHECK(value_of(b, b.both(x, b.both(y, z))) == "github.x && github.y && github.z");
  CHECK(value_of(b, b.negation(b.equal(x, y))) == "!(github.x == github.y)");
  CHECK(value_of(b, b.negation(b.negation(x))) == "!!github.x");
  CHECK(value_of(b, b.equal(x, b.equal(y, z))) == "github.x == (github.y == github.z)");
  CHECK(value_of(b, b.equal(b.equal(x, y), z)) == "github.x == github.y == github.z");
  CHECK(value_of(b, b.make(Kind::less, {x, b.equal(y, z)})) == "github.x < (github.y == github.z)");
  CHECK(value_of(b, b.make(Kind::member, {b.either(x, y)}, "name")) == "(github.x || github.y).name");
  CHECK(value_of(b, b.make(Kind::filter, {b.path("needs")})) == "needs.*");
}

TEST_CASE("github expressions: names, keys and strings", "[github]") {
  Builder b;
  CHECK(value_of(b, b.path("github.event")) == "github.event");
  CHECK(value_of(b, b.make(Kind::member, {b.path("matrix")}, "a b")) == "matrix['a b']");
  CHECK(value_of(b, b.make(Kind::index, {b.path("matrix"), b.text("os")})) == "matrix.os");
  CHECK(value_of(b, b.make(Kind::index, {b.path("github.list"), b.number("0")})) == "github.list[0]");
  CHECK(value_of(b, b.equal(b.path("github.x"), b.text("it's"))) == "github.x == 'it''s'");
  CHECK(value_of(b, b.call("contains", {b.texts({"a", "it's"}), b.path("github.x")})) ==
        "contains(fromJSON('[\"a\",\"it''s\"]'), github.x)");
  CHECK(value_of(b, b.map({{"a", b.path("github.x")}, {"b", b.number("1")}})) ==
        "fromJSON(format('{{\"a\":{0},\"b\":1}}', toJSON(github.x)))");
}

TEST_CASE("github expressions: outputs are decoded by their type", "[github]") {
  Builder b;
  Id flag = b.path("steps.a.outputs.flag", Type::boolean);
  Id count = b.path("needs.a.outputs.count", Type::number);
  Id data = b.path("needs.a.outputs.data", Type::json);
  CHECK(value_of(b, flag) == "steps.a.outputs.flag == 'true'");
  CHECK(value_of(b, b.negation(flag)) == "steps.a.outputs.flag != 'true'");
  CHECK(value_of(b, b.both(flag, b.path("github.x"))) == "steps.a.outputs.flag == 'true' && github.x");
  CHECK(value_of(b, b.make(Kind::less, {count, b.number("80")})) == "fromJSON(needs.a.outputs.count) < 80");
  CHECK(value_of(b, b.make(Kind::member, {data}, "name")) == "fromJSON(needs.a.outputs.data).name");
  CHECK(value_of(b, b.call("fromJSON", {data})) == "fromJSON(needs.a.outputs.data)");
  CHECK(value_of(b, b.equal(flag, b.text("true"))) == "steps.a.outputs.flag == 'true'");
  CHECK(value_of(b, b.path("inputs.fast", Type::boolean)) == "inputs.fast");
  CHECK(scalar_of(b, flag) == "${{ steps.a.outputs.flag }}");
  CHECK(scalar_of(b, count) == "${{ needs.a.outputs.count }}");
}

TEST_CASE("github expressions: an absent value falls back by type", "[github]") {
  Builder b;
  Id text = b.path("needs.a.outputs.x", Type::string);
  Id count = b.path("needs.a.outputs.n", Type::number);
  Id flag = b.path("needs.a.outputs.f", Type::boolean);
  CHECK(value_of(b, b.fallback(text, b.text("d"), Type::string)) == "needs.a.outputs.x || 'd'");
  CHECK(value_of(b, b.fallback(count, b.number("100"), Type::number)) == "fromJSON(needs.a.outputs.n || '100')");
  CHECK(value_of(b, b.fallback(flag, b.boolean(false), Type::boolean)) == "(needs.a.outputs.f || 'false') == 'true'");
  Id input = b.path("inputs.f", Type::boolean);
  CHECK(value_of(b, b.fallback(input, b.boolean(true), Type::boolean)) ==
        "(format('{0}', inputs.f) || 'true') == 'true'");
  CHECK(value_of(b, b.fallback(b.fallback(count, b.path("inputs.n", Type::number), Type::number), b.number("3"),
                               Type::number)) == "fromJSON(needs.a.outputs.n || format('{0}', inputs.n) || '3')");
  CHECK(scalar_of(b, b.fallback(flag, b.boolean(true), Type::boolean)) == "${{ needs.a.outputs.f || 'true' }}");
  CHECK(value_of(b, b.fallback(b.text(""), b.text("d"), Type::string)) == "'d'");
  CHECK(value_of(b, b.fallback(b.null(), b.boolean(true), Type::boolean)) == "true");
}

TEST_CASE("github expressions: constants are folded", "[github]") {
  Builder b;
  Id x = b.equal(b.path("github.x"), b.text("y"));
  CHECK(value_of(b, b.both(b.boolean(true), x)) == "github.x == 'y'");
  CHECK(value_of(b, b.both(x, b.boolean(false))) == "false");
  CHECK(value_of(b, b.either(b.text(""), b.text("all"))) == "'all'");
  CHECK(value_of(b, b.equal(b.text("Main"), b.text("main"))) == "true");
  CHECK(value_of(b, b.equal(b.text("1"), b.number("1"))) == "true");
  CHECK(value_of(b, b.make(Kind::less, {b.null(), b.number("1")})) == "true");
  CHECK(value_of(b, b.negation(b.number("0"))) == "true");
  CHECK(value_of(b, b.call("startsWith", {b.text("Release/1"), b.text("release/")})) == "true");
  CHECK(value_of(b, b.call("format", {b.text("{{{0}}}"), b.text("a")})) == "'{a}'");
  CHECK(value_of(b, b.call("case", {b.boolean(false), b.text("a"), x, b.text("b"), b.text("c")})) ==
        "case(github.x == 'y', 'b', 'c')");
  CHECK(value_of(b, b.make(Kind::by_backend, {b.text("there"), b.path("github.x")})) == "'there'");
}

TEST_CASE("github expressions: templates", "[github]") {
  Builder b;
  Id name = b.path("github.ref_name", Type::string);
  CHECK(scalar_of(b, b.join({b.text("a "), name, b.text(" b")})) == "a ${{ github.ref_name }} b");
  CHECK(scalar_of(b, b.join({b.text("a"), b.number("1"), b.text("b")})) == "a1b");
  CHECK(scalar_of(b, b.text("a ${{ b }}")) == "a ${{ '${{' }} b }}");
  CHECK(scalar_of(b, b.join({b.text("$"), b.text("{{ x")})) == "${{ '${{' }} x");
  CHECK(scalar_of(b, b.join({b.text("$"), name})) == "$${{ github.ref_name }}");
  CHECK(value_of(b, b.equal(b.join({b.text("{v}"), name}), b.text("x"))) ==
        "format('{{v}}{0}', github.ref_name) == 'x'");
  CHECK(value_of(b, b.join({name})) == "github.ref_name");
  CHECK(scalar_of(b, b.null()).empty());
  CHECK(scalar_of(b, b.texts({"a", "b"})) == "[\"a\",\"b\"]");
  CHECK(scalar_of(b, b.list({name})) == "${{ format('[{0}]', toJSON(github.ref_name)) }}");
}

TEST_CASE("github expressions: what GitHub cannot compute is reported", "[github]") {
  Builder b;
  std::vector<Problem> problems;
  Expressions expressions(b.graph, problems);
  expressions.value(b.call("increasing", {b.path("github.x")}));
  expressions.value(b.equal(b.path("needs.a.result", Type::string), b.text("blocked")));
  expressions.scalar(b.join({b.path("github.x"), b.text(std::string(21'000, 'x'))}));
  REQUIRE(problems.size() == 3);
  CHECK(problems[0].kind == ProblemKind::unknown_function);
  CHECK(problems[1].kind == ProblemKind::blocked_result);
  CHECK(problems[2].kind == ProblemKind::expression_too_long);
}

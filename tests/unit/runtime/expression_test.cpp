#include <catch2/catch.hpp>

#include "run_helpers.h"
#include "runtime/expressions/values.h"

using namespace sluice::runtime;
using namespace sluice::runtime::test;
using Kind = Expression::Kind;

namespace {

struct Contexts final : Scope {
  Json values;
  explicit Contexts(const char* text) : values(parse_json(text)) {}
  const Json* context(std::string_view context_name) const override { return find_member(values, context_name); }
  StatusAnswers status(std::span<const std::string>) const override { return {false, true, false}; }
};

const Contexts contexts(R"({"github": {"ref": "refs/heads/Main", "n": 3},
  "list": [{"a": 1, "b": [1, 2]}, {"b": [3]}, {"a": 2}], "env": {"Name": "x"}})");

std::string value_of(const Expression& expression) {
  auto value = evaluate(expression, contexts);
  return value ? to_json_line(*value) : "error: " + value.error();
}

Expression with(Kind kind, const char* left, const char* right) {
  return {kind, "", {{Kind::literal, left, {}}, {Kind::literal, right, {}}}};
}

Expression calling(const char* function, std::vector<const char*> arguments) {
  Expression expression{Kind::call, function, {}};
  for (const char* argument : arguments) expression.operands.push_back({Kind::literal, argument, {}});
  return expression;
}

}  // namespace

TEST_CASE("values of different kinds are compared as numbers, texts without case") {
  struct Row {
    const char *left, *right;
    bool equal, less;
  };
  const Row rows[] = {
      {"\"ABC\"", "\"abc\"", true, false}, {"\"ü\"", "\"Ü\"", true, false},   {"\"1\"", "1", true, false},
      {"\"\"", "0", true, false},          {"null", "0", true, false},        {"true", "1", true, false},
      {"false", "null", true, false},      {"\"0x10\"", "16", true, false},   {"\"x\"", "1", false, false},
      {"NaN", "NaN", false, false},        {"[]", "[]", false, false},        {"\"a\"", "\"B\"", false, true},
      {"\"2\"", "10", false, true},        {"\"2\"", "\"10\"", false, false}, {"false", "true", false, true},
  };
  for (const Row& row : rows) {
    INFO(row.left << " and " << row.right);
    CHECK(value_of(with(Kind::equal, row.left, row.right)) == (row.equal ? "true" : "false"));
    CHECK(value_of(with(Kind::less, row.left, row.right)) == (row.less ? "true" : "false"));
  }
}

TEST_CASE("&&, || and ?? give back operands") {
  CHECK(value_of(with(Kind::both, "\"a\"", "\"b\"")) == "\"b\"");
  CHECK(value_of(with(Kind::both, "\"\"", "\"b\"")) == "\"\"");
  CHECK(value_of(with(Kind::either, "0", "\"b\"")) == "\"b\"");
  CHECK(value_of(with(Kind::fallback, "\"\"", "7")) == "7");
  CHECK(value_of(with(Kind::fallback, "false", "7")) == "false");
}

TEST_CASE("numbers are written as GitHub writes them") {
  CHECK(to_text(Json(0.1 + 0.2)) == "0.3");
  CHECK(to_text(Json(1e15)) == "1E+15");
  CHECK(to_text(Json(1.0)) == "1");
  CHECK(to_text(Json(0.00001)) == "1E-05");
  CHECK(to_text(Json(-0.0)) == "0");
}

TEST_CASE("members, indices and filters") {
  Expression list{Kind::context, "LIST", {}};
  Expression all{Kind::filter, "", {list}};
  CHECK(value_of({Kind::member, "a", {all}}) == "[1,2]");
  CHECK(value_of({Kind::filter, "", {{Kind::member, "b", {all}}}}) == "[1,2,3]");
  CHECK(value_of({Kind::index, "", {list, literal(7)}}) == "null");
  CHECK(value_of({Kind::member, "a", {{Kind::index, "", {list, literal(0)}}}}) == "1");
  CHECK(value_of(name("github.REF")) == "\"refs/heads/Main\"");
  CHECK(value_of(name("env.name")) == "null");
  CHECK(value_of(name("env.Name")) == "\"x\"");
  CHECK(value_of(name("github.ref.deeper")) == "null");
}

TEST_CASE("functions") {
  struct Row {
    const char* function;
    std::vector<const char*> arguments;
    const char* value;
  };
  const Row rows[] = {
      {"contains", {"\"Hello\"", "\"ELL\""}, "true"},
      {"contains", {"[1, \"a\"]", "\"A\""}, "true"},
      {"startsWith", {"\"Hello\"", "\"he\""}, "true"},
      {"endsWith", {"\"Hello\"", "\"LO\""}, "true"},
      {"format", {"\"{{{0}}} {1}\"", "1", "true"}, "\"{1} true\""},
      {"join", {"[1, \"b\"]", "\"-\""}, "\"1-b\""},
      {"toJSON", {"[1.0]"}, "\"[\\n  1\\n]\""},
      {"fromJSON", {"\"[1, 2]\""}, "[1,2]"},
      {"case", {"false", "1", "true", "2", "3"}, "2"},
      {"success", {}, "false"},
      {"failure", {}, "true"},
      {"always", {}, "true"},
      {"case", {"1", "1", "3"}, "error: case predicate must evaluate to a boolean value"},
  };
  for (const Row& row : rows) {
    INFO(row.function);
    CHECK(value_of(calling(row.function, row.arguments)) == row.value);
  }
  CHECK_FALSE(evaluate(calling("fromJSON", {"\"\""}), contexts));
  CHECK_FALSE(evaluate(calling("format", {"\"{0\""}), contexts));
  CHECK_FALSE(evaluate(calling("nothing", {}), contexts));
}

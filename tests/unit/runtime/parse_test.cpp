#include "runtime/expressions/parse.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "run_helpers.h"
#include "runtime/expressions/values.h"

using namespace sluice::runtime;

namespace {

struct Contexts final : Scope {
  Json values = Json::object();
  const Json* context(std::string_view context_name) const override { return find_member(values, context_name); }
  StatusAnswers status(std::span<const std::string>) const override { return {}; }
};

/// The value as JSON, or `error: ` with what is wrong.
std::string value_of(std::string_view text, const Json& given) {
  Contexts contexts;
  contexts.values = given;
  std::vector<std::string> names;
  for (const auto& [name, value] : given.items()) {
    names.push_back(name);
    for (char& letter : names.back()) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  std::vector<std::string_view> known(names.begin(), names.end());
  auto expression = parse_expression(text, {known, false, false});
  if (!expression) return "error: " + expression.error();
  auto value = evaluate(*expression, contexts);
  return value ? to_json_line(*value) : "error: " + value.error();
}

constexpr std::string_view names[] = {"github", "steps"};

std::string shape(const Expression& expression) {
  std::string text = std::to_string(static_cast<int>(expression.kind)) + expression.text;
  for (const Expression& operand : expression.operands) text += "(" + shape(operand) + ")";
  return text;
}

}  // namespace

// https://github.com/actions/languageservices, expressions/testdata: what GitHub's own evaluators are held to.
TEST_CASE("expressions are read and evaluated as GitHub's own test data has it", "[parse]") {
  std::filesystem::path folder = std::filesystem::path(SLUICE_SOURCE_FOLDER) / "../shared/conformance/expressions";
  if (!std::filesystem::is_directory(folder)) SUCCEED("the upstream cases do not lie beside the repository");
  int cases = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    std::ifstream stream(entry.path());
    Json groups = Json::parse(stream);
    for (const auto& [group, list] : groups.items()) {
      // The most memory that a value may take is a limit of theirs, not a meaning.
      if (group == "memory-errors") continue;
      for (const Json& one : list) {
        ++cases;
        INFO(entry.path().filename().string() << ": " << group << ": " << one["expr"].get<std::string>());
        std::string got = value_of(one["expr"].get<std::string>(), one.value("contexts", Json::object()));
        if (one.contains("err"))
          CHECK(got.find(one["err"]["value"].get<std::string>()) != std::string::npos);
        else if (!one["result"]["value"].is_structured())
          CHECK(got == to_json_line(one["result"]["value"]));
        else
          CHECK(parse_json(got) == one["result"]["value"]);
      }
    }
  }
  if (!error) CHECK(cases > 600);
}

TEST_CASE("a text with holes is one expression", "[parse]") {
  ExpressionPlace place{names, false, false};
  CHECK(shape(*parse_template("plain }} text", place)) == shape(literal("plain }} text")));
  CHECK(shape(*parse_template("${{ github.ref }}", place)) == shape(*parse_expression("github.ref", place)));
  auto mixed = parse_template("a ${{ '}}' }} b${{ github }}", place);
  REQUIRE(mixed);
  CHECK(mixed->kind == Expression::Kind::text);
  CHECK(mixed->operands.size() == 4);
  CHECK(parse_template("a ${{ github", place).error() == "`${{` is not closed by `}}` in: a ${{ github");
  CHECK(parse_template("${{ }}", place).error() == "there is no expression between `${{` and `}}` in: ${{ }}");
  CHECK(parse_template("${{ secrets.X }}", place).error() ==
        "Unrecognized named-value: 'secrets'. Located at position 1 within expression: secrets.X");
}

// actions/runner, Sdk/WorkflowParser ConvertToIfCondition: any call of a status function takes `success()` away.
TEST_CASE("a condition without a status function means success() as well", "[parse]") {
  ExpressionPlace place{names, true, false};
  CHECK(shape(*parse_condition("", place)) == shape(*parse_expression("success()", place)));
  CHECK(shape(*parse_condition("github.ref == 'x'", place)) ==
        shape(*parse_expression("success() && github.ref == 'x'", place)));
  CHECK(shape(*parse_condition(" ${{ github.ref }} ", place)) ==
        shape(*parse_expression("success() && github.ref", place)));
  CHECK(shape(*parse_condition("contains(toJSON(Always()), 'x')", place)) ==
        shape(*parse_expression("contains(toJSON(Always()), 'x')", place)));
}

TEST_CASE("what is too deep or too long is told, whatever it is made of", "[parse]") {
  ExpressionPlace place{names, true, true};
  auto many = [](std::string_view piece, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += piece;
    return text;
  };
  for (const std::string& text :
       {many("(", 20'000), many("!", 20'000) + "true", many("toJSON(", 2'000), "github" + many("[github", 2'000),
        "github" + many(".x", 5'000), "1" + many("==1", 5'000), "1" + many("&&(1", 3'000)}) {
    INFO(text.substr(0, 40));
    CHECK(parse_expression(text, place).error() == "Exceeded max expression depth 50");
  }
  CHECK(parse_expression("1" + many(" || 1", 4'000), place).has_value());
  CHECK(parse_expression(many(" ", 21'001), place).error() == "Exceeded max expression length 21000");
  for (std::string_view text : {"",
                                "'",
                                "''",
                                "'''",
                                "\"x\"",
                                ".",
                                "..",
                                "+",
                                "-",
                                "a.",
                                "a[",
                                "a[*",
                                "f(",
                                "f(,)",
                                "f(1,)",
                                "!",
                                "&&",
                                "github.'x'",
                                "1.2.3",
                                "1e",
                                "\xff",
                                "a\0b",
                                "github.*.x[1]['y'].*",
                                "}}",
                                "${{"})
    (void)parse_expression(text, place);
}

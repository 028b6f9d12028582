#include "simulate/knowledge.h"

#include <catch2/catch.hpp>

#include "runtime/expressions/parse.h"

namespace sluice::simulate {
namespace {

class Known final : public View {
 public:
  Known() {
    github_ = open_object();
    github_["ref"] = "refs/heads/main";
    needs_ = {{"lint", {{"result", "success"}, {"outputs", open_object()}}},
              {"test", {{"result", "failure"}, {"outputs", Json::object()}}}};
  }
  const Json* context(std::string_view name) const override {
    return name == "github" ? &github_ : name == "needs" ? &needs_ : nullptr;
  }
  runtime::StatusAnswers status(std::span<const std::string>) const override { return {false, true, false}; }

 private:
  Json github_, needs_;
};

runtime::Expression read(const std::string& text) {
  constexpr std::string_view contexts[] = {"github", "needs", "vars"};
  auto expression = runtime::parse_expression(text, {contexts, true, true});
  REQUIRE(expression);
  return *expression;
}

std::optional<bool> truth(const std::string& text) {
  Known known;
  Assumptions assumptions;
  return Evaluator(known, assumptions).truth(read(text));
}

bool decide(const std::string& text, Assumptions& assumptions) {
  Known known;
  return Evaluator(known, assumptions).decide(read(text));
}

}  // namespace

TEST_CASE("what is known has its value") {
  CHECK(truth("github.ref == 'refs/heads/main'") == true);
  CHECK(truth("startsWith(github.ref, 'refs/tags/')") == false);
  CHECK(truth("needs.test.outputs.x == ''") == true);
  CHECK(truth("contains(needs.*.result, 'failure')") == true);
  CHECK(truth("failure() && !success()") == true);
}

TEST_CASE("what nobody knows is unknown, and so is what hangs on it") {
  CHECK(truth("github.actor") == std::nullopt);
  CHECK(truth("needs.lint.outputs.x == 'yes'") == std::nullopt);
  CHECK(truth("vars.REGION == 'eu'") == std::nullopt);
  CHECK(truth("contains(vars.LIST, 'a')") == std::nullopt);
  CHECK(truth("hashFiles('a')") == std::nullopt);
}

TEST_CASE("one known side may decide") {
  CHECK(truth("github.actor && failure() == false") == false);
  CHECK(truth("github.actor || failure()") == true);
  CHECK(truth("!(vars.X && false)") == true);
}

TEST_CASE("a condition that was assumed stays as it was") {
  Assumptions assumptions({{"vars.X", false}});
  CHECK_FALSE(decide("vars.X", assumptions));
  CHECK(decide("!vars.X", assumptions));
  CHECK(assumptions.made() == std::vector<Choice>{{"vars.X", false}});
}

TEST_CASE("a place that equals one value equals no other") {
  Assumptions assumptions;
  CHECK(decide("vars.X == 'a'", assumptions));
  CHECK_FALSE(decide("vars.X == 'b'", assumptions));
  CHECK(decide("vars.X != 'b'", assumptions));
  CHECK(assumptions.made().size() == 1);
}

TEST_CASE("a limited place has one of its values") {
  Assumptions assumptions({{R"(vars.X == "a")", false}});
  assumptions.limit("vars.X", {"a", "b"});
  CHECK_FALSE(decide("vars.X == 'c'", assumptions));
  CHECK_FALSE(decide("vars.X == 'a'", assumptions));
  CHECK(decide("vars.X == 'b'", assumptions));
  CHECK(assumptions.made().size() == 1);
}

TEST_CASE("courses follow each other until no choice is left") {
  std::vector<Choice> choices = {{"a", true}, {"b", true}};
  auto next = next_course(choices);
  REQUIRE(next);
  CHECK(*next == std::vector<Choice>{{"a", true}, {"b", false}});
  next = next_course(*next);
  REQUIRE(next);
  CHECK(*next == std::vector<Choice>{{"a", false}});
  CHECK_FALSE(next_course(*next));
  CHECK_FALSE(next_course({}));
}

}  // namespace sluice::simulate

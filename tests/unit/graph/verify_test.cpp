#include "graph/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "tests/unit/graph/graph_builder.h"

namespace sluice::graph {
namespace {

using testing::GraphBuilder;
using Kind = Expression::Kind;

// Two stages and one of everything: good as it is.
GraphBuilder good() {
  GraphBuilder builder;
  Graph& graph = builder.graph;
  builder.stage("lint");
  builder.stage("test", {0}, 60);
  graph.budget = 900;
  graph.concurrency = Concurrency{builder.string("group"), {}};
  graph.artifacts.push_back({"report", 1, 86400});
  graph.secrets = {{"TOKEN", false, ""}, {"TOKEN", false, "production"}};
  Trigger trigger;
  trigger.event = "workflow_dispatch";
  trigger.inputs.push_back({"level", Input::Type::choice, {"low"}, "", false, {}});
  trigger.filters = {{"branches", {"main"}}};
  graph.triggers.push_back(trigger);
  Stage& test = graph.stages[1];
  test.condition = builder.node(Kind::both, {builder.call("always"), builder.path({"needs", "lint", "result"})});
  test.asks_status = true;
  test.permissions = {{"contents", Access::read, "checkout"}, {"issues", Access::write, "comment"}};
  test.matrix = Matrix{builder.map({"v"}, {builder.node(Kind::list, {builder.number("3")})}), {}, {}};
  Service service;
  service.id = "db";
  service.image = "postgres@sha256:0123";
  service.ports = {"5432"};
  test.services.push_back(service);
  test.environment =
      Environment{builder.string("production"), builder.path({"steps", "read", "outputs", "url"}), true, {}};
  test.steps[0].id = "read";
  test.steps.push_back(builder.run("one\ntwo\n"));
  test.steps[1].env = {{"VALUE", builder.path({"steps", "read", "outputs", "value"})}};
  Step checkout = builder.run("");
  checkout.action = Uses{"actions/checkout", "v7.0.1", std::string(40, 'a'), {}};
  checkout.backend = Backend::github;
  test.steps.push_back(checkout);
  checkout.action = Native{Native::Operation::upload, {{"name", checkout.title}, {"path", checkout.title}}};
  checkout.backend = Backend::local;
  test.steps.push_back(checkout);
  test.outputs = {{"value", builder.path({"steps", "read", "outputs", "value"})}};
  return builder;
}

struct Case {
  std::string expected;
  std::function<void(GraphBuilder&)> damage;
};

void check(const std::vector<Case>& cases) {
  for (const Case& broken : cases) {
    GraphBuilder builder = good();
    broken.damage(builder);
    std::vector<std::string> found = verify(builder.graph);
    CAPTURE(broken.expected, found);
    CHECK(std::find(found.begin(), found.end(), broken.expected) != found.end());
  }
}

Stage& test_stage(GraphBuilder& builder) { return builder.graph.stages[1]; }

TEST_CASE("a good graph keeps every promise") {
  CHECK(verify(good().graph) == std::vector<std::string>{});
  CHECK(verify(Graph{}) == std::vector<std::string>{"the pipeline has no name"});
}

TEST_CASE("broken expressions are told") {
  auto last = [](GraphBuilder& b) -> Expression& { return b.graph.expressions.back(); };
  auto number = [](GraphBuilder& b) { return std::to_string(b.graph.expressions.size()); };
  GraphBuilder plain = good();
  std::string next = number(plain);
  check({
      {"expression " + next + " has 0 operands instead of 1", [](auto& b) { b.node(Kind::negation, {}); }},
      {"expression " + next + " has 1 operands instead of 2", [](auto& b) { b.node(Kind::fallback, {{0}}); }},
      {"expression " + next + " has 1 operands instead of 0", [](auto& b) { b.node(Kind::string, {{0}}); }},
      {"expression " + next + " has 0 names instead of 1", [](auto& b) { b.node(Kind::map, {{0}}); }},
      {"expression " + next + " stands before its operand 9999", [](auto& b) { b.node(Kind::negation, {{9999}}); }},
      {"expression " + next + " stands before its operand 4294967295", [](auto& b) { b.node(Kind::list, {{}}); }},
      {"expression " + next + " is the boolean `yes`", [](auto& b) { b.node(Kind::boolean, {}, "yes"); }},
      {"expression " + next + " is the number `x`", [](auto& b) { b.number("x"); }},
      {"expression " + next + " is the context `nowhere`", [](auto& b) { b.path({"nowhere"}); }},
      {"expression " + next + " names nothing", [](auto& b) { b.call(""); }},
      {"expression " + next + " ends before it begins",
       [&](auto& b) {
         b.string(""), last(b).span = {5, 3};
       }},
  });
}

TEST_CASE("a broken operand hides nothing and stops nothing") {
  GraphBuilder builder = good();
  ExpressionId bad = builder.node(Kind::member, {{9999}}, "x");
  test_stage(builder).outputs.push_back({"bad", builder.node(Kind::negation, {bad})});
  CHECK(verify(builder.graph).size() == 1);
}

TEST_CASE("broken pipelines are told") {
  check({
      {"the budget is not longer than nothing", [](auto& b) { b.graph.budget = 0; }},
      {"run-name is expression 9999, which is not there", [](auto& b) { b.graph.run_name = {9999}; }},
      {"concurrency group is not given", [](auto& b) { b.graph.concurrency = Concurrency{}; }},
      {"variable `A` stands twice",
       [](auto& b) {
         b.graph.env = {{"A", {0}}, {"A", {0}}};
       }},
      {"B is not given",
       [](auto& b) {
         b.graph.env = {{"B", {}}};
       }},
      {"a trigger has no event", [](auto& b) { b.graph.triggers[0].event = ""; }},
      {"two filters of a trigger are called `branches`",
       [](auto& b) {
         b.graph.triggers[0].filters.push_back({"branches", {}});
       }},
      {"a schedule has no time",
       [](auto& b) {
         b.graph.triggers[0].schedules.push_back({"", ""});
       }},
      {"two inputs are called `LEVEL`",
       [](auto& b) {
         b.graph.triggers[0].inputs.push_back({"LEVEL", Input::Type::string, {}, "", false, {}});
       }},
      {"input `level` is a choice exactly if it has options",
       [](auto& b) { b.graph.triggers[0].inputs[0].options.clear(); }},
      {"two secrets are called `token`",
       [](auto& b) {
         b.graph.secrets.push_back({"token", false, ""});
       }},
      {"two artifacts are called `Report`",
       [](auto& b) {
         b.graph.artifacts.push_back({"Report", 0, 1});
       }},
      {"artifact `report` is of stage 7, which is not there", [](auto& b) { b.graph.artifacts[0].stage = 7; }},
      {"artifact `report` is kept for less than nothing", [](auto& b) { b.graph.artifacts[0].keep = -1; }},
      {"run-name reads `needs.lint` outside of a stage",
       [](auto& b) {
         b.graph.run_name = b.path({"needs", "lint", "result"});
       }},
  });
}

TEST_CASE("broken stages are told") {
  check({
      {"two stages are called `LINT`", [](auto& b) { test_stage(b).id = "LINT"; }},
      {"`1st` cannot be the id of a stage", [](auto& b) { test_stage(b).id = "1st"; }},
      {"stage `test`: the title is not given", [](auto& b) { test_stage(b).title = {}; }},
      {"stage `test`: `when` is expression 9999, which is not there",
       [](auto& b) { test_stage(b).condition = {9999}; }},
      {"stage `test`: it is after stage 2, which does not stand before it",
       [](auto& b) { test_stage(b).after[0].stage = 1; }},
      {"stage `test`: it is after stage 8, which does not stand before it",
       [](auto& b) { test_stage(b).after[0].stage = 7; }},
      {"stage `test`: its edges are not in order, each stage once",
       [](auto& b) { test_stage(b).after.push_back(test_stage(b).after[0]); }},
      {"stage `test`: `asks_status` does not say whether `when` calls a status function",
       [](auto& b) { test_stage(b).asks_status = false; }},
      {"stage `test`: it runs on labels or on an expression, one of both",
       [](auto& b) { test_stage(b).runs_on.clear(); }},
      {"stage `test`: it runs on labels or on an expression, one of both",
       [](auto& b) { test_stage(b).runs_on_expression = {0}; }},
      {"stage `test`: the timeout is not longer than nothing", [](auto& b) { test_stage(b).timeout = 0; }},
      {"stage `test`: the expected time is not longer than nothing", [](auto& b) { test_stage(b).expect = 0; }},
      {"stage `test`: `max-parallel` is less than one", [](auto& b) { test_stage(b).max_parallel = 0; }},
      {"stage `test`: 0 attempts are fewer than one", [](auto& b) { test_stage(b).retry.attempts = 0; }},
      {"stage `test`: the pause between attempts is negative", [](auto& b) { test_stage(b).retry.pause = -1; }},
      {"stage `test`: it ends before it begins",
       [](auto& b) {
         test_stage(b).span = {4, 2};
       }},
      {"stage `test`: the matrix has neither axes nor `include`", [](auto& b) { test_stage(b).matrix = Matrix{}; }},
      {"stage `test`: the environment's name is not given", [](auto& b) { test_stage(b).environment->name = {}; }},
      {"stage `test`: its permissions are not in order, each scope once",
       [](auto& b) { std::swap(test_stage(b).permissions[0], test_stage(b).permissions[1]); }},
      {"stage `test`: the reason of permission `contents` is longer than a line",
       [](auto& b) { test_stage(b).permissions[0].reason = "a\nb"; }},
      {"stage `test`: two services are called `DB`",
       [](auto& b) {
         test_stage(b).services.push_back(test_stage(b).services[0]), test_stage(b).services[1].id = "DB";
       }},
      {"stage `test`: the image `postgres:15` of service `db` has no digest",
       [](auto& b) { test_stage(b).services[0].image = "postgres:15"; }},
      {"stage `test`: `http` is no port of service `db`", [](auto& b) { test_stage(b).services[0].ports = {"http"}; }},
  });
}

TEST_CASE("values are read only where they are known") {
  check({
      {"stage `test`: output reads `needs.nothing`, and no stage is called so",
       [](auto& b) {
         test_stage(b).outputs = {{"output", b.path({"needs", "nothing", "result"})}};
       }},
      {"stage `lint`: output reads `needs.test`, which is no direct edge of the stage",
       [](auto& b) {
         b.graph.stages[0].outputs = {{"output", b.path({"needs", "test", "result"})}};
       }},
      {"stage `test`, step 1: `when` reads `steps.read`, which has not run there",
       [](auto& b) {
         test_stage(b).steps[0].condition = b.path({"steps", "read", "outcome"});
       }},
      {"stage `test`: VALUE reads `steps.read`, which has not run there",
       [](auto& b) {
         test_stage(b).env = {{"VALUE", b.path({"steps", "read", "outcome"})}};
       }},
      {"stage `lint`: VALUE reads `steps.read`, and no step of the stage is called so",
       [](auto& b) {
         b.graph.stages[0].outputs = {{"VALUE", b.path({"steps", "read", "outcome"})}};
       }},
      {"stage `lint`: VALUE reads `needs.test`, which is no direct edge of the stage",
       [](auto& b) {
         ExpressionId index = b.node(Kind::index, {b.path({"needs"}), b.string("test")});
         b.graph.stages[0].env = {{"VALUE", b.node(Kind::negation, {index})}};
       }},
  });
}

TEST_CASE("broken steps are told") {
  auto run = [](std::string text) {
    return [text](GraphBuilder& b) { test_stage(b).steps[0].action = Run{"bash", text}; };
  };
  const std::string newline = "stage `test`, step 1: a script ends in a newline exactly if it has several lines";
  check({
      {"stage `test`: two steps are called `READ`", [](auto& b) { test_stage(b).steps[1].id = "READ"; }},
      {"stage `test`: `a b` cannot be the id of a step", [](auto& b) { test_stage(b).steps[1].id = "a b"; }},
      {"stage `test`, step 1: the title is not given", [](auto& b) { test_stage(b).steps[0].title = {}; }},
      {"stage `test`, step 1: the timeout is not longer than nothing",
       [](auto& b) { test_stage(b).steps[0].timeout = 0; }},
      {"stage `test`, step 1: an expression `${{` is left in the script", run("echo ${{ x }}")},
      {newline, run("one\n")},
      {newline, run("one\ntwo")},
      {"stage `test`, step 1: `cobol` is no shell",
       [](auto& b) {
         test_stage(b).steps[0].action = Run{"cobol", "true"};
       }},
      {"stage `test`, step 3: `checkout` is no action",
       [](auto& b) { std::get<Uses>(test_stage(b).steps[2].action).action = "checkout"; }},
      {"stage `test`, step 3: action `actions/checkout` has no version",
       [](auto& b) { std::get<Uses>(test_stage(b).steps[2].action).version = ""; }},
      {"stage `test`, step 3: action `actions/checkout` is pinned to `main`, not to 40 hex digits",
       [](auto& b) { std::get<Uses>(test_stage(b).steps[2].action).commit = "main"; }},
      {"stage `test`, step 4: what the local runtime does by itself is a step of the local back end only",
       [](auto& b) { test_stage(b).steps[3].backend = Backend::both; }},
      {"stage `test`, step 4: an upload has no `path`",
       [](auto& b) { std::get<Native>(test_stage(b).steps[3].action).arguments.pop_back(); }},
      {"stage `test`, step 4: a download has no `to`",
       [](auto& b) { std::get<Native>(test_stage(b).steps[3].action).operation = Native::Operation::download; }},
  });
}

TEST_CASE("10,000 stages are verified") {
  GraphBuilder builder;
  for (StageIndex i = 0; i < 10'000; ++i) {
    builder.stage(fmt::format("s{}", i), i ? std::vector<StageIndex>{i - 1} : std::vector<StageIndex>{});
    if (i) builder.graph.stages[i].condition = builder.path({"needs", fmt::format("s{}", i - 1), "result"});
  }
  CHECK(verify(builder.graph).empty());
}

}  // namespace
}  // namespace sluice::graph

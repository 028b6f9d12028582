#include "backends/local/plan.h"

#include <catch2/catch.hpp>

#include "backends/local/expressions.h"
#include "tests/unit/github/builder.h"
#include "tests/unit/runtime/run_helpers.h"

namespace sluice::local {
namespace {

using github::test::Builder;
using github::test::Id;
using github::test::Kind;
using github::test::pipeline;
using github::test::Type;

/// An expression in prefix form: `(both (call success) "x")`.
std::string show(const runtime::Expression& expression) {
  using K = runtime::Expression::Kind;
  constexpr std::string_view names[] = {"literal", "context", "member", "index", "filter", "call",
                                        "not",     "both",    "either", "==",    "!=",     "<",
                                        "<=",      ">",       ">=",     "??",    "text"};
  if (expression.kind == K::literal || expression.kind == K::context) return expression.text;
  if (expression.kind == K::member) return show(expression.operands[0]) + "." + expression.text;
  std::string out = "(" + std::string(names[static_cast<std::size_t>(expression.kind)]);
  if (expression.kind == K::call) out = "(" + expression.text;
  for (const runtime::Expression& operand : expression.operands) out += " " + show(operand);
  return out + ")";
}

std::string value(Builder& b, Id id) { return show(Expressions(b.graph).value(id)); }
std::string text(Builder& b, Id id) { return show(Expressions(b.graph).text(id)); }

TEST_CASE("typed outputs are decoded as on GitHub", "[local]") {
  Builder b = pipeline();
  CHECK(value(b, b.path("needs.a.outputs.b", Type::boolean)) == R"((== needs.a.outputs.b "true"))");
  CHECK(value(b, b.path("steps.a.outputs.n", Type::number)) == "(fromJSON steps.a.outputs.n)");
  CHECK(value(b, b.path("needs.a.outputs.j", Type::json)) == "(fromJSON needs.a.outputs.j)");
  CHECK(value(b, b.path("needs.a.outputs.s", Type::string)) == "needs.a.outputs.s");
  CHECK(text(b, b.path("needs.a.outputs.b", Type::boolean)) == "needs.a.outputs.b");
  CHECK(value(b, b.path("inputs.b", Type::boolean)) == "inputs.b");
  CHECK(value(b, b.negation(b.path("env.B", Type::boolean))) == R"((not (== env.B "true")))");
  Id output = b.path("needs.a.outputs.b", Type::boolean);
  CHECK(value(b, b.equal(output, b.text("true"))) == R"((== needs.a.outputs.b "true"))");
}

TEST_CASE("fallbacks keep false and 0, and decode what is left", "[local]") {
  Builder b = pipeline();
  Id number = b.path("needs.a.outputs.n", Type::number);
  CHECK(value(b, b.fallback(number, b.number("100"), Type::number)) ==
        R"((fromJSON (?? needs.a.outputs.n (text "100"))))");
  Id flag = b.path("inputs.flag", Type::boolean);
  CHECK(value(b, b.fallback(flag, b.boolean(true), Type::boolean)) ==
        R"((== (?? (text inputs.flag) (text true)) "true"))");
  CHECK(text(b, b.fallback(b.path("vars.X", Type::string), b.text("y"), Type::string)) == R"((?? vars.X "y"))");
}

TEST_CASE("lists, maps and numbers become JSON", "[local]") {
  Builder b = pipeline();
  CHECK(value(b, b.list({b.number("0x10"), b.text("a\"")})) == R"([16,"a\""])");
  CHECK(text(b, b.list({b.number("1"), b.text("a")})) == R"("[1,\"a\"]")");
  CHECK(value(b, b.map({{"k", b.path("inputs.x")}})) == R"((fromJSON (text "{\"k\":" (toJSON inputs.x) "}")))");
  CHECK(text(b, b.number("1.50")) == R"("1.50")");
  CHECK(text(b, b.join({b.text("v"), b.path("needs.a.outputs.b", Type::boolean)})) ==
        R"((text "v" needs.a.outputs.b))");
}

TEST_CASE("what differs between back ends is the local one", "[local]") {
  Builder b = pipeline();
  Id both = b.make(Kind::by_backend, {b.text("there"), b.path("steps.here.outputs.x", Type::number)});
  CHECK(value(b, both) == "(fromJSON steps.here.outputs.x)");
  CHECK(text(b, both) == "steps.here.outputs.x");
}

TEST_CASE("conditions say the success() that is implied", "[local]") {
  Builder b = pipeline();
  b.run(b.stage("plain"), "go", "true");
  graph::Stage& when = b.stage("when", {"plain"});
  when.condition = b.equal(b.path("github.ref"), b.text("x"));
  b.run(when, "go", "true").condition = b.call("always");
  b.run(when, "then", "true").condition = b.path("inputs.x");
  graph::Stage& asks = b.stage("asks", {"plain"});
  asks.condition = b.both(b.call("failure"), b.path("inputs.x"));
  asks.asks_status = true;
  b.run(asks, "go", "true");
  runtime::Plan plan = local::plan(b.graph).plan;
  CHECK(show(plan.stages[0].condition) == "(success)");
  CHECK(show(plan.stages[1].condition) == R"((both (success) (== github.ref "x")))");
  CHECK(show(plan.stages[1].steps[0].condition) == "(always)");
  CHECK(show(plan.stages[1].steps[1].condition) == "(both (success) inputs.x)");
  CHECK(show(plan.stages[2].condition) == "(both (failure) inputs.x)");
}

TEST_CASE("steps of GitHub are left out, with what they would have said", "[local]") {
  Builder b = pipeline();
  graph::Stage& stage = b.stage("a");
  graph::Step& checkout = b.checkout(stage);
  checkout.backend = graph::Backend::github;
  checkout.id = "there";
  graph::Step here;
  here.title = b.text("here");
  here.backend = graph::Backend::local;
  here.action = graph::Native{graph::Native::Operation::upload, {{"name", b.text("n")}, {"path", b.text("p")}}};
  stage.steps.push_back(here);
  stage.outputs = {{"outcome", b.path("steps.there.outcome")}, {"x", b.path("steps.there.outputs.x")}};
  Planned planned = local::plan(b.graph);
  CHECK(planned.problems.empty());
  REQUIRE(planned.plan.stages[0].steps.size() == 1);
  CHECK(show(std::get<runtime::Upload>(planned.plan.stages[0].steps[0].action).path) == R"("p")");
  CHECK(show(planned.plan.stages[0].outputs[0].second) == R"("skipped")");
  CHECK(show(planned.plan.stages[0].outputs[1].second) == "null");
}

TEST_CASE("what cannot run here is named", "[local]") {
  Builder b = pipeline();
  graph::Stage& stage = b.stage("a");
  b.checkout(stage).call = "std.checkout";
  graph::Step& never = b.checkout(stage);
  never.condition = b.boolean(false);
  stage.services.push_back({"db", "postgres:15", {"5432", "8080"}, {}, {}, "", "", {}, {}});
  stage.runs_on = {"macos-14"};
  Planned planned = local::plan(b.graph);
  REQUIRE(planned.problems.size() == 3);
  CHECK(planned.problems[0].text == "stage `a` asks for `macos-14`; here it runs on this machine");
  CHECK(planned.problems[0].is_note());
  CHECK(planned.problems[1].text ==
        "the action `actions/checkout` of `std.checkout` runs only on GitHub; write what stands for it here in "
        "`backend local`, or give a folder of checked-out actions: `--actions DIR`");
  CHECK_FALSE(planned.problems[1].is_note());
  CHECK(name(planned.problems[2].kind) == "service_without_local_body");
}

TEST_CASE("a service without a local body runs as its container where there is an engine", "[local]") {
  Builder b = pipeline();
  graph::Stage& stage = b.stage("a");
  stage.services.push_back(
      {"db", "postgres:15", {"5432", "8080"}, {{"USER", b.text("ann")}}, {"--health-cmd x"}, "", "", {}, {}});
  stage.services.push_back({"web", "nginx:1", {"80"}, {}, {}, "exec serve", "ask", {}, {}});
  CHECK(local::wants_container_engine(b.graph));
  CHECK(local::plan(b.graph).problems.size() == 1);
  Planned planned = local::plan(b.graph, {}, {nullptr, true});
  CHECK(planned.problems.empty());
  const auto& services = planned.plan.stages[0].services;
  REQUIRE(services.size() == 2);
  CHECK(services[0].image == "postgres:15");
  CHECK(services[0].ports == std::vector<std::string>{"5432", "8080"});
  CHECK(services[0].health == std::vector<std::string>{"--health-cmd x"});
  CHECK(services[0].env.size() == 1);
  CHECK(services[1].image.empty());
  stage.services.erase(stage.services.begin());
  CHECK_FALSE(local::wants_container_engine(b.graph));
}

TEST_CASE("an action that is on this machine runs here", "[local]") {
  runtime::test::Scratch scratch;
  auto action = [&](const char* folder, const char* runs) {
    std::filesystem::create_directories(scratch.path / folder);
    std::ofstream(scratch.path / folder / "action.yml") << "runs: {" << runs << "}";
  };
  action("there/actions/checkout@v7", "using: composite, steps: []");
  action("root/image", "using: docker, image: docker://alpine:3");
  Builder b = pipeline();
  graph::Stage& stage = b.stage("a");
  b.checkout(stage).call = "std.checkout";
  for (const char* path : {"./image", "./none"}) {
    graph::Step& step = b.checkout(stage);
    step.action = graph::Uses{path, "", "", {{"x", b.text("y")}}};
  }
  runtime::ActionMachine machine({scratch.path / "root", scratch.path / "there"}, {{"PATH", "/nowhere"}});
  Planned planned = local::plan(b.graph, {}, {&machine, false});
  // By the first number of its version, where neither the commit nor the version is there.
  const auto& found = std::get<runtime::UseAction>(planned.plan.stages[0].steps[0].action);
  CHECK(found.folder == scratch.path / "there/actions/checkout@v7");
  CHECK(found.uses.starts_with("actions/checkout@"));
  CHECK(std::get<runtime::UseAction>(planned.plan.stages[0].steps[1].action).with.size() == 1);
  REQUIRE(planned.problems.size() == 2);
  CHECK(name(planned.problems[0].kind) == "action_refused");
  CHECK(planned.problems[0].text ==
        "the action `./image` cannot run here: `./image` runs in a container, and no container engine answers here "
        "(`docker` or `podman`)");
  CHECK(name(planned.problems[1].kind) == "action_without_local_body");
}

TEST_CASE("a notification may fail", "[local]") {
  Builder b = pipeline();
  b.run(b.stage("a"), "go", "true");
  b.graph.stages[0].notification = true;
  CHECK(show(local::plan(b.graph).plan.stages[0].allow_failure) == "true");
}

TEST_CASE("only some stages, with what they need", "[local]") {
  Builder b = pipeline();
  for (const char* id : {"a", "b", "c"}) b.run(b.stage(id), "go", "true");
  b.graph.stages[2].after = {{1, true, {}}};
  b.graph.stages[0].steps[0].env = {{"T", b.path("secrets.ONE")}};
  b.graph.stages[2].steps[0].env = {{"T", b.path("secrets.TWO")}, {"U", b.path("secrets.THREE")}};
  b.graph.secrets = {{"ONE", false, ""}, {"TWO", false, ""}, {"THREE", true, ""}};
  runtime::Plan plan = local::plan(b.graph, {"c"}).plan;
  REQUIRE(plan.stages.size() == 2);
  CHECK(plan.stages[1].id == "c");
  CHECK(plan.stages[1].after == std::vector<std::size_t>{0});
  CHECK(plan.secrets == std::vector<std::string>{"TWO"});
  CHECK(plan.optional_secrets == std::vector<std::string>{"THREE"});
  Planned unknown = local::plan(b.graph, {"d"});
  REQUIRE(unknown.problems.size() == 1);
  CHECK(unknown.problems[0].text == "there is no stage `d` in `ci`");
}

TEST_CASE("a known matrix is unfolded, another one at run time", "[local]") {
  Builder b = pipeline();
  for (const char* id : {"known", "late", "empty"}) {
    b.run(b.stage(id), "go", "true");
    b.graph.stages.back().matrix.emplace();
  }
  b.graph.stages[0].matrix->axes = b.map({{"v", b.texts({"1", "2"})}});
  b.graph.stages[0].matrix->exclude = b.list({b.map({{"v", b.text("1")}})});
  b.graph.stages[1].matrix->axes =
      b.map({{"v", b.texts({"1"})}, {"w", b.path("needs.known.outputs.list", Type::json)}});
  b.graph.stages[2].matrix->axes = b.map({{"v", b.list({})}});
  Planned planned = local::plan(b.graph);
  CHECK(show(planned.plan.stages[0].matrix->legs) == R"([{"v":"2"}])");
  CHECK(show(planned.plan.stages[0].matrix->fail_fast) == "true");
  CHECK(show(planned.plan.stages[1].matrix->legs) ==
        R"((matrix-legs (fromJSON (text "{\"v\":[\"1\"],\"w\":" (toJSON (fromJSON needs.known.outputs.list)) "}")))"
        " null null)");
  REQUIRE(planned.problems.size() == 1);
  CHECK(planned.problems[0].text == "the matrix of stage `empty`: the axis `v` has no values");
}

}  // namespace
}  // namespace sluice::local

#include <algorithm>
#include <catch2/catch.hpp>

#include "compilation/compilation.h"
#include "simulate/forecast.h"
#include "simulate/properties.h"
#include "simulate/scenarios.h"
#include "simulate/simulate.h"

// Courses of small pipelines, from the author's text.
namespace sluice::simulate {
namespace {

using Kind = Event::Kind;

Model model_of(const std::string& body, const std::string& before = "", graph::Backend side = graph::Backend::local) {
  compilation::Compilation compilation("p.pipe", before + "\npipeline p {\n  on push\n" + body + "\n}\n");
  const std::vector<graph::Graph>& graphs = compilation.compile();
  for (const diagnostics::Diagnostic& one : compilation.sink().all()) UNSCOPED_INFO(one.message);
  REQUIRE_FALSE(compilation.sink().has_errors());
  return make_model(graphs.at(0), side);
}

std::size_t index_of(const Model& model, std::string_view stage) {
  auto found = std::ranges::find(model.plan.stages, stage, &runtime::Stage::id);
  REQUIRE(found != model.plan.stages.end());
  return static_cast<std::size_t>(found - model.plan.stages.begin());
}

Place step_of(const Model& model, std::string_view stage, std::string_view id) {
  std::size_t index = index_of(model, stage);
  const auto& steps = model.plan.stages[index].steps;
  auto found = std::ranges::find(steps, id, &runtime::Step::id);
  REQUIRE(found != steps.end());
  return {index, {}, static_cast<std::size_t>(found - steps.begin())};
}

Outcome run(const Model& model, std::vector<Event> events = {}) { return simulate(model, {std::move(events)}); }

Result result_of(const Model& model, const Outcome& outcome, std::string_view stage) {
  return outcome.stages[index_of(model, stage)].result;
}

/// The stages whose rollbacks ran, in that order.
std::vector<std::string> undone(const Model& model, const Outcome& outcome) {
  std::vector<const RollbackRan*> ran;
  for (const RollbackRan& one : outcome.rollbacks)
    if (one.order) ran.push_back(&one);
  std::ranges::sort(ran, {}, [](const RollbackRan* one) { return *one->order; });
  std::vector<std::string> names;
  for (const RollbackRan* one : ran) names.push_back(model.plan.stages[one->stage].id);
  return names;
}

/// The steps of a stage that ran, by id.
std::vector<std::string> steps(const Model& model, const Outcome& outcome, std::string_view stage) {
  std::vector<std::string> names;
  for (const StepRan& ran : outcome.steps)
    if (ran.place.stage == index_of(model, stage) && !ran.place.rollback)
      names.push_back(model.step(ran.place.stage, *ran.place.step).id);
  return names;
}

using Names = std::vector<std::string>;

const std::string chain = R"(
  stage a { rollback { run "back" }; step one { run "x" } }
  stage b after a { rollback { run "back" }; step one { run "x" } }
  stage c after b { step one { run "x" } }
  stage d after c when always() { step one { run "x" } }
)";

}  // namespace

TEST_CASE("a failure blocks what follows, a skipped stage does not") {
  Model model = model_of(R"(
    stage a { step one { run "x" } }
    stage b after a when github.event_name == "pull_request" { run "x" }
    stage c after b { run "x" }
  )");
  Outcome fine = run(model);
  CHECK(result_of(model, fine, "b") == Result::skipped);
  CHECK(result_of(model, fine, "c") == Result::success);
  Outcome failed = run(model, {{Kind::fail, step_of(model, "a", "one")}});
  CHECK(result_of(model, failed, "c") == Result::blocked);
  CHECK(failed.result == RunOutcome::failed);
}

TEST_CASE("dependents are undone first, handlers ask for nothing") {
  Model model = model_of(chain);
  Outcome failed = run(model, {{Kind::fail, step_of(model, "c", "one")}});
  CHECK(undone(model, failed) == Names{"b", "a"});
  CHECK(failed.result == RunOutcome::rolled_back);
  CHECK(undone(model, run(model, {{Kind::fail, step_of(model, "d", "one")}})).empty());
  CHECK(broken_promises(model, failed).empty());
}

TEST_CASE("one rollback that fails does not stop the others, and is told") {
  Model model = model_of(chain);
  Place back{index_of(model, "b"), 0, 0};
  Outcome outcome = run(model, {{Kind::fail, step_of(model, "c", "one")}, {Kind::fail, back}});
  CHECK(undone(model, outcome) == Names{"b", "a"});
  CHECK(outcome.result == RunOutcome::rollback_failed);
}

TEST_CASE("behind a commit nothing is undone") {
  Model model = model_of(R"(stage a { rollback { run "back" }; step one { run "x" }; commit; step two { run "x" } })");
  Outcome outcome = run(model, {{Kind::fail, step_of(model, "a", "two")}});
  CHECK(outcome.rollbacks.at(0).state == RollbackRan::State::committed);
  CHECK(outcome.result == RunOutcome::failed);
}

TEST_CASE("each attempt is undone before the next one") {
  Model model = model_of(R"(stage a { retry 3 every 10s; rollback { run "back" }; step one { run "x" } })");
  Outcome outcome = run(model, {{Kind::fail, step_of(model, "a", "one")}});
  CHECK(undone(model, outcome) == Names{"a", "a", "a"});
  CHECK(outcome.seconds == 20);
}

TEST_CASE("a newer run is left alone") {
  const std::string live = "environment live { wait 1m }";
  Model model = model_of(R"(stage a in live { rollback { run "back" }; step one { run "x" } })", live);
  Event newer{Kind::newer, {}, false, 0};
  Outcome outcome = run(model, {{Kind::fail, step_of(model, "a", "one")}, newer});
  CHECK(outcome.rollbacks.at(0).state == RollbackRan::State::superseded);
  CHECK(outcome.environments.at(0).state == EnvironmentState::newer);
  CHECK(outcome.result == RunOutcome::failed);
}

TEST_CASE("a lock is held from the entry to the last rollback") {
  const std::string live = "environment live { wait 1m; lock }";
  Model model = model_of(R"(
    stage a in live { rollback { sleep 30s; run "back" }; step one { run "x" } }
    stage b after a { expect 2m; step one { run "x" } }
  )",
                         live);
  Outcome outcome = run(model, {{Kind::fail, step_of(model, "b", "one")}});
  CHECK(outcome.environments.at(0).locked == 60);
  CHECK(outcome.environments.at(0).released == 60 + 120 + 30);
  CHECK(run(model).environments.at(0).released == 180);
}

TEST_CASE("cancelling ends what runs, and always() goes on") {
  Model model = model_of(R"(
    stage a { step one { run "x" }; step two { run "x" }; step three when always() { run "x" } }
    stage b after a { run "x" }
    stage c after a when cancelled() { step one { run "x" } }
  )");
  Outcome outcome = run(model, {{Kind::cancel, step_of(model, "a", "one")}});
  CHECK(result_of(model, outcome, "a") == Result::cancelled);
  CHECK(steps(model, outcome, "a") == Names{"one", "three"});
  CHECK(result_of(model, outcome, "b") == Result::blocked);
  CHECK(result_of(model, outcome, "c") == Result::success);
  CHECK(outcome.result == RunOutcome::cancelled);
}

TEST_CASE("what goes on although it is cancelled is not tried again") {
  Model model = model_of(R"(stage a { step one when always() { retry 3 every 10s; run "x" } })");
  Place one = step_of(model, "a", "one");
  CHECK(run(model, {{Kind::fail, one}}).steps.at(0).tries == 3);
  Outcome outcome = run(model, {{Kind::fail, one}, {Kind::cancel, one}});
  CHECK(outcome.steps.at(0).tries == 1);
  CHECK(outcome.seconds == 0);
}

TEST_CASE("stopping lets what runs come to its end") {
  Model model = model_of("stage a { step one { run \"x\" } }\n stage b after a { run \"x\" }");
  Outcome outcome = run(model, {{Kind::stop, step_of(model, "a", "one")}});
  CHECK(result_of(model, outcome, "a") == Result::success);
  CHECK(result_of(model, outcome, "b") == Result::cancelled);
}

TEST_CASE("what hangs is ended by its limit") {
  Model model = model_of(R"(
    stage a { timeout 10m; step one { run "x" }; step two when always() { run "x" } }
    stage b { timeout 10m; step one { run "x" { timeout 1m; retry 2 every 5s } } }
  )");
  Outcome outcome = run(model, {{Kind::hang, step_of(model, "a", "one")}});
  CHECK(outcome.seconds == 600);
  CHECK(result_of(model, outcome, "a") == Result::failure);
  CHECK(steps(model, outcome, "a") == Names{"one", "two"});
}

TEST_CASE("questions and pauses take their time") {
  Model model = model_of(R"(
    stage a {
      step one { sleep 60s }
      watch 5m every 30s tolerate 2 { run "x" }
      await every 5s within 2m { run "y" }
    }
  )");
  CHECK(run(model).seconds == 60 + 300);
  std::size_t await = model.plan.stages[0].steps.size() - 1;
  CHECK(run(model, {{Kind::fail, {0, {}, await}}}).seconds == 60 + 300 + 120);
  CHECK(run(model, {{Kind::fail, {0, {}, await - 1}}}).seconds == 60 + 2 * 30);
}

TEST_CASE("a leg that fails ends the others, unless told otherwise") {
  for (bool fast : {true, false}) {
    Model model = model_of(std::string("stage a { matrix { x: [1, 2, 3] }\n fail-fast ") + (fast ? "true" : "false") +
                           "\n step one { run \"x\" } \n step two { run \"x\" } }");
    Place first = step_of(model, "a", "one");
    first.leg = 0;
    Outcome outcome = run(model, {{Kind::fail, first}});
    CHECK(result_of(model, outcome, "a") == Result::failure);
    CHECK(steps(model, outcome, "a").size() == (fast ? 3 : 5));
  }
}

TEST_CASE("nobody answers at a gate") {
  const std::string live = "environment live { approve 1 of \"ann\" { expires 2h } }";
  Model model = model_of("stage a in live { rollback none because \"x\"; run \"x\" }", live);
  Outcome outcome = run(model, {{Kind::expire, {index_of(model, "live-entry")}}});
  CHECK(outcome.seconds == 7200);
  CHECK(result_of(model, outcome, "a") == Result::blocked);
  Model endless = model_of("gate go { approve 1 of \"ann\" }\n stage a after go { run \"x\" }");
  CHECK(run(endless, {{Kind::expire, {0}}}).result == RunOutcome::waiting);
}

TEST_CASE("each back end has its own steps") {
  const std::string both = "step both() { backend github { run \"g\" }\n backend local { run \"l\" } }";
  for (auto [side, text] : {std::pair(graph::Backend::github, "g"), std::pair(graph::Backend::local, "l")}) {
    Model model = model_of("stage a { both() }", both, side);
    REQUIRE(model.plan.stages[0].steps.size() == 1);
    CHECK(std::get<runtime::Script>(model.plan.stages[0].steps[0].action).text == text);
  }
}

TEST_CASE("what nobody knows falls both ways") {
  Model model = model_of(R"(
    stage a when github.ref == "refs/heads/main" { run "x" }
    stage b when github.ref != "refs/heads/main" { run "x" }
    stage c when github.event_name == "push" { run "x" }
  )");
  std::vector<std::string> seen;
  bool whole = each_course(model, {}, 10, [&](const Scenario&, const Outcome& outcome) {
    std::string ran;
    for (const StageEnd& stage : outcome.stages) ran += stage.started ? 'x' : '-';
    seen.push_back(ran);
  });
  CHECK(whole);
  CHECK(seen == Names{"x-x", "-xx"});
}

TEST_CASE("the longest way counts attempts, polls and waits") {
  Model model = model_of(R"(
    stage a { timeout 10m; retry 2 every 30s; run "x" }
    gate go after a { approve 1 of "ann" }
    stage b after go { rollback within 3m { run "back" }; run "x" { timeout 1m }; watch 5m { run "y" } }
  )");
  Outcome fine = run(model);
  Limit promote = longest_promotion(model, fine);
  CHECK(promote.seconds == 2 * 600 + 30 + 60 + 300);
  CHECK(promote.beside == Names{"the approval at `go`"});
  CHECK(longest_rollback(model, fine).seconds == 180);
}

}  // namespace sluice::simulate

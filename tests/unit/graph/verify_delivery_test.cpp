#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "graph/verify.h"
#include "tests/unit/graph/graph_builder.h"

namespace sluice::graph {
namespace {

using testing::GraphBuilder;

Step acting(GraphBuilder& builder, decltype(Step::action) action) {
  Step step = builder.run("x");
  step.action = std::move(action);
  return step;
}

// A gate before a stage with a rollback in an environment: good as it is.
GraphBuilder good() {
  GraphBuilder builder;
  Graph& graph = builder.graph;
  builder.stage("entry");
  builder.stage("release", {0});
  graph.environments.push_back({"production", {}, Lock{"production", Lock::Queue::fifo}, 0, {}});
  graph.stages[0].gate = Conditions{{Approval{2, {"@acme/platform"}, true, false}}, {"ready"}, 60, 5, {}, {}};
  graph.stages[0].steps[0].poll = Poll{};
  Stage& release = graph.stages[1];
  release.environment = Environment{builder.string("production"), {}, true, 0};
  release.steps[0].id = "live";
  release.steps.push_back(acting(builder, Arm{0}));
  release.steps.push_back(acting(builder, Sleep{5}));
  release.steps.push_back(acting(builder, Commit{}));
  Rollback rollback;
  rollback.title = builder.string("back");
  rollback.within = 60;
  rollback.steps = {builder.run("./back"), builder.run("./say")};
  rollback.steps[0].id = "back";
  rollback.steps[0].env = {{"SLOT", builder.path({"steps", "live", "outputs", "slot"})}};
  rollback.steps[1].env = {{"SAID", builder.path({"steps", "back", "outputs", "said"})}};
  release.rollbacks.push_back(std::move(rollback));
  return builder;
}

struct Case {
  std::string expected;
  std::function<void(Graph&)> damage;
};

TEST_CASE("a graph with a gate and a rollback keeps every promise") {
  CHECK(verify(good().graph) == std::vector<std::string>{});
}

TEST_CASE("broken gates, environments and rollbacks are told") {
  const std::string rollback = "stage `release`, rollback, step ";
  const Case cases[] = {
      {"an environment has no name", [](Graph& g) { g.environments[0].name = ""; }},
      {"the lock of `production` has no name", [](Graph& g) { g.environments[0].lock->name = ""; }},
      {"the entry of `production` is no gate", [](Graph& g) { g.stages[0].gate.reset(); }},
      {"the entry of `production` is no gate", [](Graph& g) { g.environments[0].entry = 9; }},
      {"stage `release`: it does not follow the entry of `production`", [](Graph& g) { g.stages[1].after.clear(); }},
      {"stage `release`: its environment is 3, which is not there",
       [](Graph& g) { g.stages[1].environment->declared = 3; }},
      {"stage `entry`: an approval is given by nobody", [](Graph& g) { g.stages[0].gate->approvals[0].who.clear(); }},
      {"stage `entry`: nobody confirms what is to be confirmed", [](Graph& g) { g.stages[0].gate->approvals.clear(); }},
      {"stage `entry`: it expires at once", [](Graph& g) { g.stages[0].gate->expires = 0; }},
      {"stage `entry`: it waits for less than nothing", [](Graph& g) { g.stages[0].gate->wait = -1; }},
      {"stage `entry`, step 1: it is asked without a pause or an end",
       [](Graph& g) { g.stages[0].steps[0].poll->every = 0; }},
      {"stage `entry`, step 1: what is asked again and again is tried once",
       [](Graph& g) { g.stages[0].steps[0].retry.attempts = 2; }},
      {"stage `release`, step 2: only a script is asked again and again",
       [](Graph& g) { g.stages[1].steps[1].poll = Poll{}; }},
      {"stage `release`, step 1: an idempotent step needs no probe",
       [](Graph& g) {
         g.stages[1].steps[0].idempotent = true, g.stages[1].steps[0].probe = Run{"bash", "x"};
       }},
      {"stage `release`, step 1: `cobol` is no shell",
       [](Graph& g) {
         g.stages[1].steps[0].probe = Run{"cobol", "x"};
       }},
      {"stage `release`, step 3: it sleeps no second", [](Graph& g) { g.stages[1].steps[2].action = Sleep{0}; }},
      {"stage `release`, step 2: it arms rollback 4, which is not there",
       [](Graph& g) { g.stages[1].steps[1].action = Arm{4}; }},
      {"stage `release`: rollback 0 is armed 2 times", [](Graph& g) { g.stages[1].steps[2].action = Arm{0}; }},
      {"stage `release`: it has a rollback, and a reason for having none",
       [](Graph& g) { g.stages[1].no_rollback = "why"; }},
      {"stage `release`: the phase `a` goes on after it has ended",
       [](Graph& g) { g.stages[1].steps[0].phase = g.stages[1].steps[2].phase = "a"; }},
      {rollback + "1: the title is not given", [](Graph& g) { g.stages[1].rollbacks[0].title = {}; }},
      {rollback + "1: a rollback ends before it begins", [](Graph& g) { g.stages[1].rollbacks[0].within = 0; }},
      {rollback + "2: a rollback arms another one",
       [](Graph& g) { g.stages[1].rollbacks[0].steps[1].action = Arm{0}; }},
      {rollback + "2: a rollback disarms itself",
       [](Graph& g) { g.stages[1].rollbacks[0].steps[1].action = Commit{}; }},
      {rollback + "1: two steps are called `LIVE`", [](Graph& g) { g.stages[1].rollbacks[0].steps[0].id = "LIVE"; }},
      // What stands below the place where it is armed, or below the step itself, has not run there.
      {rollback + "1: SLOT reads `steps.live`, which has not run there",
       [](Graph& g) { std::swap(g.stages[1].steps[0], g.stages[1].steps[1]); }},
      {rollback + "1: SAID reads `steps.back`, which has not run there",
       [](Graph& g) { std::swap(g.stages[1].rollbacks[0].steps[0], g.stages[1].rollbacks[0].steps[1]); }},
  };
  for (const Case& broken : cases) {
    Graph graph = good().graph;
    broken.damage(graph);
    std::vector<std::string> found = verify(graph);
    CAPTURE(broken.expected, found);
    CHECK(std::find(found.begin(), found.end(), broken.expected) != found.end());
  }
}

TEST_CASE("an output of the stage does not read a rollback's step") {
  GraphBuilder builder = good();
  builder.graph.stages[1].outputs = {{"said", builder.path({"steps", "back", "outputs", "said"})}};
  CHECK(verify(builder.graph) ==
        std::vector<std::string>{"stage `release`: said reads `steps.back`, and no step of the stage is called so"});
}

}  // namespace
}  // namespace sluice::graph

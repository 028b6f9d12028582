#include <algorithm>
#include <catch2/catch.hpp>

#include "backends/local/plan.h"
#include "compilation/compilation.h"

// From the author's text to what the runtime is told of gates, environments, rollbacks and polls.
namespace sluice::local {
namespace {

runtime::Plan plan_of(const std::string& text, const std::vector<std::string>& only = {}) {
  compilation::Compilation compilation("ship.pipe", text);
  const std::vector<graph::Graph>& graphs = compilation.compile();
  for (const diagnostics::Diagnostic& one : compilation.sink().all()) UNSCOPED_INFO(one.message);
  REQUIRE(compilation.sink().all().empty());
  Planned planned = plan(graphs.at(0), only);
  REQUIRE(planned.problems.empty());
  return planned.plan;
}

const runtime::Stage& stage(const runtime::Plan& plan, std::string_view id) {
  auto found = std::ranges::find(plan.stages, id, &runtime::Stage::id);
  REQUIRE(found != plan.stages.end());
  return *found;
}

std::vector<std::string> names_before(const runtime::Plan& plan, std::string_view id) {
  std::vector<std::string> names;
  for (std::size_t before : stage(plan, id).after) names.push_back(plan.stages[before].id);
  std::ranges::sort(names);
  return names;
}

using Names = std::vector<std::string>;

const std::string protected_pipeline = R"(
environment production {
  approve 2 of "@acme/platform", "ann" { not-author; not-starter; expires 24h }
  approve 1 of "bob"
  confirm "one", "two"
  wait 5m
  window "Mon-Fri 09:00-16:00" zone "Europe/Berlin"
  freeze "2026-12-20" to "2027-01-03" zone "UTC" because "holidays"
  check { run "./first" }
  await every 10s within 1h { run "./second" }
  lock latest as "cluster"
}
environment staging { lock }
environment open external
pipeline ship {
  on push
  stage build { run "make" }
  stage test { run "make test" }
  stage try after build in open { run "./try" }
  stage half after test in production { rollback none because "why"; run "./half" }
  stage other after build in production { rollback none because "why"; run "./other" }
  stage whole after half, try in production { rollback none because "why"; run "./whole" }
  stage chosen in environment("elsewhere") { run "./chosen" }
  gate go "Go on" after build when github.ref == "x" { wait 1m; expires 2m }
  stage behind after go in staging { rollback none because "why"; run "./behind" }
  notify on failure in production { run "./tell" }
}
)";

TEST_CASE("an environment is entered once, behind what all of it waits for", "[local]") {
  runtime::Plan plan = plan_of(protected_pipeline);
  CHECK(names_before(plan, "production-entry") == Names{"build", "test", "try"});
  CHECK(names_before(plan, "half") == Names{"production-entry", "test"});
  CHECK(names_before(plan, "other") == Names{"build", "production-entry"});
  CHECK(names_before(plan, "whole") == Names{"half", "production-entry", "try"});
  REQUIRE(plan.environments.size() == 3);
  const runtime::Environment& open = plan.environments[*stage(plan, "try").environment];
  CHECK(open.name == "open");
  CHECK_FALSE(open.entry);
  CHECK_FALSE(open.lock);
  const runtime::Environment& production = plan.environments[*stage(plan, "whole").environment];
  CHECK(plan.stages[*production.entry].id == "production-entry");
  CHECK(production.lock->name == "cluster");
  CHECK(production.lock->queue == runtime::Lock::Queue::latest);
  CHECK(plan.environments[*stage(plan, "behind").environment].lock->name == "staging");
  CHECK_FALSE(stage(plan, "chosen").environment);
  CHECK_FALSE(stage(plan, "production-entry").environment);
  CHECK_FALSE(stage(plan, "notify").environment);
}

TEST_CASE("what is asked at the entry reaches the runtime", "[local]") {
  runtime::Plan plan = plan_of(protected_pipeline);
  const runtime::Stage& entry = stage(plan, "production-entry");
  const runtime::Conditions& gate = *entry.gate;
  REQUIRE(gate.approvals.size() == 2);
  CHECK(gate.approvals[0].count == 2);
  CHECK(gate.approvals[0].who == Names{"@acme/platform", "ann"});
  CHECK(gate.approvals[0].not_author);
  CHECK(gate.approvals[0].not_starter);
  CHECK_FALSE(gate.approvals[1].not_author);
  CHECK(gate.confirm == Names{"one", "two"});
  CHECK(gate.expires == 24 * 3600);
  CHECK(gate.wait == 300);
  CHECK(gate.windows.at(0).zone == "Europe/Berlin");
  CHECK(gate.freezes.at(0).to == "2027-01-03");
  CHECK(gate.freezes.at(0).because == "holidays");
  REQUIRE(entry.steps.size() == 2);
  CHECK_FALSE(entry.steps[0].poll);
  CHECK(entry.steps[1].poll->every == 10);
  CHECK(entry.timeout == 3600 + 600);
  CHECK(stage(plan, "staging-entry").gate->approvals.empty());
  CHECK(stage(plan, "go").gate->expires == 120);
  CHECK_FALSE(stage(plan, "half").gate);
}

TEST_CASE("what is not wanted is not asked for", "[local]") {
  runtime::Plan plan = plan_of(protected_pipeline, {"behind"});
  CHECK(plan.stages.size() == 4);
  CHECK(plan.environments.at(1).name == "production");
  CHECK_FALSE(plan.environments.at(1).entry);
  CHECK(plan.stages[*plan.environments.at(2).entry].id == "staging-entry");
}

TEST_CASE("nobody is asked where none of the stages would run", "[local]") {
  std::string head =
      "environment e { wait 1m }\npipeline ship {\n  on push\n  stage a { output x: string = \"y\"; run \"a\" }\n";
  auto asked = [&](const std::string& stages) {
    runtime::Plan plan = plan_of(head + stages + "}\n");
    return stage(plan, "e-entry").condition.kind != runtime::Expression::Kind::call;
  };
  std::string end = " { rollback none because \"w\"; run \"b\" }\n";
  CHECK(asked("  stage b in e when github.ref == \"x\"" + end));
  CHECK(asked("  stage b in e when a.result == \"success\"" + end));
  CHECK_FALSE(asked("  stage b in e" + end));
  CHECK_FALSE(asked("  stage b in e when github.ref == \"x\"" + end + "  stage c in e after b" + end));
  runtime::Plan both = plan_of(head + "  stage b in e when github.ref == \"x\"" + end +
                               "  stage c in e after b when github.ref == \"x\"" + end + "}\n");
  CHECK(stage(both, "e-entry").condition.operands.at(1).kind == runtime::Expression::Kind::equal);
  // What only a stage inside knows cannot be known at the door.
  CHECK_FALSE(
      asked("  stage b in e when github.ref == \"x\"" + end + "  stage c in e when b.result == \"success\"" + end));
}

TEST_CASE("environments that are interleaved do not wait for each other", "[local]") {
  std::string none = " { rollback none because \"w\"; run \"b\" }\n";
  runtime::Plan plan = plan_of("environment e { wait 1m }\nenvironment f { wait 1m }\npipeline ship {\n  on push\n" +
                               ("  stage a in e" + none) + "  stage b in f" + none + "  stage c after b in e" + none +
                               "  stage d after a in f" + none + "}\n");
  CHECK(names_before(plan, "c") == Names{"b", "e-entry"});
  CHECK(plan.stages.size() == 6);
}

const std::string released = R"(
environment production { url "https://shop.example.com" }
pipeline ship {
  on push
  stage release in production {
    timeout 1h
    env { SLOT: live.slot }
    step live { output slot: string; run "./live" }
    rollback within 4m {
      verify { run "./healthy" }
      step back { output seen: string; run "./route ${{ live.slot }}" }
      run "./say ${{ back.seen }}"
    }
    run "./install ${{ github.ref }}" { probe { run "./installed ${{ github.sha }}" } }
    step twice { idempotent; run "./one"; run "./two" { probe { run "./is-two" } } }
    when github.ref == "x" { rollback { run "./more" } }
    sleep 90s
    watch 5m every 20s tolerate 2 { run "./healthy" { timeout 5s } }
    commit
  }
}
)";

TEST_CASE("a rollback is armed where it stands", "[local]") {
  runtime::Plan plan = plan_of(released);
  const runtime::Stage& release = stage(plan, "release");
  REQUIRE(release.rollbacks.size() == 2);
  CHECK(std::get<runtime::Arm>(release.steps.at(1).action).rollback == 0);
  CHECK(release.rollbacks[0].within == 240);
  REQUIRE(release.rollbacks[0].steps.size() == 3);
  const runtime::Step& first = release.rollbacks[0].steps[0];
  CHECK(first.id == "back");
  CHECK(std::ranges::any_of(first.env, [](const auto& one) { return one.first == "SLOT"; }));
  CHECK(std::ranges::any_of(first.env, [](const auto& one) { return one.first == "LIVE_SLOT"; }));
  CHECK(std::get<runtime::Script>(release.rollbacks[0].steps[2].action).text == "./healthy");
  CHECK_FALSE(release.rollbacks[1].within);
  auto armed = std::ranges::find_if(release.steps, [](const runtime::Step& step) {
    const auto* arm = std::get_if<runtime::Arm>(&step.action);
    return arm && arm->rollback == 1;
  });
  REQUIRE(armed != release.steps.end());
  CHECK(armed->condition.kind == runtime::Expression::Kind::both);
  CHECK(release.rollbacks[1].steps.at(0).condition.kind == runtime::Expression::Kind::call);
}

TEST_CASE("what a crash leaves open is said of each step", "[local]") {
  runtime::Plan plan = plan_of(released);
  const runtime::Stage& release = stage(plan, "release");
  auto step = [&](std::string_view text) -> const runtime::Step& {
    for (const runtime::Step& one : release.steps)
      if (const auto* script = std::get_if<runtime::Script>(&one.action); script && script->text.starts_with(text))
        return one;
    throw std::runtime_error("no such step");
  };
  const runtime::Step& install = step("./install");
  REQUIRE(install.probe);
  CHECK(install.probe->text.starts_with("./installed \"$GH_SHA"));
  CHECK(install.env.size() == 3);
  CHECK_FALSE(install.idempotent);
  CHECK(step("./one").idempotent);
  CHECK_FALSE(step("./two").idempotent);
  CHECK(step("./two").probe->text == "./is-two");
  const runtime::Step& watch = step("./healthy");
  CHECK(watch.poll->kind == runtime::Poll::Kind::watch);
  CHECK(watch.poll->every == 20);
  CHECK(watch.poll->lasting == 300);
  CHECK(watch.poll->tolerate == 2);
  CHECK(watch.timeout == 5);
  auto sleep = std::ranges::find_if(release.steps,
                                    [](const auto& one) { return std::holds_alternative<runtime::Sleep>(one.action); });
  REQUIRE(sleep != release.steps.end());
  CHECK(std::get<runtime::Sleep>(sleep->action).duration == 90);
  CHECK(std::holds_alternative<runtime::Commit>(release.steps.back().action));
}

TEST_CASE("scripts that are asked together run one after the other", "[local]") {
  runtime::Plan plan = plan_of(R"(
step up(name: string) {
  backend github { run "./up-there ${{ name }}" }
  backend local { run "./up-here ${{ name }}" }
}
pipeline ci {
  on push
  stage a {
    await every 5s within 1m { up("x"); up(github.ref) }
  }
}
)");
  const runtime::Stage& a = stage(plan, "a");
  REQUIRE(a.steps.size() == 1);
  CHECK(std::get<runtime::Script>(a.steps[0].action).text == "(\n./up-here x\n)\n(\n./up-here \"$NAME\"\n)\n");
  CHECK(a.steps[0].env.size() == 1);
}

}  // namespace
}  // namespace sluice::local

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "backends/github/audit.h"
#include "backends/github/delivery.h"
#include "backends/github/emit.h"
#include "builder.h"
#include "graph/verify.h"

namespace graph = sluice::graph;
using namespace sluice::github;
using namespace sluice::github::test;

namespace {

struct OneStage {
  Builder builder = pipeline();
  graph::Stage& stage = builder.stage("a");
  graph::Step& step = builder.run(stage, "Go", "true");

  bool has(ProblemKind kind) {
    auto problems = emit(builder.graph).problems;
    return std::ranges::any_of(problems, [&](const Problem& problem) { return problem.kind == kind; });
  }
};

// A gate that may wait for longer than any job, and a stage with a rollback behind it.
graph::Graph gated() {
  Builder b = pipeline();
  graph::Stage& gate = b.stage("go");
  gate.gate = graph::Conditions{};
  gate.timeout = 7 * 3600 + 1;
  graph::Stage& stage = b.stage("release", {"go"});
  b.run(stage, "go", "true");
  graph::Step& arm = b.run(stage, "arm", "");
  arm.action = graph::Arm{0};
  graph::Rollback rollback;
  rollback.title = b.text("back");
  stage.rollbacks.push_back(rollback);
  return b.graph;
}

}  // namespace

TEST_CASE("github problems: what is lost of delivery is told by emit, not by check", "[github]") {
  CHECK(problems_of(gated()).empty());
  std::vector<Problem> problems = emit(gated()).problems;
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].kind == ProblemKind::gate_kept_roughly);
  CHECK(problems[0].text == "`go` looks for evidence for six hours at most: GitHub's runners stay no longer");
  CHECK(problems[1].kind == ProblemKind::rollback_cut_short);
  CHECK(problems[1].text == "GitHub ends a cancelled run after five minutes, and the rollback of `release` with it");
}

TEST_CASE("github problems: what delivery becomes is a graph like others", "[github]") {
  CHECK(graph::verify(gated()).empty());
  Delivered delivered = deliver(gated());
  CHECK(graph::verify(delivered.graph).empty());
  CHECK_FALSE(has_delivery(delivered.graph));
  std::vector<std::string> ids;
  for (const graph::Stage& stage : delivered.graph.stages) ids.push_back(stage.id);
  CHECK(ids == std::vector<std::string>{"go", "release", "release-rollback"});
}

TEST_CASE("github problems: none in ordinary graphs", "[github]") {
  CHECK(emit(OneStage().builder.graph).problems.empty());
}

TEST_CASE("github problems: retries", "[github]") {
  OneStage one;
  one.stage.retry.attempts = 2;
  CHECK(one.has(ProblemKind::retry_of_stage));
  one.step.retry = {2, 5};
  CHECK_FALSE(one.has(ProblemKind::retry_of_shell));
  std::get<graph::Run>(one.step.action).shell = "pwsh";
  CHECK(one.has(ProblemKind::retry_of_shell));
  std::get<graph::Run>(one.step.action).shell = "bash";
  one.stage.runs_on = {"macos-15"};
  one.step.timeout = 60;
  CHECK(one.has(ProblemKind::attempt_limit_on_macos));
  one.builder.checkout(one.stage).retry.attempts = 2;
  CHECK(one.has(ProblemKind::retry_of_uses));
}

TEST_CASE("github problems: time limits", "[github]") {
  OneStage one;
  one.step.timeout = 60;
  CHECK_FALSE(one.has(ProblemKind::timeout_rounded));
  one.step.timeout = 61;
  CHECK(one.has(ProblemKind::timeout_rounded));
  CHECK(emit(one.builder.graph).text.find("        timeout-minutes: 2\n") != std::string::npos);
  one.stage.timeout = 7 * 60 * 60;
  CHECK(one.has(ProblemKind::timeout_over_limit));
  one.stage.runs_on = {"self-hosted"};
  CHECK_FALSE(one.has(ProblemKind::timeout_over_limit));
}

TEST_CASE("github problems: the time to stop is the same for every step", "[github]") {
  OneStage one;
  one.step.grace = 10;
  CHECK_FALSE(one.has(ProblemKind::grace_fixed));
  one.step.grace = 11;
  CHECK(one.has(ProblemKind::grace_fixed));
  one.step.backend = graph::Backend::local;
  CHECK_FALSE(one.has(ProblemKind::grace_fixed));
}

TEST_CASE("github problems: matrices", "[github]") {
  OneStage one;
  Builder& b = one.builder;
  std::vector<std::string> many;
  for (int i = 0; i < 17; ++i) many.push_back(fmt::format("x{}", i));
  one.stage.matrix = graph::Matrix{b.map({{"a", b.texts(many)}, {"b", b.texts(many)}}), {}, {}};
  CHECK(one.has(ProblemKind::too_many_legs));
  one.stage.matrix->exclude = b.list({b.map({{"a", b.text("x0")}}), b.map({{"b", b.text("x0")}})});
  CHECK_FALSE(one.has(ProblemKind::too_many_legs));
  one.stage.matrix->include = b.list({b.map({{"a", b.text("x0")}})});
  CHECK(one.has(ProblemKind::too_many_legs));
  one.stage.matrix = graph::Matrix{b.map({{"a", b.list({})}}), {}, {}};
  CHECK(one.has(ProblemKind::empty_axis));
  one.stage.matrix = graph::Matrix{b.path("needs.a.outputs.m", Type::string), b.list({}), {}};
  CHECK(one.has(ProblemKind::include_beside_expression));
  CHECK(emit(b.graph).text.find("matrix: ${{ fromJSON(needs.a.outputs.m) }}") != std::string::npos);
}

TEST_CASE("github problems: triggers", "[github]") {
  OneStage one;
  graph::Trigger manual;
  manual.event = "workflow_dispatch";
  for (int i = 0; i < 26; ++i) manual.inputs.push_back({fmt::format("i{}", i), {}, {}, "", false, {}});
  manual.inputs[0].default_value = one.builder.path("github.ref");
  manual.inputs[1].description = "${{ x }}";
  one.builder.graph.triggers = {manual, manual};
  CHECK(one.has(ProblemKind::too_many_inputs));
  CHECK(one.has(ProblemKind::default_not_constant));
  CHECK(one.has(ProblemKind::expression_not_allowed));
  CHECK(one.has(ProblemKind::duplicate_trigger));
  one.builder.graph.triggers[0].event = "workflow_call";
  one.builder.graph.triggers[0].inputs[0].type = graph::Input::Type::choice;
  CHECK(one.has(ProblemKind::options_of_call));
}

TEST_CASE("github problems: names, groups, services, emptiness", "[github]") {
  OneStage one;
  Builder& b = one.builder;
  one.step.env = {{"A", b.text("1")}, {"a", b.text("2")}};
  CHECK(one.has(ProblemKind::case_clash));
  one.step.id = "__x";
  CHECK(one.has(ProblemKind::bad_id));
  b.graph.concurrency = graph::Concurrency{b.text("one"), {}};
  one.stage.concurrency = graph::Concurrency{b.text("one"), {}};
  CHECK(one.has(ProblemKind::same_concurrency_group));
  one.stage.services.push_back({});
  CHECK(one.has(ProblemKind::service_without_image));
  one.step.backend = graph::Backend::local;
  CHECK(one.has(ProblemKind::no_steps));
  one.stage.condition = b.boolean(false);
  CHECK(one.has(ProblemKind::no_stages));
}

TEST_CASE("github problems: each is said once", "[github]") {
  OneStage one;
  Builder& b = one.builder;
  b.graph.triggers.clear();
  one.stage.matrix = graph::Matrix{b.map({{"a", b.list({b.call("increasing", {b.path("github.x")})})}}), {}, {}};
  auto problems = emit(b.graph).problems;
  REQUIRE(problems.size() == 2);
  CHECK(name(problems[0].kind) == "no_triggers");
  CHECK(name(problems[1].kind) == "unknown_function");
}

TEST_CASE("github problems: success() behind a stage that may be skipped", "[github]") {
  OneStage one;
  one.stage.condition = one.builder.path("inputs.x");
  graph::Stage& next = one.builder.stage("b", {"a"});
  one.builder.run(next, "Go", "true");
  next.condition = one.builder.call("success");
  next.asks_status = true;
  CHECK(one.has(ProblemKind::success_after_skipped));
}

TEST_CASE("github problems: files beyond GitHub's limits", "[github]") {
  OneStage one;
  std::get<graph::Run>(one.step.action).text = std::string(500'001, 'x');
  CHECK(one.has(ProblemKind::file_too_large));
  for (int i = 0; i < 25'000; ++i) one.step.env.emplace_back(fmt::format("X{}", i), one.builder.text("y"));
  CHECK(one.has(ProblemKind::too_many_nodes));
}

TEST_CASE("github audit: a sound workflow breaks no rule", "[github]") {
  CHECK(audit(emit(rich_graph()).text).empty());
}

TEST_CASE("github audit: only as many scripts hold an expression as the author wants pasted", "[github]") {
  std::string text = emit(rich_graph()).text;
  // Two more steps with an expression in their script: in the line of its key, and below it.
  std::size_t at = text.find("    steps:\n") + 11;
  REQUIRE(at > 11);
  text.insert(
      at,
      "      - name: One\n        shell: bash\n        run: echo ${{ github.actor }} ${{ github.ref }}\n"
      "      - name: Two\n        shell: bash\n        run: |\n          true\n          echo ${{ github.ref }}\n");
  CHECK(audit(text, 2).empty());
  for (std::size_t pasted : {0U, 1U}) {
    auto problems = audit(text, pasted);
    REQUIRE(problems.size() == 2 - pasted);
    for (const auto& problem : problems) CHECK(problem.text.find("an expression inside a script") != std::string::npos);
  }
}

TEST_CASE("github audit: each broken rule is found", "[github]") {
  const std::string sound = emit(rich_graph()).text;
  auto broken = [&](std::string_view from, std::string_view to) {
    std::string text = sound;
    std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    auto problems = audit(text);
    return problems.size() == 1 ? problems[0].text.substr(problems[0].text.find(": ") + 2) : "";
  };
  CHECK(broken("\npermissions: {}\n", "\npermissions: read-all\n") == "the workflow has permissions of its own");
  CHECK(broken("    permissions: {}\n", "") == "a job without permissions");
  CHECK(broken("    timeout-minutes: 10\n    steps", "    steps") == "a job without a time limit");
  CHECK(broken("    name: Lint\n", "") == "a job without a name");
  CHECK(broken("@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7") == "an action that is not pinned to a commit");
  CHECK(broken("@sha256:a", "@sha256:") == "an image that is not pinned");
  CHECK(broken("        shell: bash\n", "") == "a script without a shell");
  CHECK(broken("run: ruff check .", "run: ruff check ${{ x }}") == "an expression inside a script");
  CHECK(broken("  --cov=dags", "  --cov=${{ x }}") == "an expression inside a script");
}

#include "runtime/actions/definition.h"

#include <catch2/catch.hpp>

#include "runtime/expressions/evaluate.h"
#include "tests/unit/runtime/run_helpers.h"

using namespace sluice::runtime;

namespace {

std::string wrong(const std::string& text) {
  auto action = parse_action(text);
  return action ? "" : action.error();
}

}  // namespace

TEST_CASE("a JavaScript action is read", "[actions]") {
  auto action = parse_action(R"(
name: Greet
inputs:
  who: {description: whom, required: true, deprecationMessage: no more}
  times: {default: 1.10}
  none:
outputs: {text: {description: what}}
runs: {using: Node24, main: dist/index.js, post: dist/../post.js, post-if: success()}
)");
  REQUIRE(action);
  CHECK(action->name == "Greet");
  REQUIRE(action->inputs.size() == 3);
  CHECK(action->input("WHO")->required);
  CHECK(action->input("who")->deprecation == "no more");
  CHECK(action->input("times")->default_value.text == "\"1.1\"");
  CHECK_FALSE(action->input("none")->has_default);
  CHECK(action->outputs == std::vector<std::string>{"text"});
  const auto& script = std::get<JavaScriptAction>(action->runs);
  CHECK(script.node == 24);
  CHECK(script.main == "dist/index.js");
  CHECK(script.pre.empty());
  // actions/runner, ActionManifestManager.cs: always() where nothing is said, else as it stands.
  CHECK(action->pre_if.text == "always");
  CHECK(action->post_if.text == "success");
}

TEST_CASE("a composite action is read", "[actions]") {
  auto action = parse_action(R"(
inputs: {x: {}}
outputs: {y: {value: "${{ steps.a.outputs.y }}"}}
runs:
  using: composite
  steps:
    - {id: a, run: "echo ${{ inputs.x }}", shell: bash, if: inputs.x, env: {K: v}, working-directory: sub}
    - {uses: ./b, with: {p: "${{ github.token }}", q: 3}, continue-on-error: false}
)");
  REQUIRE(action);
  const auto& composite = std::get<CompositeAction>(action->runs);
  REQUIRE(composite.steps.size() == 2);
  CHECK(composite.outputs.size() == 1);
  const Step& first = composite.steps[0].step;
  CHECK(first.id == "a");
  // Its `if` has the implied success() that a step's has.
  CHECK(first.condition.kind == Expression::Kind::both);
  CHECK(first.title.kind == Expression::Kind::text);
  CHECK(std::get<Script>(first.action).pasted.kind == Expression::Kind::text);
  const Step& second = composite.steps[1].step;
  CHECK(second.condition.text == "success");
  CHECK(second.allow_failure.text == "false");
  CHECK(std::get<UseAction>(second.action).uses == "./b");
  CHECK(std::get<UseAction>(second.action).with.size() == 2);
}

TEST_CASE("a Docker action is read", "[actions]") {
  auto action = parse_action(
      "runs: {using: docker, image: Dockerfile, args: ['${{ inputs.x }}', 2], env: {A: b}, entrypoint: /go.sh}");
  REQUIRE(action);
  const auto& docker = std::get<DockerAction>(action->runs);
  CHECK(docker.image == "Dockerfile");
  CHECK(docker.entrypoint == "/go.sh");
  CHECK(docker.arguments->size() == 2);
  CHECK(docker.env.size() == 1);
}

TEST_CASE("what is wrong in an action is told with its place", "[actions]") {
  CHECK(wrong("") == "it has to be a mapping with `runs`");
  CHECK(wrong("[1]") == "it has to be a mapping with `runs`");
  CHECK(wrong("name: x") == "`runs` is missing");
  CHECK(wrong("runs: x") == "`runs` has to be a mapping");
  CHECK(wrong("runs: {main: x}") == "`runs.using` is missing");
  CHECK(wrong("runs: {using: node99, main: x}") ==
        "`runs.using` is `node99`; it can be node12, node16, node20, node24, composite or docker");
  CHECK(wrong("runs: {using: node20}") == "`runs.main` is missing");
  CHECK(wrong("runs: {using: node20, main: ../x.js}") == "`runs.main` leaves the action");
  CHECK(wrong("runs: {using: node20, main: x, steps: []}") == "`runs.steps` is not known here");
  CHECK(wrong("runs: {using: node20, main: [x]}") == "`runs.main` has to be a text");
  CHECK(wrong("runs: {using: node20, main: x, post-if: nobody.x}") ==
        "`runs.post-if`: Unrecognized named-value: 'nobody'. Located at position 1 within expression: nobody.x");
  CHECK(wrong("runs: {using: docker}") == "`runs.image` is missing");
  CHECK(wrong("runs: {using: docker, image: x, args: y}") == "`runs.args` has to be a list");
  CHECK(wrong("runs: {using: composite, steps: {}}") == "`runs.steps` has to be a list of steps");
  auto step = [](const std::string& text) { return wrong("runs: {using: composite, steps: [" + text + "]}"); };
  CHECK(step("x") == "`runs.steps[0]` has to be a mapping");
  CHECK(step("{run: x}") == "`runs.steps[0].shell` is missing");
  CHECK(step("{name: x}") == "`runs.steps[0].run` or `uses`: a step has one of them");
  CHECK(step("{run: x, shell: sh, timeout-minutes: 3}") == "`runs.steps[0].timeout-minutes` is not known here");
  CHECK(step("{run: '${{ secrets.X }}', shell: sh}") ==
        "`runs.steps[0].run`: Unrecognized named-value: 'secrets'. Located at position 1 within expression: secrets.X");
  CHECK(step("{id: a, uses: ./x}, {id: A, uses: ./x}") == "`runs.steps[1].id` is `A`, as another step's");
  CHECK(wrong("inputs: {a: {default: '${{ inputs.b }}'}}\nruns: {using: node20, main: x}") ==
        "`inputs.a.default`: Unrecognized named-value: 'inputs'. Located at position 1 within expression: inputs.b");
  CHECK(wrong("inputs: [a]\nruns: {using: node20, main: x}") == "`inputs` has to be a mapping");
  CHECK(wrong("outputs: {a: 3}\nruns: {using: node20, main: x}") == "`outputs.a` has to be a mapping");
}

TEST_CASE("a folder without action.yml may hold a Dockerfile", "[actions]") {
  test::Scratch scratch;
  CHECK(read_action(scratch.path).error().starts_with("there is no `action.yml`"));
  std::ofstream(scratch.path / "Dockerfile") << "FROM scratch\n";
  CHECK(std::get<DockerAction>(read_action(scratch.path)->runs).image == "Dockerfile");
  std::ofstream(scratch.path / "action.yaml") << "runs: {using: node20, main: m.js}";
  CHECK(std::get<JavaScriptAction>(read_action(scratch.path)->runs).main == "m.js");
  std::ofstream(scratch.path / "action.yml") << "runs: {";
  CHECK(read_action(scratch.path).error().starts_with((scratch.path / "action.yml: line ").string()));
}

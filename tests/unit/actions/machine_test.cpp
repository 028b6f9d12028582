#include "runtime/actions/machine.h"

#include <catch2/catch.hpp>

#include "tests/unit/runtime/run_helpers.h"

using namespace sluice::runtime;

namespace {

/// Folders of actions, and a PATH with programs that say one line.
struct Machine {
  test::Scratch scratch;
  ActionFolders folders{scratch.path / "workspace", scratch.path / "there"};

  void action(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(scratch.path / path);
    std::ofstream(scratch.path / path / "action.yml") << text;
  }
  void file(const std::string& path, const std::string& text = "") {
    std::filesystem::create_directories((scratch.path / path).parent_path());
    std::ofstream(scratch.path / path) << text;
  }
  void program(const std::string& name, const std::string& script) {
    file("bin/" + name, "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(scratch.path / "bin" / name, std::filesystem::perms::owner_all);
  }
  ActionMachine::Answer ask(const std::string& uses) {
    return ActionMachine(folders, {{"PATH", (scratch.path / "bin").string()}}).ask(uses);
  }
};

std::string found(const ActionMachine::Answer& answer) { return answer.problem.value_or("runs"); }

constexpr const char* script = "runs: {using: node20, main: main.js}";

}  // namespace

TEST_CASE("references are taken apart", "[actions]") {
  auto reference = parse_reference("acme/tools/deep/er@release/v1");
  REQUIRE(reference);
  CHECK(reference->repository == "acme/tools");
  CHECK(reference->path == "deep/er");
  CHECK(reference->ref == "release/v1");
  CHECK(parse_reference("docker://alpine:3")->image == "alpine:3");
  CHECK(parse_reference("./.github/actions/x")->kind == ActionReference::Kind::local);
  CHECK(parse_reference("./../x").error() == "`./../x` leaves the workspace");
  for (const char* text :
       {"", "x", "a@b", "a/b", "a/b@", "/b@c", "a/@c", "a/b/../../c@d", "a/b@../c", "../a/b@c", "docker://"})
    CHECK_FALSE(parse_reference(text));
}

TEST_CASE("checked-out actions are found in three layouts", "[actions]") {
  Machine machine;
  machine.program("node", "echo v20.1.0");
  for (const char* folder :
       {"there/acme/at@v1", "there/acme/below/v1", "there/acme/any", "there/acme/sub@v1/in/side"}) {
    machine.action(folder, script);
    machine.file(std::string(folder) + "/main.js");
  }
  CHECK(machine.ask("acme/at@v1").folder == machine.folders.checked_out / "acme/at@v1");
  CHECK(machine.ask("acme/below@v1").folder == machine.folders.checked_out / "acme/below/v1");
  CHECK(machine.ask("acme/any@v7").folder == machine.folders.checked_out / "acme/any");
  CHECK(machine.ask("acme/sub/in/side@v1").folder == machine.folders.checked_out / "acme/sub@v1/in/side");
  CHECK(found(machine.ask("acme/at@v2")) == "`acme/at@v2` is not in `" + machine.folders.checked_out.string() + "`");
  machine.folders.checked_out.clear();
  CHECK(found(machine.ask("acme/at@v1")) == "`acme/at@v1` is not on this machine");
}

TEST_CASE("what an action needs of this machine is asked before it runs", "[actions]") {
  Machine machine;
  machine.action("workspace/js", "runs: {using: node24, main: built-later.js}");
  CHECK(found(machine.ask("./js")) == "JavaScript actions need the program `node`, which is not in PATH");
  machine.program("node", "echo v20.20.2");
  ActionMachine::Answer answer = machine.ask("./js");
  CHECK(found(answer) == "runs");
  CHECK(answer.notes == std::vector<std::string>{"`./js` asks for Node.js 24; the `node` here is 20"});
  machine.action("there/acme/js", "runs: {using: node20, main: gone.js}");
  CHECK(found(machine.ask("acme/js@v1")) == "`acme/js@v1` has no file `gone.js`");
  CHECK(found(machine.ask("./none")) == "there is no `action.yml`, `action.yaml` or `Dockerfile` in `./none`");
}

TEST_CASE("a Docker action needs an engine that answers", "[actions]") {
  Machine machine;
  machine.action("workspace/image", "runs: {using: docker, image: Dockerfile}");
  std::string none = "`./image` runs in a container, and no container engine answers here (`docker` or `podman`)";
  CHECK(found(machine.ask("./image")) == none);
  machine.program("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
  CHECK(found(machine.ask("./image")) == none);
  machine.program("podman", "exit 0");
  CHECK(found(machine.ask("./image")) == "runs");
  CHECK(found(machine.ask("docker://alpine:3")) == "runs");
}

// actions/runner, ActionManager.cs: CompositeActionsMaxDepth.
TEST_CASE("actions in actions are asked as well, ten levels deep", "[actions]") {
  Machine machine;
  machine.program("node", "echo v20");
  auto composite = [](const std::string& uses) {
    return "runs: {using: composite, steps: [{uses: " + uses + "}, {uses: " + uses + "}]}";
  };
  machine.action("workspace/loop", composite("./loop"));
  CHECK(found(machine.ask("./loop")) == "actions use each other more than 10 levels deep");
  for (int i = 0; i < 10; ++i)
    machine.action("workspace/l" + std::to_string(i), i == 9 ? script : composite("./l" + std::to_string(i + 1)));
  CHECK(found(machine.ask("./l0")) == "runs");
  machine.action("workspace/outer", composite("acme/none@v1"));
  CHECK(found(machine.ask("./outer")).starts_with("`acme/none@v1` is not in"));
}

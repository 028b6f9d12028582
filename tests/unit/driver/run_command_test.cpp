#include "driver/run_command.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "driver/run_event.h"
#include "driver/run_inputs.h"
#include "driver/run_repository.h"
#include "runtime/operations/secret_file.h"
#include "tests/unit/github/builder.h"
#include "tests/unit/runtime/run_helpers.h"

namespace sluice::driver {
namespace {

using github::test::Builder;
using github::test::pipeline;
using runtime::Json;

TEST_CASE("the root is the project of the file: where .git or .github is", "[run-command]") {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "sluice-find-root";
  std::filesystem::create_directories(folder / "inner" / ".github" / "pipelines");
  std::filesystem::create_directories(folder / ".git");
  std::filesystem::create_directories(folder / "ci");
  CHECK(find_root((folder / "ci" / "ci.pipe").string(), "") == folder);
  CHECK(find_root((folder / "inner" / "ci.pipe").string(), "") == folder / "inner");
  CHECK(find_root((folder / "inner" / ".github" / "pipelines" / "ci.pipe").string(), "") == folder / "inner");
  std::filesystem::remove_all(folder);
  CHECK(find_root("/nowhere/b/ci.pipe", "") == "/nowhere/b");
  CHECK(find_root("/a/b/ci.pipe", "/c/./d") == "/c/d");
  CHECK(find_root("-", "") == find_root("ci.pipe", ""));
}

TEST_CASE("remotes name their repository", "[run-command]") {
  CHECK(repository_of_address("git@github.com:acme/etl.git") == "acme/etl");
  CHECK(repository_of_address("https://user:word@github.com/acme/etl.git/") == "acme/etl");
  CHECK(repository_of_address("ssh://git@host:22/group/sub/etl") == "sub/etl");
  CHECK(repository_of_address("/srv/git/etl.git").empty());
  CHECK(repository_of_address("file:///srv/git/etl.git").empty());
  CHECK(repository_of_address("../x:y/etl").empty());
}

Builder dispatched() {
  Builder b = pipeline();
  graph::Trigger manual;
  manual.event = "workflow_dispatch";
  manual.inputs = {{"version", graph::Input::Type::string, {}, "", true, {}},
                   {"dry", graph::Input::Type::boolean, {}, "", false, b.boolean(true)},
                   {"count", graph::Input::Type::number, {}, "", false, {}},
                   {"level", graph::Input::Type::choice, {"low", "high"}, "", false, {}}};
  b.graph.triggers.push_back(std::move(manual));
  return b;
}

TEST_CASE("the event is asked for, seen in the payload, or the usual one", "[run-command]") {
  Builder b = dispatched();
  auto chosen = [&](const char* asked, const char* payload, bool inputs) {
    auto event = choose_event(b.graph, asked, runtime::parse_json(payload), inputs);
    return event ? event->name : event.error();
  };
  CHECK(chosen("", "{}", false) == "push");
  CHECK(chosen("", "{}", true) == "workflow_dispatch");
  CHECK(chosen("", R"({"inputs":{}})", false) == "workflow_dispatch");
  CHECK(chosen("manual", "{}", false) == "workflow_dispatch");
  CHECK(chosen("release", "{}", false) ==
        "the pipeline `ci` does not run on `release`; it runs on `push`, `workflow_dispatch`");
}

TEST_CASE("inputs are typed and complete", "[run-command]") {
  Builder b = dispatched();
  Event event{"workflow_dispatch", &b.graph.triggers.back()};
  auto read = [&](std::vector<std::string> given) {
    auto inputs = read_inputs(b.graph, event, given, Json::object(), Json::object());
    return inputs ? runtime::to_json_line(*inputs) : inputs.error();
  };
  CHECK(read({"version=a=b"}) == R"({"version":"a=b","dry":true,"count":0,"level":"low"})");
  CHECK(read({"version=1", "dry=false", "count=2.5", "level=high"}) ==
        R"({"version":"1","dry":false,"count":2.5,"level":"high"})");
  CHECK(read({}) == "the pipeline `ci` needs the input `version`; give it with `--input NAME=VALUE`");
  CHECK(read({"version=1", "x=1"}) ==
        "the pipeline `ci` has no input `x` on `workflow_dispatch`; it takes `version`, `dry`, `count`, `level`");
  CHECK(read({"version=1", "dry=yes"}) == "the input `dry` is true or false, not `yes`");
  CHECK(read({"version=1", "count=a"}) == "the input `count` is a number, which `a` is not");
  CHECK(read({"version=1", "level=a"}) == "the input `level` is one of `low`, `high`, not `a`");
  CHECK(read({"version"}) == "`version` is no input: write it as NAME=VALUE");
}

TEST_CASE("the github context follows the event", "[run-command]") {
  Repository repository;
  repository.name = "acme/etl";
  repository.ref = "refs/heads/topic";
  repository.ref_name = "topic";
  repository.message = "Mend\n\nit";
  Json push = github_context({"push", nullptr}, Json::object(), repository);
  CHECK(push["ref"] == "refs/heads/topic");
  CHECK(push["event"]["head_commit"]["message"] == "Mend\n\nit");
  CHECK(push["repository_owner"] == "acme");
  Json given = {{"pull_request", {{"number", 7}, {"base", {{"ref", "develop"}}}}}};
  Json request = github_context({"pull_request", nullptr}, given, repository);
  CHECK(request["ref"] == "refs/pull/7/merge");
  CHECK(request["ref_name"] == "7/merge");
  CHECK(request["head_ref"] == "topic");
  CHECK(request["base_ref"] == "develop");
  CHECK(request["event"]["pull_request"]["title"] == "Mend");
  Json tag = github_context({"push", nullptr}, {{"ref", "refs/tags/v1"}}, repository);
  CHECK(tag["ref_name"] == "v1");
  CHECK(tag["ref_type"] == "tag");
}

TEST_CASE("secrets come from a file, then from the environment", "[run-command]") {
  runtime::test::Scratch scratch;
  std::string file = scratch.path / "secrets";
  std::ofstream(file) << "# mine\nONE=1=1\n TWO = \"two words\" \nEMPTY=\n";
  chmod(file.c_str(), 0600);
  std::vector<std::string> declared = {"ONE", "SLUICE_TEST_THREE"};
  runtime::Plan plan;
  plan.pipeline = "ci";
  setenv("ONE", "no", 1);
  setenv("SLUICE_TEST_THREE", "3", 1);
  auto secrets = runtime::read_secrets(plan, declared, file);
  unsetenv("ONE");
  unsetenv("SLUICE_TEST_THREE");
  REQUIRE(secrets);
  CHECK(secrets->warnings.empty());
  CHECK(secrets->values.at("ONE") == "1=1");
  CHECK(secrets->values.at("TWO") == "two words");
  CHECK(secrets->values.at("SLUICE_TEST_THREE") == "3");
  CHECK_FALSE(secrets->values.contains("EMPTY"));
  plan.secrets = {"EMPTY", "OTHER"};
  CHECK(runtime::read_secrets(plan, declared, file).error() ==
        "the pipeline `ci` needs the secrets `EMPTY`, `OTHER`; set them in the environment or in a file for "
        "`--secret-file`");
  std::ofstream(file) << R"({"KEY": "a\nb"})";
  chmod(file.c_str(), 0644);
  plan.secrets.clear();
  secrets = runtime::read_secrets(plan, declared, file);
  CHECK(secrets->values.at("KEY") == "a\nb");
  CHECK(secrets->warnings.size() == 1);
  std::ofstream(file) << "\nhush hush\n";
  CHECK(runtime::read_secrets(plan, declared, file).error() == file + ":2: this is no line `NAME=value`");
}

/// One run with standard output in a file.
struct Command {
  runtime::test::Scratch scratch;
  RunOptions options;
  std::string output;

  Command() {
    std::string git = "git -C " + scratch.path.string();
    std::string user = " -c user.name=Ann -c user.email=ann@example.com ";
    std::ofstream(scratch.path / "hello") << "hello\n";
    std::string commands = git + " init -q -b topic && " + git + " add hello && " + git + user + "commit -qm First";
    REQUIRE(std::system(commands.c_str()) == 0);
    options.pipe_file = scratch.path / "ci.pipe";
    options.format = "json";
  }
  int run(const graph::Graph& graph) {
    std::filesystem::path file = scratch.path / "output.jsonl";
    int saved = dup(1), target = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(target, 1);
    close(target);
    int code = driver::run(graph, options);
    dup2(saved, 1);
    close(saved);
    std::ifstream stream(file);
    output.assign(std::istreambuf_iterator<char>(stream), {});
    return code;
  }
};

TEST_CASE("a run sees the repository, its inputs and its masked secrets", "[run-command]") {
  Builder b = dispatched();
  graph::Stage& stage = b.stage("a");
  b.run(stage, "show", "echo \"$GITHUB_REF_NAME $V $D\"; echo \"<$T>\"").env = {
      {"V", b.path("inputs.version")}, {"D", b.path("github.event.inputs.dry")}, {"T", b.path("secrets.KEY")}};
  b.graph.secrets = {{"KEY", false, ""}};
  Command command;
  std::string file = command.scratch.path / "secrets";
  std::ofstream(file) << "KEY=hush-hush\n";
  chmod(file.c_str(), 0600);
  command.options.secret_file = file;
  command.options.inputs = {"version=v2"};
  CHECK(command.run(b.graph) == 0);
  CHECK(command.output.find("topic v2 true") != std::string::npos);
  CHECK(command.output.find("<***>") != std::string::npos);
  CHECK(command.output.find("hush") == std::string::npos);
  CHECK(std::filesystem::exists(command.scratch.path / ".sluice/.gitignore"));
}

TEST_CASE("the exit status tells failure from misuse", "[run-command]") {
  Builder b = pipeline();
  b.run(b.stage("good"), "go", "true");
  b.run(b.stage("bad"), "go", "false");
  Command command;
  CHECK(command.run(b.graph) == 1);
  command.options.only = {"good"};
  CHECK(command.run(b.graph) == 0);
  CHECK(command.output.find("\"bad\"") == std::string::npos);
  command.options.only = {"worse"};
  CHECK(command.run(b.graph) == 2);
  command.options.only = {};
  command.options.event = "release";
  CHECK(command.run(b.graph) == 2);
  command.options.event = "";
  b.graph.stages[0].steps[0].env = {{"T", b.path("secrets.SLUICE_TEST_ABSENT")}};
  b.graph.secrets = {{"SLUICE_TEST_ABSENT", false, ""}};
  CHECK(command.run(b.graph) == 2);
}

}  // namespace
}  // namespace sluice::driver

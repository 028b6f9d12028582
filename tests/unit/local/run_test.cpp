#include <catch2/catch.hpp>
#include <cstdlib>

#include "backends/local/plan.h"
#include "tests/unit/github/builder.h"
#include "tests/unit/runtime/run_helpers.h"

// Graphs that really run.
namespace sluice::local {
namespace {

using github::test::Builder;
using github::test::Id;
using github::test::pipeline;
using github::test::Type;
using runtime::Result;

/// A run of the graph in a git repository of its own with one file, `hello`.
struct GraphRun : runtime::test::Run {
  explicit GraphRun(const graph::Graph& graph) {
    Planned planned = local::plan(graph);
    REQUIRE(planned.problems.empty());
    plan = planned.plan;
    std::filesystem::create_directory(options.repository_root);
    std::ofstream(options.repository_root / "hello") << "hello\n";
    std::string git = "git -C " + options.repository_root.string();
    REQUIRE(std::system((git + " init -q && " + git + " add hello").c_str()) == 0);
    bool ran = go();
    INFO((ran ? "" : report.error()));
    REQUIRE(ran);
  }
};

graph::Step& native(Builder& b, graph::Stage& stage, graph::Native::Operation operation, graph::Bindings arguments) {
  graph::Step step;
  step.title = b.text("native");
  step.backend = graph::Backend::local;
  step.action = graph::Native{operation, std::move(arguments)};
  stage.steps.push_back(std::move(step));
  return stage.steps.back();
}

void add_producer(Builder& b) {
  graph::Stage& stage = b.stage("make");
  b.run(stage, "say", "printf 'flag=false\\nshare=9.5\\nitems=[\"x\",\"y\"]\\nnone=\\n' >> \"$GITHUB_OUTPUT\"").id =
      "say";
  for (const char* name : {"flag", "share", "items", "none"})
    stage.outputs.emplace_back(name, b.path(std::string("steps.say.outputs.") + name));
}

graph::Stage& add_reader(Builder& b, const char* id, Id condition) {
  graph::Stage& stage = b.stage(id, {"make"});
  stage.condition = condition;
  b.run(stage, "go", "true");
  return stage;
}

TEST_CASE("typed outputs decide between stages", "[local][run]") {
  Builder b = pipeline();
  add_producer(b);
  Id flag = b.path("needs.make.outputs.flag", Type::boolean), none = b.path("needs.make.outputs.none", Type::number);
  add_reader(b, "flagged", flag);
  add_reader(b, "unflagged", b.negation(flag));
  // As texts, "9.5" would be more than "80".
  add_reader(b, "low",
             b.make(github::test::Kind::less, {b.path("needs.make.outputs.share", Type::number), b.number("80")}));
  add_reader(b, "absent", b.equal(b.fallback(none, b.number("100"), Type::number), b.number("100")));
  GraphRun run(b.graph);
  CHECK(run.result(1) == Result::skipped);
  CHECK(run.result(2) == Result::success);
  CHECK(run.result(3) == Result::success);
  CHECK(run.result(4) == Result::success);
}

TEST_CASE("an output becomes a matrix", "[local][run]") {
  Builder b = pipeline();
  add_producer(b);
  graph::Stage& stage = b.stage("each", {"make"});
  stage.matrix.emplace();
  stage.matrix->axes = b.map({{"item", b.path("needs.make.outputs.items", Type::json)}});
  stage.matrix->include = b.list({b.map({{"item", b.text("y")}, {"extra", b.number("7")}})});
  b.run(stage, "show", "echo \"$ITEM-$EXTRA\"").env = {{"ITEM", b.path("matrix.item")},
                                                       {"EXTRA", b.path("matrix.extra")}};
  GraphRun run(b.graph);
  REQUIRE(run.report->stages[1].legs.size() == 2);
  CHECK(run.recorder.output.find("each (x): x-\n") != std::string::npos);
  CHECK(run.recorder.output.find("each (y): y-7\n") != std::string::npos);
}

TEST_CASE("the work tree and artifacts pass from stage to stage", "[local][run]") {
  using Operation = graph::Native::Operation;
  Builder b = pipeline();
  graph::Stage& first = b.stage("first");
  native(b, first, Operation::checkout, {});
  b.run(first, "write", "cp hello copy");
  native(b, first, Operation::upload, {{"name", b.text("copies")}, {"path", b.text("copy")}});
  graph::Stage& second = b.stage("second", {"first"});
  native(b, second, Operation::download, {{"name", b.text("copies")}, {"to", b.text("in")}});
  b.run(second, "read", "cat in/copy");
  GraphRun run(b.graph);
  CHECK(run.report->outcome == runtime::RunOutcome::succeeded);
  CHECK(run.recorder.output.find("second: hello\n") != std::string::npos);
}

TEST_CASE("a failing notification leaves the run as it is", "[local][run]") {
  Builder b = pipeline();
  b.run(b.stage("work"), "go", "true");
  graph::Stage& notify = b.stage("notify", {"work"});
  notify.condition = b.call("always");
  notify.asks_status = notify.notification = true;
  b.run(notify, "post", "false");
  GraphRun run(b.graph);
  CHECK(run.result(1) == Result::failure);
  CHECK(run.report->outcome == runtime::RunOutcome::succeeded);
}

TEST_CASE("a service gives its port to the steps", "[local][run]") {
  Builder b = pipeline();
  graph::Stage& stage = b.stage("a");
  graph::Service service;
  service.id = "web";
  service.ports = {"80"};
  service.start = "touch \"$SLUICE_SERVICE_DIR/$NAME\"; exec sleep 60";
  service.ready = "test -e \"$SLUICE_SERVICE_DIR/up\"";
  service.local_env = {{"NAME", b.text("up")}};
  stage.services.push_back(std::move(service));
  Id ports = b.path("job.services.web.ports");
  b.run(stage, "ask", "test \"$PORT\" -gt 0").env = {
      {"PORT", b.make(github::test::Kind::index, {ports, b.text("80")})}};
  GraphRun run(b.graph);
  CHECK(run.recorder.services == "web: started\nweb: ready\nweb: stopped\n");
  CHECK(run.result(0) == Result::success);
}

}  // namespace
}  // namespace sluice::local

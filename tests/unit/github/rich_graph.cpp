#include "builder.h"

namespace sluice::github::test {
namespace {

void add_triggers(Builder& b) {
  b.graph.triggers.clear();
  b.graph.triggers.push_back({"push", {{"branches", {"main", "develop", "feature/**"}}}, {}, {}, {}});
  b.graph.triggers.push_back({"pull_request", {}, {}, {}, {}});
  b.graph.triggers.push_back({"schedule", {}, {{"30 4 * * 1-5", ""}, {"0 6 * * 0", "Europe/Berlin"}}, {}, {}});
  graph::Trigger manual;
  manual.event = "workflow_dispatch";
  using Input = graph::Input;
  manual.inputs.push_back({"version", Input::Type::string, {}, "tag or commit: what to deploy", true, {}});
  manual.inputs.push_back({"fast", Input::Type::boolean, {}, "", false, b.boolean(false)});
  manual.inputs.push_back({"level", Input::Type::choice, {"low", "high"}, "how bad it is", false, b.text("low")});
  b.graph.triggers.push_back(manual);
}

void add_lint(Builder& b) {
  graph::Stage& lint = b.stage("lint");
  lint.title = b.text("Lint");
  lint.documentation = "Style first:\nit is the cheapest.";
  lint.permissions.push_back({"contents", graph::Access::read, "checkout reads the repository"});
  b.checkout(lint);
  b.run(lint, "ruff", "ruff check .");
  b.run(lint, "Colours: all of them", "echo \"a: b\" # not a comment of YAML's").allow_failure = b.boolean(true);
  graph::Step& here = b.run(lint, "Only here", "true");
  here.backend = graph::Backend::local;
  here.id = "here";
}

void add_test(Builder& b) {
  graph::Stage& test = b.stage("test", {"lint"});
  test.title = b.join({b.text("Test on "), b.path("matrix.python")});
  test.condition = b.make(Kind::unequal, {b.path("github.event_name"), b.text("schedule")});
  test.matrix =
      graph::Matrix{b.map({{"python", b.texts({"3.11", "3.12"})}, {"os", b.texts({"ubuntu-24.04", "macos-15"})}}),
                    b.list({b.map({{"python", b.text("3.13")}, {"os", b.text("ubuntu-24.04")}})}),
                    b.list({b.map({{"python", b.text("3.11")}, {"os", b.text("macos-15")}})})};
  test.fail_fast = b.boolean(false);
  test.max_parallel = 2;
  test.env = {{"PYTHONUNBUFFERED", b.text("1")}, {"DEPTH", b.number("3")}};
  graph::Service db;
  db.id = "db";
  db.image = "postgres:15@sha256:" + std::string(64, 'a');
  db.ports = {"5432"};
  db.env = {{"POSTGRES_DB", b.text("airflow_test")}, {"POSTGRES_HOST_AUTH_METHOD", b.text("trust")}};
  db.health = {"--health-cmd \"pg_isready\"", "--health-interval 5s", "--health-retries 10"};
  test.services.push_back(db);
  test.permissions.push_back({"contents", graph::Access::read, "checkout reads the repository"});
  test.permissions.push_back({"pull-requests", graph::Access::write, "report.comment writes a comment"});
  b.checkout(test);
  graph::Step& unit = b.run(test, "Unit tests", "pytest tests/unit \\\n  --cov=dags\n");
  Id port = b.make(Kind::index, {b.path("job.services.db.ports"), b.text("5432")});
  unit.env = {{"DB_URL", b.join({b.text("postgresql://localhost:"), port, b.text("/test")})}};
  unit.timeout = 300;
  unit.retry = {3, 10};
  graph::Step& measured = b.run(test, "Measure", "echo \"percent=80\" >>\"${GITHUB_OUTPUT}\"");
  measured.id = "measured";
  graph::Step& report = b.run(test, "Report", "cat report.txt");
  report.condition =
      b.both(b.call("always"),
             b.make(Kind::greater, {b.path("steps.measured.outputs.percent", Type::number), b.number("50")}));
  report.working_directory = b.text("out");
  test.outputs = {{"percent", b.path("steps.measured.outputs.percent", Type::number)}};
}

void add_deploy(Builder& b) {
  graph::Stage& package = b.stage("package", {"test"});
  package.title = b.text("Package");
  b.run(package, "Pack", "tar -czf out.tar.gz dags\n");
  graph::Stage& deploy = b.stage("deploy", {"test", "package"});
  deploy.title = b.text("Deploy");
  deploy.condition =
      b.both(b.equal(b.path("github.ref"), b.text("refs/heads/main")),
             b.make(Kind::greater_equal,
                    {b.fallback(b.path("needs.test.outputs.percent", Type::number), b.number("100"), Type::number),
                     b.number("80")}));
  deploy.environment = graph::Environment{b.text("production"), b.text("https://example.com"), true, {}};
  deploy.concurrency = graph::Concurrency{b.text("production"), {}};
  graph::Step& go = b.run(deploy, "Go", "./deploy.sh \"${VERSION}\"");
  go.env = {
      {"VERSION", b.fallback(b.path("inputs.version", Type::string), b.path("github.sha", Type::string), Type::string)},
      {"TOKEN", b.path("secrets.DEPLOY_TOKEN", Type::string)},
      {"NO", b.text("no")}};
}

void add_notice(Builder& b) {
  graph::Stage& notice = b.stage("notify", {"lint", "test", "package", "deploy"});
  notice.title = b.text("Notify");
  notice.notification = true;
  notice.asks_status = true;
  notice.condition = b.call("always");
  graph::Step& step = b.run(notice, "Tell", "echo \"${RESULT}\"");
  step.condition = b.call(
      "contains", {b.make(Kind::member, {b.make(Kind::filter, {b.path("needs")})}, "result"), b.text("failure")});
  step.env = {{"RESULT", b.path("needs.deploy.result", Type::string)}};
}

}  // namespace

graph::Graph rich_graph() {
  Builder b = pipeline();
  b.graph.title = "CI Pipeline";
  b.graph.documentation = "Every push is linted and tested.";
  b.graph.run_name = b.join({b.text("CI of "), b.path("github.ref_name")});
  b.graph.env = {{"PIP_DISABLE_PIP_VERSION_CHECK", b.text("1")}};
  b.graph.concurrency = graph::Concurrency{b.join({b.text("ci-"), b.path("github.ref")}), b.boolean(true)};
  b.graph.secrets.push_back({"DEPLOY_TOKEN", false, "production"});
  add_triggers(b);
  add_lint(b);
  add_test(b);
  add_deploy(b);
  add_notice(b);
  return b.graph;
}

}  // namespace sluice::github::test

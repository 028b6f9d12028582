#include "graph/json.h"

#include "graph/json_writer.h"

namespace sluice::graph {
namespace {

class GraphWriter {
 public:
  GraphWriter(const Graph& graph, std::string& out, const source::SourceManager* sources)
      : graph_(graph), sources_(sources), json_(out) {}

  void write() {
    json_.open('{');
    json_.number("sluice-graph", json_version);
    json_.string("pipeline", graph_.pipeline);
    json_.string("title", graph_.title);
    json_.string("documentation", graph_.documentation);
    json_.string("file", graph_.file);
    expression("run_name", graph_.run_name);
    json_.objects("triggers", graph_.triggers, [&](const Trigger& trigger) { write(trigger); });
    json_.objects("secrets", graph_.secrets, [&](const Secret& secret) { write(secret); });
    concurrency(graph_.concurrency);
    bindings("env", graph_.env);
    seconds("budget", graph_.budget);
    json_.objects("artifacts", graph_.artifacts, [&](const Artifact& artifact) { write(artifact); });
    json_.objects("environments", graph_.environments, [&](const auto& environment) { write(environment); });
    json_.objects("stages", graph_.stages, [&](const Stage& stage) { write(stage); });
    json_.close('}');
    json_.out() += '\n';
  }

 private:
  void expression(std::string_view key, ExpressionId id) {
    if (id) json_.name(key), append_json(json_.out(), graph_, id);
  }

  void bindings(std::string_view key, const Bindings& bindings) {
    if (bindings.empty()) return;
    json_.name(key), json_.open('{');
    for (const auto& [name, value] : bindings) expression(name, value);
    json_.close('}');
  }

  void seconds(std::string_view key, std::optional<Seconds> value) {
    if (value) json_.number(key, *value);
  }

  void span(source::Span span) {
    if (!sources_ || !span.known()) return;
    source::Position position = sources_->begin(span);
    if (!position.file) return;
    json_.string("span", fmt::format("{}:{}:{}", position.file->name, position.line, position.column));
  }

  void concurrency(const std::optional<Concurrency>& concurrency) {
    if (!concurrency) return;
    json_.name("concurrency"), json_.open('{');
    expression("group", concurrency->group);
    expression("cancel_running", concurrency->cancel_running);
    json_.close('}');
  }

  void retry(const Retry& retry) {
    if (retry.attempts == 1 && retry.pause == 0) return;
    json_.name("retry"), json_.open('{');
    json_.number("attempts", retry.attempts);
    if (retry.pause) json_.number("pause", retry.pause);
    json_.close('}');
  }

  void write(const Trigger& trigger) {
    json_.string("event", trigger.event);
    if (!trigger.filters.empty()) {
      json_.name("filters"), json_.open('{');
      for (const auto& [name, values] : trigger.filters) json_.name(name), inline_list(values);
      json_.close('}');
    }
    json_.objects("schedules", trigger.schedules, [&](const auto& schedule) {
      json_.string("cron", schedule.first);
      json_.string("zone", schedule.second);
    });
    json_.objects("inputs", trigger.inputs, [&](const Input& input) { write(input); });
    span(trigger.span);
  }

  void inline_list(const std::vector<std::string>& values) {
    if (values.empty())
      json_.out() += "[]";
    else
      json_.inline_strings(values);
  }

  void write(const Input& input) {
    json_.string("name", input.name);
    json_.string("type", type_name(input.type));
    json_.strings("options", input.options);
    json_.string("description", input.description);
    json_.flag("required", input.required);
    expression("default", input.default_value);
  }

  static std::string_view type_name(Input::Type type) {
    switch (type) {
      case Input::Type::string: return "string";
      case Input::Type::boolean: return "boolean";
      case Input::Type::number: return "number";
      case Input::Type::choice: return "choice";
    }
    return "";
  }

  void write(const Secret& secret) {
    json_.string("name", secret.name);
    json_.flag("optional", secret.optional);
    json_.string("environment", secret.environment);
  }

  void write(const Artifact& artifact) {
    json_.string("name", artifact.name);
    json_.string("stage", graph_.stages[artifact.stage].id);
    if (artifact.keep) json_.number("keep", artifact.keep);
  }

  void write(const DeclaredEnvironment& environment) {
    json_.string("name", environment.name);
    if (!environment.branches.empty()) json_.strings("branches", environment.branches);
    if (environment.lock) {
      json_.name("lock"), json_.open('{');
      json_.string("name", environment.lock->name);
      json_.string("queue", environment.lock->queue == Lock::Queue::latest ? "latest" : "fifo");
      json_.close('}');
    }
    if (environment.entry) json_.string("entry", graph_.stages[*environment.entry].id);
    span(environment.span);
  }

  void gate(const std::optional<Conditions>& conditions) {
    if (!conditions) return;
    json_.name("gate"), json_.open('{');
    json_.objects("approvals", conditions->approvals, [&](const Approval& approval) {
      json_.number("count", approval.count);
      json_.strings("of", approval.who);
      json_.flag("not_author", approval.not_author);
      json_.flag("not_starter", approval.not_starter);
    });
    json_.strings("confirm", conditions->confirm);
    seconds("expires", conditions->expires);
    seconds("wait", conditions->wait);
    json_.objects("windows", conditions->windows, [&](const Window& window) {
      json_.string("times", window.times);
      json_.string("zone", window.zone);
    });
    json_.objects("freezes", conditions->freezes, [&](const Freeze& freeze) {
      json_.string("from", freeze.from);
      json_.string("to", freeze.to);
      json_.string("zone", freeze.zone);
      json_.string("because", freeze.because);
    });
    json_.close('}');
  }

  void write(const Rollback& rollback) {
    expression("title", rollback.title);
    json_.objects("steps", rollback.steps, [&](const Step& step) { write(step); });
    seconds("within", rollback.within);
    span(rollback.span);
  }

  void write(const Stage& stage) {
    json_.string("id", stage.id);
    expression("title", stage.title);
    json_.string("documentation", stage.documentation);
    json_.objects("after", stage.after, [&](const Edge& edge) {
      json_.string("stage", graph_.stages[edge.stage].id);
      json_.flag("inferred", !edge.written);
      span(edge.span);
    });
    expression("condition", stage.condition);
    json_.flag("asks_status", stage.asks_status);
    json_.flag("notification", stage.notification);
    json_.strings("runs_on", stage.runs_on);
    expression("runs_on_expression", stage.runs_on_expression);
    environment(stage.environment);
    concurrency(stage.concurrency);
    json_.objects("permissions", stage.permissions, [&](const Permission& permission) { write(permission); });
    bindings("env", stage.env);
    matrix(stage);
    json_.objects("services", stage.services, [&](const Service& service) { write(service); });
    gate(stage.gate);
    json_.objects("steps", stage.steps, [&](const Step& step) { write(step); });
    json_.objects("rollbacks", stage.rollbacks, [&](const Rollback& rollback) { write(rollback); });
    json_.string("no_rollback", stage.no_rollback);
    bindings("outputs", stage.outputs);
    limits(stage);
    span(stage.span);
  }

  void environment(const std::optional<Environment>& environment) {
    if (!environment) return;
    json_.name("environment"), json_.open('{');
    expression("name", environment->name);
    expression("url", environment->url);
    json_.flag("without_deployment", !environment->deployment);
    if (environment->declared) json_.number("declared", *environment->declared);
    json_.close('}');
  }

  void matrix(const Stage& stage) {
    if (stage.matrix) {
      json_.name("matrix"), json_.open('{');
      expression("axes", stage.matrix->axes);
      expression("include", stage.matrix->include);
      expression("exclude", stage.matrix->exclude);
      json_.close('}');
    }
    expression("fail_fast", stage.fail_fast);
    if (stage.max_parallel) json_.number("max_parallel", *stage.max_parallel);
  }

  void limits(const Stage& stage) {
    expression("allow_failure", stage.allow_failure);
    json_.number("timeout", stage.timeout);
    retry(stage.retry);
    seconds("expect", stage.expect);
  }

  void write(const Permission& permission) {
    constexpr std::string_view names[] = {"none", "read", "write"};
    json_.string("scope", permission.scope);
    json_.string("access", names[static_cast<std::size_t>(permission.access)]);
    json_.string("reason", permission.reason);
  }

  void write(const Service& service) {
    json_.string("id", service.id);
    json_.string("image", service.image);
    json_.strings("ports", service.ports);
    bindings("env", service.env);
    json_.strings("health", service.health);
    json_.string("start", service.start);
    json_.string("ready", service.ready);
    bindings("local_env", service.local_env);
    span(service.span);
  }

  void write(const Step& step) {
    json_.string("id", step.id);
    expression("title", step.title);
    json_.string("call", step.call);
    json_.string("phase", step.phase);
    if (step.backend != Backend::both) json_.string("backend", step.backend == Backend::github ? "github" : "local");
    expression("condition", step.condition);
    std::visit([&](const auto& action) { write(action); }, step.action);
    bindings("env", step.env);
    expression("working_directory", step.working_directory);
    expression("allow_failure", step.allow_failure);
    seconds("timeout", step.timeout);
    seconds("grace", step.grace);
    retry(step.retry);
    poll(step.poll);
    json_.flag("idempotent", step.idempotent);
    if (step.probe) write("probe", *step.probe);
    span(step.span);
  }

  void poll(const std::optional<Poll>& poll) {
    if (!poll) return;
    bool watch = poll->kind == Poll::Kind::watch;
    json_.name(watch ? "watch" : "await"), json_.open('{');
    json_.number("every", poll->every);
    json_.number(watch ? "lasting" : "within", poll->lasting);
    if (poll->tolerate) json_.number("tolerate", poll->tolerate);
    json_.close('}');
  }

  void write(const Sleep& sleep) { json_.number("sleep", sleep.duration); }
  void write(const Arm& arm) { json_.number("arm", static_cast<std::int64_t>(arm.rollback)); }
  void write(const Commit&) { json_.flag("commit", true); }

  void write(const Run& run) { write("run", run); }

  void write(std::string_view key, const Run& run) {
    json_.name(key), json_.open('{');
    json_.string("shell", run.shell);
    json_.string("text", run.text);
    if (!run.reread.empty()) {
      json_.name("reread"), json_.open('[');
      for (const Reread& reread : run.reread) {
        json_.open('{');
        json_.string("variable", reread.variable);
        json_.string("reader", reread.reader);
        span(reread.span);
        json_.close('}');
      }
      json_.close(']');
    }
    expression("pasted", run.pasted);
    json_.close('}');
  }

  void write(const Uses& uses) {
    json_.name("uses"), json_.open('{');
    json_.string("action", uses.action);
    if (!uses.version.empty()) json_.string("version", uses.version);
    if (!uses.commit.empty()) json_.string("commit", uses.commit);
    bindings("with", uses.with);
    json_.close('}');
  }

  void write(const Native& native) {
    constexpr std::string_view names[] = {"checkout", "upload", "download", "cache"};
    json_.name("native"), json_.open('{');
    json_.string("operation", names[static_cast<std::size_t>(native.operation)]);
    bindings("arguments", native.arguments);
    json_.close('}');
  }

  const Graph& graph_;
  const source::SourceManager* sources_;
  JsonWriter json_;
};

}  // namespace

void write_json(const Graph& graph, std::string& out, const source::SourceManager* sources) {
  GraphWriter(graph, out, sources).write();
}

}  // namespace sluice::graph

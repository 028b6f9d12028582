#include <algorithm>

#include "graph/verifier.h"

namespace sluice::graph {

void Verifier::check_stage_names() {
  for (std::size_t i = 0; i < graph_.stages.size(); ++i) {
    const std::string& id = graph_.stages[i].id;
    if (!is_id(id)) broken("`{}` cannot be the id of a stage", id);
    check_unique(stages_, id, i, "stages");
  }
}

void Verifier::check_stages() {
  for (stage_ = 0; stage_ < graph_.stages.size(); ++stage_) check_stage(graph_.stages[stage_]);
  stage_ = nowhere;
}

void Verifier::check_stage(const Stage& stage) {
  steps_.clear();
  readable_steps_ = 0;
  check_edges(stage);
  check_step_names(stage);
  check_phases(stage.steps);
  check_stage_values(stage);
  check_stage_limits(stage);
  check_matrix(stage);
  check_permissions(stage);
  check_services(stage);
  check_gate(stage);
  for (step_ = 0; step_ < stage.steps.size(); ++step_) {
    readable_steps_ = step_;
    check_step(stage.steps[step_]);
  }
  step_ = nowhere;
  check_rollbacks(stage);
  readable_steps_ = stage.steps.size();
  check_results(stage);
}

void Verifier::check_edges(const Stage& stage) {
  for (std::size_t i = 0; i < stage.after.size(); ++i) {
    if (stage.after[i].stage >= stage_)
      broken("it is after stage {}, which does not stand before it", stage.after[i].stage + 1);
    if (i && stage.after[i].stage <= stage.after[i - 1].stage) broken("its edges are not in order, each stage once");
  }
}

void Verifier::check_stage_values(const Stage& stage) {
  check_given(stage.title, "the title");
  check_use(stage.condition, "`when`");
  check_use(stage.runs_on_expression, "`runs-on`");
  check_concurrency(stage.concurrency);
  check_bindings(stage.env, "variable");
  check_use(stage.fail_fast, "`fail-fast`");
  check_use(stage.allow_failure, "`allow-failure`");
  if (stage.environment) check_given(stage.environment->name, "the environment's name");
  bool asks = stage.condition && stage.condition.index < facts_.size() && facts_[stage.condition.index].asks_status;
  if (asks != stage.asks_status) broken("`asks_status` does not say whether `when` calls a status function");
}

void Verifier::check_stage_limits(const Stage& stage) {
  if (stage.runs_on.empty() == !stage.runs_on_expression) broken("it runs on labels or on an expression, one of both");
  if (stage.timeout <= 0) broken("the timeout is not longer than nothing");
  if (stage.expect && *stage.expect <= 0) broken("the expected time is not longer than nothing");
  if (stage.max_parallel && *stage.max_parallel < 1) broken("`max-parallel` is less than one");
  if (stage.span.begin > stage.span.end) broken("it ends before it begins");
  check_retry(stage.retry);
}

void Verifier::check_matrix(const Stage& stage) {
  if (!stage.matrix) return;
  if (!stage.matrix->axes && !stage.matrix->include) broken("the matrix has neither axes nor `include`");
  check_use(stage.matrix->axes, "the matrix");
  check_use(stage.matrix->include, "`include`");
  check_use(stage.matrix->exclude, "`exclude`");
}

void Verifier::check_permissions(const Stage& stage) {
  for (std::size_t i = 0; i < stage.permissions.size(); ++i) {
    const Permission& permission = stage.permissions[i];
    if (permission.scope.empty()) broken("a permission has no scope");
    if (i && permission.scope <= stage.permissions[i - 1].scope)
      broken("its permissions are not in order, each scope once");
    if (permission.reason.find('\n') != std::string::npos)
      broken("the reason of permission `{}` is longer than a line", permission.scope);
  }
}

void Verifier::check_services(const Stage& stage) {
  Names names;
  for (std::size_t i = 0; i < stage.services.size(); ++i) {
    if (!is_id(stage.services[i].id)) broken("`{}` cannot be the id of a service", stage.services[i].id);
    check_unique(names, stage.services[i].id, i, "services");
    check_service(stage.services[i]);
  }
}

void Verifier::check_service(const Service& service) {
  if (!service.image.empty() && service.image.find("@sha256:") == std::string::npos)
    broken("the image `{}` of service `{}` has no digest", service.image, service.id);
  for (const std::string& port : service.ports) {
    bool digits = std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (port.empty() || port.size() > 5 || !digits) broken("`{}` is no port of service `{}`", port, service.id);
  }
  check_bindings(service.env, "variable");
  check_bindings(service.local_env, "local variable");
}

void Verifier::check_results(const Stage& stage) {
  check_bindings(stage.outputs, "output");
  if (stage.environment) check_use(stage.environment->url, "the environment's url");
}

}  // namespace sluice::graph

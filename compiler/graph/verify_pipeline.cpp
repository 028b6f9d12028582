#include "graph/verifier.h"

namespace sluice::graph {

void Verifier::check_pipeline() {
  check_stage_names();  // so that a `needs` up here is told as what it is
  if (graph_.pipeline.empty()) broken("the pipeline has no name");
  check_use(graph_.run_name, "run-name");
  check_concurrency(graph_.concurrency);
  check_bindings(graph_.env, "variable");
  if (graph_.budget && *graph_.budget <= 0) broken("the budget is not longer than nothing");
  for (const Trigger& trigger : graph_.triggers) check_trigger(trigger);
  check_secrets();
  check_artifacts();
  check_environments();
}

void Verifier::check_trigger(const Trigger& trigger) {
  if (trigger.event.empty()) broken("a trigger has no event");
  Names filters, inputs;
  for (std::size_t i = 0; i < trigger.filters.size(); ++i)
    check_unique(filters, trigger.filters[i].first, i, "filters of a trigger");
  for (const auto& [cron, zone] : trigger.schedules)
    if (cron.empty()) broken("a schedule has no time");
  for (std::size_t i = 0; i < trigger.inputs.size(); ++i) {
    check_unique(inputs, trigger.inputs[i].name, i, "inputs");
    check_input(trigger.inputs[i]);
  }
}

void Verifier::check_input(const Input& input) {
  if (input.name.empty()) broken("an input has no name");
  if ((input.type == Input::Type::choice) == input.options.empty())
    broken("input `{}` is a choice exactly if it has options", input.name);
  check_use(input.default_value, "an input's default");
}

void Verifier::check_secrets() {
  Names secrets;
  for (std::size_t i = 0; i < graph_.secrets.size(); ++i) {
    const Secret& secret = graph_.secrets[i];
    if (secret.name.empty()) broken("a secret has no name");
    // A blank stands in no name: the same secret may be there once for the file and once for each environment.
    std::string name = secret.environment.empty() ? secret.name : secret.name + " in " + secret.environment;
    check_unique(secrets, name, i, "secrets");
  }
}

void Verifier::check_artifacts() {
  Names names;
  for (std::size_t i = 0; i < graph_.artifacts.size(); ++i) {
    const Artifact& artifact = graph_.artifacts[i];
    if (artifact.name.empty()) broken("an artifact has no name");
    check_unique(names, artifact.name, i, "artifacts");
    if (artifact.stage >= graph_.stages.size())
      broken("artifact `{}` is of stage {}, which is not there", artifact.name, artifact.stage);
    if (artifact.keep < 0) broken("artifact `{}` is kept for less than nothing", artifact.name);
  }
}

}  // namespace sluice::graph

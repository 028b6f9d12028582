#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "backends/github/emission.h"
#include "backends/github/scalar.h"

namespace sluice::github {
namespace {

constexpr std::size_t most_inputs = 25;

/// Patterns and times are quoted even where YAML would not need it: people look for the quotes.
yaml::Scalar pattern(const std::string& text) {
  bool glob = text.find_first_of("*?[]!+ ") != std::string::npos && text.find_first_of("\"\\") == std::string::npos;
  if (!glob || !yaml::is_plain(text)) return {text, false};
  return {"\"" + text + "\"", true};
}

void write_filters(Emission& emission, const graph::Trigger& trigger) {
  for (const auto& [key, values] : trigger.filters) {
    emission.writer.open(key);
    for (const std::string& value : values) emission.writer.item(pattern(value));
    emission.writer.close();
  }
}

void write_schedules(Emission& emission) {
  emission.writer.open("schedule");
  for (const graph::Trigger& trigger : emission.graph.triggers) {
    for (const auto& [cron, zone] : trigger.schedules) {
      emission.writer.begin_item();
      emission.writer.entry("cron", pattern(cron));
      if (!zone.empty()) emission.writer.text("timezone", zone);
      emission.writer.end_item();
    }
  }
  emission.writer.close();
}

std::string_view type_name(graph::Input::Type type) {
  switch (type) {
    case graph::Input::Type::string: return "string";
    case graph::Input::Type::boolean: return "boolean";
    case graph::Input::Type::number: return "number";
    case graph::Input::Type::choice: return "choice";
  }
  return {};
}

void write_default(Emission& emission, const graph::Trigger& trigger, const graph::Input& input) {
  if (!input.default_value) return;
  bool by_hand = trigger.event == "workflow_dispatch";
  if (by_hand && !emission.expressions.is_constant(input.default_value))
    return emission.report(ProblemKind::default_not_constant, trigger.span,
                           fmt::format("the default of input `{}` is not known before the run", input.name));
  emission.writer.entry("default", emission.expressions.scalar(input.default_value));
}

void write_input(Emission& emission, const graph::Trigger& trigger, const graph::Input& input) {
  bool by_hand = trigger.event == "workflow_dispatch";
  bool choice = input.type == graph::Input::Type::choice;
  emission.writer.open(input.name);
  if (!input.description.empty()) write_literal(emission, "description", input.description, trigger.span);
  if (input.required) emission.writer.bare("required", "true");
  write_default(emission, trigger, input);
  emission.writer.text("type", choice && !by_hand ? "string" : type_name(input.type));
  if (choice && !by_hand)
    emission.report(
        ProblemKind::options_of_call, trigger.span,
        fmt::format("input `{}` of a called pipeline takes any string: GitHub knows no choice there", input.name));
  if (choice && by_hand) {
    emission.writer.open("options");
    for (const std::string& option : input.options) emission.writer.item({option, false});
    emission.writer.close();
  }
  emission.writer.close();
}

void write_inputs(Emission& emission, const graph::Trigger& trigger) {
  if (trigger.inputs.empty()) return;
  emission.writer.open("inputs");
  for (const graph::Input& input : trigger.inputs) write_input(emission, trigger, input);
  emission.writer.close();
  if (trigger.event == "workflow_dispatch" && trigger.inputs.size() > most_inputs)
    emission.report(ProblemKind::too_many_inputs, trigger.span,
                    fmt::format("{} inputs: GitHub takes {} at most", trigger.inputs.size(), most_inputs));
}

bool is_passed(const graph::Secret& secret) { return secret.environment.empty() && secret.name != "GITHUB_TOKEN"; }

/// A called workflow sees the secrets that it declares. Those of an environment come with the environment.
void write_secrets(Emission& emission) {
  const auto& secrets = emission.graph.secrets;
  if (std::ranges::none_of(secrets, is_passed)) return;
  emission.writer.open("secrets");
  for (const graph::Secret& secret : secrets) {
    if (!is_passed(secret)) continue;
    emission.writer.open(secret.name);
    emission.writer.bare("required", secret.optional ? "false" : "true");
    emission.writer.close();
  }
  emission.writer.close();
}

void write_trigger(Emission& emission, const graph::Trigger& trigger) {
  bool called = trigger.event == "workflow_call";
  bool secrets = called && std::ranges::any_of(emission.graph.secrets, is_passed);
  if (trigger.filters.empty() && trigger.inputs.empty() && !secrets) return emission.writer.nothing(trigger.event);
  emission.writer.open(trigger.event);
  write_filters(emission, trigger);
  write_inputs(emission, trigger);
  if (called) write_secrets(emission);
  emission.writer.close();
}

}  // namespace

void write_triggers(Emission& emission) {
  if (emission.graph.triggers.empty())
    emission.report(ProblemKind::no_triggers, {}, "the pipeline has no trigger: nothing starts it on GitHub");
  std::set<std::string_view> written;
  emission.writer.open("on");
  for (const graph::Trigger& trigger : emission.graph.triggers) {
    bool first = written.insert(trigger.event).second;
    if (trigger.event == "schedule") {
      if (first) write_schedules(emission);
    } else if (first) {
      write_trigger(emission, trigger);
    } else {
      emission.report(ProblemKind::duplicate_trigger, trigger.span,
                      fmt::format("`{}` for the second time: only the first one is emitted", trigger.event));
    }
  }
  emission.writer.close();
}

}  // namespace sluice::github

#include "simulate/start.h"

#include <fmt/format.h>

#include <algorithm>

#include "diagnostics/nearest.h"
#include "runtime/expressions/values.h"

namespace sluice::simulate {
namespace {

DIAGNOSTIC(NotInPipeline, "{}");
DIAGNOSTIC(NotStatic, "a test takes only values that are written out");
DIAGNOSTIC(TypeMismatch, "`{}` is no value of the input `{}`");

using ast::Expression;
using graph::Input;

/// What may be said of an event beside its inputs.
constexpr std::string_view contexts[] = {"ref",      "ref_name", "ref_type", "head_ref",
                                         "base_ref", "actor",    "sha",      "repository"};

std::string event_name(std::string_view written) {
  return written == "manual" ? "workflow_dispatch" : written == "call" ? "workflow_call" : std::string(written);
}

const graph::Trigger* find_trigger(const graph::Graph& graph, const ast::Statement& start, diagnostics::Sink& sink) {
  const Expression* on = start.clause(ast::Clause::on);
  if (on == nullptr) {
    auto takes_inputs = [](const graph::Trigger& one) { return !one.inputs.empty(); };
    auto found = std::ranges::find_if(graph.triggers, takes_inputs);
    bool only_inputs = start.block != nullptr && found != graph.triggers.end();
    if (only_inputs) return &*found;
    return graph.triggers.size() == 1 ? &graph.triggers.front() : nullptr;
  }
  auto found = std::ranges::find(graph.triggers, event_name(on->text.str()), &graph::Trigger::event);
  if (found != graph.triggers.end()) return &*found;
  llvm::SmallVector<llvm::StringRef, 8> known;
  for (const graph::Trigger& trigger : graph.triggers) known.push_back(trigger.event);
  sink.report<NotInPipeline>(on->span, fmt::format("`{}` does not run on `{}`", graph.pipeline, on->text.str()))
      .help("it runs on {}", diagnostics::list_of(known));
  return nullptr;
}

/// A constant as it is written.
std::optional<Json> constant(const Expression& value) {
  switch (value.kind) {
    case Expression::Kind::boolean: return Json(value.text == "true");
    case Expression::Kind::number: return runtime::to_number(Json(value.text.str()));
    case Expression::Kind::string: break;
    default: return std::nullopt;
  }
  std::string text;
  for (const ast::StringPart& part : value.parts) {
    if (part.hole != nullptr) return std::nullopt;
    text += part.text.str();
  }
  return Json(text);
}

bool fits(const Input& input, const Json& value) {
  switch (input.type) {
    case Input::Type::boolean: return value.is_boolean();
    case Input::Type::number: return value.is_number();
    case Input::Type::string: return value.is_string();
    case Input::Type::choice:
      return value.is_string() && std::ranges::find(input.options, value.get<std::string>()) != input.options.end();
  }
  return false;
}

/// What an input has that nobody gives: its default as far as it is written there.
Json default_of(const graph::Graph& graph, const Input& input) {
  using Kind = graph::Expression::Kind;
  if (!input.default_value) {
    if (input.required) return unknown();
    if (input.type == Input::Type::boolean) return false;
    if (input.type == Input::Type::number) return 0;
    if (input.type == Input::Type::choice && !input.options.empty()) return input.options.front();
    return "";
  }
  const graph::Expression& value = graph[input.default_value];
  if (value.kind == Kind::boolean) return value.text == "true";
  if (value.kind == Kind::string) return value.text;
  if (value.kind == Kind::number) return runtime::to_number(Json(value.text));
  return unknown();
}

class Reader {
 public:
  Reader(const graph::Graph& graph, const graph::Trigger* trigger, diagnostics::Sink& sink)
      : graph_(graph), trigger_(trigger), sink_(sink) {}

  bool read(const ast::Entry& entry, Json& inputs, Json& github) {
    std::string name = entry.key.text.str();
    auto value = constant(*entry.value);
    if (!value) {
      sink_.report<NotStatic>(entry.value->span).help("write a text, a number, `true` or `false`");
      return false;
    }
    if (const Input* input = find_input(name)) {
      inputs[name] = *value;
      if (fits(*input, *value)) return true;
      sink_.report<TypeMismatch>(entry.value->span, runtime::to_text(*value), name)
          .help("write a value as who starts the pipeline could choose it");
      return false;
    }
    if (std::ranges::find(contexts, name) != std::end(contexts)) {
      set_context(name, *value, github);
      return true;
    }
    return refuse(entry);
  }

 private:
  const Input* find_input(const std::string& name) const {
    if (trigger_ == nullptr) return nullptr;
    auto found = std::ranges::find(trigger_->inputs, name, &Input::name);
    return found == trigger_->inputs.end() ? nullptr : &*found;
  }

  static void set_context(const std::string& name, const Json& value, Json& github) {
    github[name] = value;
    std::string ref = name == "ref" && value.is_string() ? value.get<std::string>() : "";
    for (auto [front, type] : {std::pair("refs/heads/", "branch"), std::pair("refs/tags/", "tag")}) {
      if (!ref.starts_with(front)) continue;
      github["ref_name"] = ref.substr(std::string_view(front).size());
      github["ref_type"] = type;
    }
  }

  bool refuse(const ast::Entry& entry) {
    llvm::SmallVector<llvm::StringRef, 8> known;
    if (trigger_ != nullptr)
      for (const Input& input : trigger_->inputs) known.push_back(input.name);
    for (std::string_view context : contexts) known.push_back({context.data(), context.size()});
    std::string event = trigger_ ? fmt::format(" on `{}`", trigger_->event) : "";
    sink_
        .report<NotInPipeline>(entry.key.span, fmt::format("`{}` has no input `{}`{}", graph_.pipeline,
                                                           std::string_view(entry.key.text), event))
        .help("it takes {}", diagnostics::list_of(known));
    return false;
  }

  const graph::Graph& graph_;
  const graph::Trigger* trigger_;
  diagnostics::Sink& sink_;
};

}  // namespace

bool read_start(const graph::Graph& graph, const ast::Statement& start, Scenario& scenario, diagnostics::Sink& sink) {
  std::size_t errors = sink.error_count();
  const graph::Trigger* trigger = find_trigger(graph, start, sink);
  if (sink.error_count() > errors) return false;
  Json github = open_object(), inputs = Json::object();
  if (trigger != nullptr) {
    github["event_name"] = trigger->event;
    for (const Input& input : trigger->inputs) inputs[input.name] = default_of(graph, input);
  }
  Reader reader(graph, trigger, sink);
  if (start.block)
    for (const ast::Item& item : start.block->items)
      if (item.entry) reader.read(*item.entry, inputs, github);
  scenario.github = std::move(github);
  // Without an event it is not known which inputs there are.
  if (trigger != nullptr) scenario.inputs = std::move(inputs);
  return sink.error_count() == errors;
}

}  // namespace sluice::simulate

#include "driver/run_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "backends/local/expressions.h"
#include "runtime/expressions/evaluate.h"
#include "runtime/expressions/values.h"

namespace sluice::driver {
namespace {

using graph::Input;
using runtime::Json;
using Texts = std::map<std::string, std::string>;

/// Defaults may speak of the event.
class DefaultScope final : public runtime::Scope {
 public:
  explicit DefaultScope(const Json& github) : github_(github) {}
  const Json* context(std::string_view name) const override { return name == "github" ? &github_ : nullptr; }
  runtime::StatusAnswers status(std::span<const std::string>) const override { return {}; }

 private:
  const Json& github_;
};

std::string listed(const std::vector<std::string>& names) { return fmt::format("`{}`", fmt::join(names, "`, `")); }

std::expected<Texts, std::string> given_texts(const graph::Graph& graph, const Event& event,
                                              const std::vector<std::string>& given, const Json& payload) {
  std::vector<std::string> known;
  if (event.trigger != nullptr)
    for (const Input& input : event.trigger->inputs) known.push_back(input.name);
  Texts texts;
  auto add = [&](const std::string& name, std::string value) -> std::expected<void, std::string> {
    if (std::ranges::find(known, name) == known.end()) {
      std::string has = known.empty() ? "it takes none" : "it takes " + listed(known);
      return std::unexpected(
          fmt::format("the pipeline `{}` has no input `{}` on `{}`; {}", graph.pipeline, name, event.name, has));
    }
    texts[name] = std::move(value);
    return {};
  };
  bool has_inputs = event.name == "workflow_dispatch" || event.name == "workflow_call";
  if (has_inputs && payload.contains("inputs"))
    for (const auto& [name, value] : payload["inputs"].items())
      if (auto added = add(name, runtime::to_text(value)); !added) return std::unexpected(added.error());
  for (const std::string& text : given) {
    std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return std::unexpected(fmt::format("`{}` is no input: write it as NAME=VALUE", text));
    if (auto added = add(text.substr(0, equals), text.substr(equals + 1)); !added)
      return std::unexpected(added.error());
  }
  return texts;
}

std::expected<Json, std::string> typed(const Input& input, const std::string& text) {
  switch (input.type) {
    case Input::Type::string: return text;
    case Input::Type::boolean:
      if (text != "true" && text != "false")
        return std::unexpected(fmt::format("the input `{}` is true or false, not `{}`", input.name, text));
      return text == "true";
    case Input::Type::number: {
      double number = runtime::to_number(Json(text));
      if (std::isnan(number) || text.empty())
        return std::unexpected(fmt::format("the input `{}` is a number, which `{}` is not", input.name, text));
      return number;
    }
    case Input::Type::choice:
      if (std::ranges::find(input.options, text) == input.options.end())
        return std::unexpected(
            fmt::format("the input `{}` is one of {}, not `{}`", input.name, listed(input.options), text));
      return text;
  }
  return text;
}

/// What an input is that nobody gave a value.
Json nothing(const Input& input) {
  if (input.type == Input::Type::boolean) return false;
  if (input.type == Input::Type::number) return 0;
  if (input.type == Input::Type::choice && !input.options.empty()) return input.options.front();
  return "";
}

std::expected<Json, std::string> default_of(const graph::Graph& graph, const Input& input, const Json& github) {
  if (!input.default_value) return nothing(input);
  local::Expressions expressions(graph);
  auto text = runtime::evaluate_text(expressions.text(input.default_value), DefaultScope(github));
  if (!text) return std::unexpected(fmt::format("the default of the input `{}`: {}", input.name, text.error()));
  return text->empty() ? nothing(input) : typed(input, *text);
}

}  // namespace

std::expected<Json, std::string> read_inputs(const graph::Graph& graph, const Event& event,
                                             const std::vector<std::string>& given, const Json& payload,
                                             const Json& github) {
  auto texts = given_texts(graph, event, given, payload);
  if (!texts) return std::unexpected(texts.error());
  Json inputs = Json::object();
  if (event.trigger == nullptr) return inputs;
  std::vector<std::string> missing;
  for (const Input& input : event.trigger->inputs) {
    auto text = texts->find(input.name);
    bool empty = text == texts->end() || text->second.empty();
    if (input.required && empty && !input.default_value) missing.push_back(input.name);
    bool use_default = text == texts->end() || (empty && input.type != Input::Type::string);
    auto value = use_default ? default_of(graph, input, github) : typed(input, text->second);
    if (!value) return std::unexpected(value.error());
    inputs[input.name] = std::move(*value);
  }
  if (missing.empty()) return inputs;
  return std::unexpected(fmt::format("the pipeline `{}` needs the {} {}; give {} with `--input NAME=VALUE`",
                                     graph.pipeline, missing.size() == 1 ? "input" : "inputs", listed(missing),
                                     missing.size() == 1 ? "it" : "each"));
}

}  // namespace sluice::driver

#include "builder.h"

namespace sluice::github::test {

Id Builder::make(Kind kind, std::vector<Id> operands, std::string text, Type type) {
  graph::Expression expression;
  expression.kind = kind;
  expression.type = type;
  expression.text = std::move(text);
  expression.operands = std::move(operands);
  return graph.add(std::move(expression));
}

Id Builder::texts(const std::vector<std::string>& items) {
  std::vector<Id> ids;
  for (const std::string& item : items) ids.push_back(text(item));
  return list(std::move(ids));
}

Id Builder::map(std::vector<std::pair<std::string, Id>> entries) {
  graph::Expression expression;
  expression.kind = Kind::map;
  for (auto& [name, value] : entries) {
    expression.names.push_back(std::move(name));
    expression.operands.push_back(value);
  }
  return graph.add(std::move(expression));
}

Id Builder::path(std::string_view dotted, Type type) {
  std::size_t dot = dotted.find('.');
  Id id = make(Kind::context, {}, std::string(dotted.substr(0, dot)));
  while (dot != std::string_view::npos) {
    std::size_t next = dotted.find('.', dot + 1);
    bool last = next == std::string_view::npos;
    id = make(Kind::member, {id}, std::string(dotted.substr(dot + 1, last ? next : next - dot - 1)),
              last ? type : Type::any);
    dot = next;
  }
  return id;
}

graph::Stage& Builder::stage(std::string id, const std::vector<std::string>& after) {
  graph::Stage stage;
  stage.title = text(id);
  stage.id = std::move(id);
  stage.runs_on = {"ubuntu-24.04"};
  stage.timeout = 600;
  for (const std::string& name : after)
    for (graph::StageIndex index = 0; index < graph.stages.size(); ++index)
      if (graph.stages[index].id == name) stage.after.push_back({index, true, {}});
  graph.stages.push_back(std::move(stage));
  return graph.stages.back();
}

graph::Step& Builder::run(graph::Stage& stage, std::string title, std::string script) {
  graph::Step step;
  step.title = text(std::move(title));
  step.action = graph::Run{"bash", std::move(script)};
  stage.steps.push_back(std::move(step));
  return stage.steps.back();
}

graph::Step& Builder::checkout(graph::Stage& stage) {
  graph::Step step;
  step.title = text("Check out");
  step.action = graph::Uses{"actions/checkout",
                            "v7.0.1",
                            "3d3c42e5aac5ba805825da76410c181273ba90b1",
                            {{"persist-credentials", boolean(false)}}};
  stage.steps.push_back(std::move(step));
  return stage.steps.back();
}

Builder pipeline() {
  Builder builder;
  builder.graph.pipeline = "ci";
  builder.graph.title = "CI";
  builder.graph.file = "ci.pipe";
  builder.graph.stages.reserve(64);
  builder.graph.triggers.push_back({"push", {}, {}, {}, {}});
  return builder;
}

}  // namespace sluice::github::test

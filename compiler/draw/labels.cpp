#include "draw/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "graph/text.h"
#include "graph/unicode.h"

namespace sluice::draw {
namespace {

using graph::Expression;
using graph::Graph;
using graph::Stage;

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
  return text;
}

// How many steps GitHub shows; all of them for a stage that runs only here.
std::string count_steps(const Stage& stage) {
  auto count = std::count_if(stage.steps.begin(), stage.steps.end(),
                             [](const graph::Step& step) { return step.backend != graph::Backend::local; });
  std::size_t steps = count ? static_cast<std::size_t>(count) : stage.steps.size();
  return fmt::format("{} {}{}", steps, stage.gate ? "check" : "step", steps == 1 ? "" : "s");
}

// `×6` where the axes are known lists and nothing is added or taken away, else `matrix`.
std::string count_legs(const Graph& graph, const graph::Matrix& matrix) {
  if (!matrix.axes || matrix.include || matrix.exclude) return "matrix";
  const Expression& axes = graph[matrix.axes];
  if (axes.kind != Expression::Kind::map) return "matrix";
  std::size_t legs = 1;
  for (graph::ExpressionId axis : axes.operands) {
    if (graph[axis].kind != Expression::Kind::list) return "matrix";
    legs *= graph[axis].operands.size();
  }
  return fmt::format("×{}", legs);
}

// What opens a gate, shortest first: how many people, how long, when.
void add_conditions(const graph::Conditions& gate, std::vector<std::string>& details) {
  for (const graph::Approval& approval : gate.approvals)
    details.push_back(one_line(fmt::format("approve {} of {}", approval.count, fmt::join(approval.who, ", "))));
  if (gate.wait) details.push_back("wait " + graph::describe_seconds(*gate.wait));
  for (const graph::Window& window : gate.windows) details.push_back(one_line(window.times + " " + window.zone));
  for (const graph::Freeze& freeze : gate.freezes)
    details.push_back(one_line(fmt::format("not {} to {}", freeze.from, freeze.to)));
}

std::size_t count_phases(const Stage& stage) {
  std::set<std::string_view> phases;
  for (const graph::Step& step : stage.steps)
    if (!step.phase.empty()) phases.insert(step.phase);
  return phases.size();
}

StageLabel make_label(const Graph& graph, const Stage& stage) {
  StageLabel label;
  label.title = one_line(graph::describe_text(graph, stage.title));
  if (label.title.empty()) label.title = stage.id;
  if (stage.environment) label.details.push_back(one_line(graph::describe_text(graph, stage.environment->name)));
  if (stage.gate) add_conditions(*stage.gate, label.details);
  if (stage.expect) label.details.push_back(graph::describe_seconds(*stage.expect));
  if (!stage.steps.empty()) label.details.push_back(count_steps(stage));
  if (std::size_t phases = count_phases(stage))
    label.details.push_back(fmt::format("{} phase{}", phases, phases == 1 ? "" : "s"));
  if (stage.matrix) label.details.push_back(count_legs(graph, *stage.matrix));
  if (!stage.rollbacks.empty()) label.details.push_back("rollback");
  for (const graph::Service& service : stage.services) label.details.push_back("with " + service.id);
  if (stage.condition) label.condition = "when " + one_line(graph::describe(graph, stage.condition));
  return label;
}

}  // namespace

std::string StageLabel::detail_line() const { return fmt::format("{}", fmt::join(details, " · ")); }

std::vector<StageLabel> stage_labels(const Graph& graph) {
  std::vector<StageLabel> labels;
  for (const Stage& stage : graph.stages) labels.push_back(make_label(graph, stage));
  for (const graph::Artifact& artifact : graph.artifacts)
    labels[artifact.stage].artifacts.push_back(one_line(artifact.name));
  return labels;
}

std::string trigger_label(const graph::Trigger& trigger) {
  if (trigger.event == "workflow_dispatch") return "manual";
  if (trigger.event == "workflow_call") return "call";
  return one_line(trigger.event);
}

std::string trigger_details(const graph::Trigger& trigger) {
  std::string out = "on " + trigger_label(trigger);
  for (const auto& [filter, values] : trigger.filters)
    fmt::format_to(std::back_inserter(out), "\n{}: {}", filter, fmt::join(values, ", "));
  for (const auto& [cron, zone] : trigger.schedules)
    fmt::format_to(std::back_inserter(out), "\n{}{}{}", cron, zone.empty() ? "" : " ", zone);
  return out;
}

std::string pipeline_title(const Graph& graph) { return one_line(graph.title.empty() ? graph.pipeline : graph.title); }

void append_xml(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    char32_t code = graph::next_code_point(text, at);
    switch (code) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += '\n'; break;
      default:
        if (code < 0x20 || (code >= 0x7F && code < 0xA0)) code = ' ';
        if (code == 0xFFFE || code == 0xFFFF) code = 0xFFFD;
        graph::append_utf8(out, code);
    }
  }
}

}  // namespace sluice::draw

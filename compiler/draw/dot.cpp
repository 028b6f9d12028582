#include "draw/dot.h"

#include <fmt/format.h>

#include <iterator>

#include "draw/edges.h"
#include "draw/labels.h"
#include "draw/put.h"

namespace sluice::draw {
namespace {

using graph::Graph;

// In labels of the HTML kind a line is `before` text `after`.
void put_line(std::string& out, std::string_view before, std::string_view text, std::string_view after) {
  if (text.empty()) return;
  out += before;
  append_xml(out, text);
  out += after;
}

void put_triggers(std::string& out, const Graph& graph) {
  if (graph.triggers.empty()) return;
  out += "  start [style=\"rounded,filled\" fillcolor=\"#f6f8fa\" label=<";
  for (std::size_t i = 0; i < graph.triggers.size(); ++i)
    put_line(out, i ? "<br/>" : "", trigger_label(graph.triggers[i]), "");
  out += ">]\n";
}

void put_stage(std::string& out, std::size_t index, const graph::Stage& stage, const StageLabel& label) {
  put(out, "  s{} [", index);
  if (stage.notification) out += "style=\"rounded,dashed\" fontcolor=\"#59636e\" color=\"#afb8c1\" ";
  if (stage.gate) out += "shape=hexagon style=\"\" ";
  if (stage.matrix) out += "peripheries=2 ";
  out += "label=<";
  put_line(out, "<b>", label.title, "</b>");
  put_line(out, "<br/><font point-size=\"10\">", label.detail_line(), "</font>");
  put_line(out, "<br/><font point-size=\"10\" face=\"monospace\">", label.condition, "</font>");
  for (const std::string& artifact : label.artifacts)
    put_line(out, "<br/><font point-size=\"10\">artifact ", artifact, "</font>");
  out += ">]\n";
}

void put_edges(std::string& out, const Graph& graph) {
  for (std::size_t i = 0; i < graph.stages.size() && !graph.triggers.empty(); ++i)
    if (graph.stages[i].after.empty()) put(out, "  start -> s{} [color=\"#d1d9e0\"]\n", i);
  for (const DrawnEdge& edge : drawn_edges(graph)) {
    put(out, "  s{} -> s{}", edge.from, edge.to);
    if (graph.stages[edge.to].notification)
      out += edge.data ? " [style=dashed color=\"#d1d9e0\"]" : " [color=\"#d1d9e0\"]";
    else if (edge.data)
      out += " [style=dashed]";
    out += '\n';
  }
}

}  // namespace

std::string dot(const Graph& graph) {
  std::string out = "digraph {\n  rankdir=LR\n  label=<";
  append_xml(out, pipeline_title(graph));
  out +=
      ">\n  labelloc=t\n  fontname=\"Helvetica\"\n"
      "  node [shape=box style=rounded fontname=\"Helvetica\" color=\"#59636e\" margin=\"0.2,0.1\"]\n"
      "  edge [color=\"#818b98\" arrowsize=0.7]\n";
  put_triggers(out, graph);
  std::vector<StageLabel> labels = stage_labels(graph);
  for (std::size_t i = 0; i < labels.size(); ++i) put_stage(out, i, graph.stages[i], labels[i]);
  put_edges(out, graph);
  out += "}\n";
  return out;
}

}  // namespace sluice::draw

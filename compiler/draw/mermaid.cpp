#include "draw/mermaid.h"

#include <fmt/format.h>

#include <iterator>

#include "draw/edges.h"
#include "draw/labels.h"
#include "draw/put.h"
#include "graph/unicode.h"

namespace sluice::draw {
namespace {

using graph::Graph;

// Inside quotes Mermaid still reads entities, HTML, Markdown, directives (`%%{`), formulas (`$$`) and icons (`fa:fa-`).
// So every sign that could begin one is written as Mermaid's own entity.
bool is_letter(char32_t code) {
  return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || (code >= '0' && code <= '9');
}

bool is_plain(char32_t code, char32_t before, char32_t next) {
  if (code >= 0x80 || is_letter(code)) return true;
  if (code == ':') return next != 'f';
  if (code == '_') return is_letter(before) && is_letter(next);
  if (code == '-' || code == '.' || code == '+') return before != 0;  // a list of Markdown begins so
  return std::string_view(" ,/()=!?'").find(static_cast<char>(code)) != std::string_view::npos;
}

void put_text(std::string& out, std::string_view text) {
  char32_t before = 0;
  bool number = true;  // `1.` at the beginning would be a list, too
  for (std::size_t at = 0; at < text.size();) {
    char32_t code = graph::next_code_point(text, at);
    if (code < 0x20 || code == 0x7F) code = ' ';
    bool list = number && (code == '.' || code == ')');
    char32_t next = at < text.size() ? static_cast<unsigned char>(text[at]) : U' ';
    if (is_plain(code, before, next) && !list)
      graph::append_utf8(out, code);
    else
      put(out, "#{};", static_cast<std::uint32_t>(code));
    number = number && code >= '0' && code <= '9';
    before = code;
  }
}

void put_line(std::string& out, std::string_view before, std::string_view text, std::string_view after) {
  if (text.empty()) return;
  out += before;
  put_text(out, text);
  out += after;
}

// Node names of our own: an id such as `end` would end Mermaid's parser instead.
void put_stage(std::string& out, std::size_t index, const graph::Stage& stage, const StageLabel& label) {
  put(out, "  s{}{}\"", index, stage.gate ? "{{" : stage.matrix ? "[[" : stage.notification ? "([" : "[");
  put_line(out, "<b>", label.title, "</b>");
  put_line(out, "<br/>", label.detail_line(), "");
  put_line(out, "<br/><i>", label.condition, "</i>");
  for (const std::string& artifact : label.artifacts) put_line(out, "<br/>artifact ", artifact, "");
  put(out, "\"{}\n", stage.gate ? "}}" : stage.matrix ? "]]" : stage.notification ? "])" : "]");
}

void put_triggers(std::string& out, const Graph& graph) {
  if (graph.triggers.empty()) return;
  out += "  start([\"";
  for (std::size_t i = 0; i < graph.triggers.size(); ++i)
    put_line(out, i ? "<br/>" : "", trigger_label(graph.triggers[i]), "");
  out += "\"])\n";
}

void put_edges(std::string& out, const Graph& graph) {
  for (std::size_t i = 0; i < graph.stages.size() && !graph.triggers.empty(); ++i)
    if (graph.stages[i].after.empty()) put(out, "  start --> s{}\n", i);
  for (const DrawnEdge& edge : drawn_edges(graph))
    put(out, "  s{} {} s{}\n", edge.from, edge.data ? "-.->" : "-->", edge.to);
}

void put_classes(std::string& out, const Graph& graph) {
  std::string muted = graph.triggers.empty() ? "" : "start";
  for (std::size_t i = 0; i < graph.stages.size(); ++i)
    if (graph.stages[i].notification) put(muted, "{}s{}", muted.empty() ? "" : ",", i);
  if (muted.empty()) return;
  put(out, "  classDef muted fill:transparent,stroke:#818b98,stroke-dasharray:4 3\n  class {} muted\n", muted);
}

}  // namespace

std::string mermaid(const Graph& graph) {
  std::string out = "flowchart LR\n";
  put_triggers(out, graph);
  std::vector<StageLabel> labels = stage_labels(graph);
  for (std::size_t i = 0; i < labels.size(); ++i) put_stage(out, i, graph.stages[i], labels[i]);
  put_edges(out, graph);
  put_classes(out, graph);
  return out;
}

}  // namespace sluice::draw

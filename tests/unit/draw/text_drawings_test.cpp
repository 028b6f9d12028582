#include <catch2/catch.hpp>

#include "draw/dot.h"
#include "draw/edges.h"
#include "draw/labels.h"
#include "draw/mermaid.h"
#include "draw/text_width.h"
#include "tests/unit/draw/example_graph.h"

namespace sluice::draw {
namespace {

TEST_CASE("Graphviz gets every label as escaped HTML") {
  CHECK(dot(example_graph()) == R"(digraph {
  rankdir=LR
  label=<CI &amp; &quot;more&quot;>
  labelloc=t
  fontname="Helvetica"
  node [shape=box style=rounded fontname="Helvetica" color="#59636e" margin="0.2,0.1"]
  edge [color="#818b98" arrowsize=0.7]
  start [style="rounded,filled" fillcolor="#f6f8fa" label=<push<br/>manual>]
  s0 [label=<<b>1. `end` &lt;b&gt; &amp; &quot;x&quot; %%{*</b><br/><font point-size="10">2m · 1 step</font>>]
  s1 [peripheries=2 label=<<b>test</b><br/><font point-size="10">10m · 1 step · ×2 · with db</font><br/><font point-size="10">artifact report</font>>]
  s2 [label=<<b>summary</b><br/><font point-size="10">production · 1 step</font>>]
  s3 [style="rounded,dashed" fontcolor="#59636e" color="#afb8c1" label=<<b>notify</b><br/><font point-size="10">1 step</font><br/><font point-size="10" face="monospace">when failure() &amp;&amp; 1 &lt; 2</font>>]
  start -> s0 [color="#d1d9e0"]
  s0 -> s1
  s0 -> s2 [style=dashed]
  s1 -> s2
  s2 -> s3 [color="#d1d9e0"]
}
)");
}

TEST_CASE("Mermaid gets no sign that it would read itself") {
  CHECK(mermaid(example_graph()) == R"(flowchart LR
  start(["push<br/>manual"])
  s0["<b>1#46; #96;end#96; #60;b#62; #38; #34;x#34; #37;#37;#123;#42;</b><br/>2m · 1 step"]
  s1[["<b>test</b><br/>10m · 1 step · ×2 · with db<br/>artifact report"]]
  s2["<b>summary</b><br/>production · 1 step"]
  s3(["<b>notify</b><br/>1 step<br/><i>when failure() #38;#38; 1 #60; 2</i>"])
  start --> s0
  s0 --> s1
  s0 -.-> s2
  s1 --> s2
  s2 --> s3
  classDef muted fill:transparent,stroke:#818b98,stroke-dasharray:4 3
  class start,s3 muted
)");
}

TEST_CASE("edges that others imply are not drawn, unless a value flows") {
  graph::testing::GraphBuilder b;
  b.stage("a"), b.stage("b", {0}), b.stage("c", {0, 1}), b.stage("d", {0, 1, 2});
  b.graph.stages[3].after[0].written = false;
  std::vector<std::pair<graph::StageIndex, graph::StageIndex>> drawn;
  for (const DrawnEdge& edge : drawn_edges(b.graph)) drawn.emplace_back(edge.from, edge.to);
  CHECK(drawn == decltype(drawn){{0, 1}, {1, 2}, {0, 3}, {2, 3}});
}

TEST_CASE("a matrix that is not known yet is marked as one") {
  graph::testing::GraphBuilder b;
  b.stage("a");
  b.graph.stages[0].matrix = graph::Matrix{b.call("fromJSON", {b.string("x")}), {}, {}};
  CHECK(stage_labels(b.graph)[0].detail_line() == "1 step · matrix");
}

TEST_CASE("steps of the local back end alone are not counted beside others") {
  graph::testing::GraphBuilder b;
  b.stage("a");
  b.graph.stages[0].steps.push_back(b.run("x"));
  b.graph.stages[0].steps[1].backend = graph::Backend::local;
  CHECK(stage_labels(b.graph)[0].detail_line() == "1 step");
  b.graph.stages[0].steps[0].backend = graph::Backend::local;
  CHECK(stage_labels(b.graph)[0].detail_line() == "2 steps");
}

TEST_CASE("a text that does not fit ends in an ellipsis") {
  CHECK(fit_text("short", 14, Face::bold, 200) == "short");
  std::string cut = fit_text("a title that is much too long for it", 14, Face::bold, 100);
  CHECK(cut.ends_with("…"));
  CHECK(text_width(cut, 14, Face::bold) <= 100);
  CHECK(fit_text("ééééééééééééééé", 14, Face::regular, 60).find("é…") != std::string::npos);
  CHECK(text_width("漢字", 10, Face::regular) > 20);
}

}  // namespace
}  // namespace sluice::draw

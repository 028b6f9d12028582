#pragma once
#include "tests/unit/graph/graph_builder.h"

namespace sluice::draw {

/// One of everything that a drawing shows, with a title that no format likes.
inline graph::Graph example_graph() {
  graph::testing::GraphBuilder b;
  b.graph.title = "CI & \"more\"";
  graph::Trigger push, manual;
  push.event = "push";
  push.filters = {{"branches", {"main", "<dev>"}}};
  manual.event = "workflow_dispatch";
  b.graph.triggers = {push, manual};
  b.graph.budget = 900;
  b.stage("end", {}, 120);
  b.stage("test", {0}, 600);
  b.stage("summary", {0, 1});
  b.stage("notify", {0, 1, 2});
  auto& stages = b.graph.stages;
  stages[0].title = b.string("1. `end` <b> & \"x\"\n%%{*");
  stages[1].matrix = graph::Matrix{
      b.map({"python"}, {b.node(graph::Expression::Kind::list, {b.string("3.11"), b.string("3.12")})}), {}, {}};
  stages[1].services.push_back({"db", "postgres@sha256:0", {}, {}, {}, "", "", {}, {}});
  stages[2].after[0].written = false;
  stages[2].environment = graph::Environment{b.string("production"), {}, true, {}};
  stages[3].notification = true;
  stages[3].condition =
      b.node(graph::Expression::Kind::both,
             {b.call("failure"), b.node(graph::Expression::Kind::less, {b.number("1"), b.number("2")})});
  stages[3].asks_status = true;
  b.graph.artifacts = {{"report", 1, 0}};
  return b.graph;
}

}  // namespace sluice::draw

#include "graph/order.h"

#include <catch2/catch.hpp>

#include "tests/unit/graph/graph_builder.h"

namespace sluice::graph {
namespace {

using testing::GraphBuilder;
using Stages = std::vector<StageIndex>;

TEST_CASE("the critical path is the longest chain") {
  GraphBuilder b;
  b.stage("lint", {}, 120), b.stage("test", {0}, 600), b.stage("scan", {0}, 300), b.stage("summary", {1, 2}, 60);
  CriticalPath path = critical_path(b.graph);
  CHECK(path.total == 780);
  CHECK(path.path == Stages{0, 1, 3});
  CHECK(path.without_expect.empty());
}

TEST_CASE("a stage without expectation takes no time and is named") {
  GraphBuilder b;
  b.stage("a", {}, 10), b.stage("b", {0}), b.stage("c", {0, 1}, 5), b.stage("notify", {2});
  b.graph.stages[3].notification = true;
  CriticalPath path = critical_path(b.graph);
  CHECK(path.total == 15);
  CHECK(path.path == Stages{0, 1, 2});
  CHECK(path.without_expect == Stages{1});
}

TEST_CASE("without any expectation there is no critical path") {
  GraphBuilder b;
  b.stage("a"), b.stage("b", {0});
  CHECK(critical_path(b.graph).path.empty());
  CHECK(critical_path(Graph{}).total == 0);
}

TEST_CASE("ancestors and descendants are all there, once, in order") {
  GraphBuilder b;
  b.stage("a"), b.stage("b"), b.stage("c", {0}), b.stage("d", {0, 2}), b.stage("e", {1}), b.stage("f", {3});
  CHECK(ancestors(b.graph, 5) == Stages{0, 2, 3});
  CHECK(ancestors(b.graph, 0).empty());
  CHECK(descendants(b.graph, 0) == Stages{2, 3, 5});
  CHECK(descendants(b.graph, 5).empty());
}

}  // namespace
}  // namespace sluice::graph

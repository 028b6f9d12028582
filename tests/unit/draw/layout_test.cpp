#include "draw/layout.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "draw/layers.h"

namespace sluice::draw {
namespace {

struct Input {
  std::vector<LayoutNode> nodes;
  std::vector<LayoutEdge> edges;
};

// Any graph of the size, the same for the same seed: edges reach back at most `reach` nodes.
Input make_input(std::uint32_t size, std::uint32_t reach, std::uint32_t seed) {
  Input input;
  auto random = [&] { return (seed = seed * 1664525u + 1013904223u) >> 8; };
  for (std::uint32_t node = 0; node < size; ++node) {
    input.nodes.push_back({160, 20.0 + random() % 20, 20.0 + random() % 40});
    for (std::uint32_t i = random() % 4; node > 0 && i > 0; --i) {
      std::uint32_t from = node - 1 - random() % std::min(node, reach);
      input.edges.push_back({from, node, 1, random() % 2});
    }
  }
  return input;
}

struct Box {
  double left, right, top, bottom;
};

Box box_of(const Input& input, const Layout& layout, std::size_t node) {
  const Placed& placed = layout.nodes[node];
  return {placed.x, placed.x + input.nodes[node].width, placed.y - input.nodes[node].above,
          placed.y + input.nodes[node].below};
}

bool overlap(const Box& a, const Box& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

void check_boxes(const Input& input, const Layout& layout) {
  std::size_t overlaps = 0, outside = 0;
  for (std::size_t a = 0; a < input.nodes.size(); ++a) {
    Box box = box_of(input, layout, a);
    outside += box.left < 0 || box.top < 0 || box.right > layout.width || box.bottom > layout.height;
    for (std::size_t b = 0; b < a; ++b) overlaps += overlap(box, box_of(input, layout, b));
  }
  CHECK(overlaps == 0);
  CHECK(outside == 0);
}

// A curve lies between the heights of its ends and the columns on its sides, a line where its ends are: if no box
// touches the columns of a curve or the height of a line, no edge runs through a card.
void check_routes(const Input& input, const Layout& layout) {
  std::size_t hits = 0, backward = 0;
  for (std::size_t edge = 0; edge < input.edges.size(); ++edge) {
    const std::vector<Point>& points = layout.routes[edge];
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
      const Point &from = points[i], &to = points[i + 1];
      backward += to.x < from.x || (i % 2 == 1 && to.y != from.y);
      Box stretch{from.x, to.x, std::min(from.y, to.y) - 1, std::max(from.y, to.y) + 1};
      for (std::size_t node = 0; node < input.nodes.size(); ++node)
        hits += overlap(stretch, box_of(input, layout, node));
    }
    CHECK(points.front().y == layout.nodes[input.edges[edge].from].y);
    CHECK(points.back().y == layout.nodes[input.edges[edge].to].y);
    CHECK(points.back().x == layout.nodes[input.edges[edge].to].x);
  }
  CHECK(hits == 0);
  CHECK(backward == 0);
}

TEST_CASE("boxes never overlap and edges never run through one") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    for (auto [size, reach] : {std::pair{6u, 3u}, {25u, 4u}, {60u, 12u}, {60u, 60u}}) {
      Input input = make_input(size, reach, seed);
      CAPTURE(size, reach, seed);
      Layout result = layout(input.nodes, input.edges);
      check_boxes(input, result);
      check_routes(input, result);
    }
  }
}

TEST_CASE("boxes of different width stay clear of edges, too") {
  Input input{{{40, 10, 10}, {200, 10, 10}, {90, 10, 10}, {90, 10, 10}}, {{0, 2}, {1, 2}, {0, 3}}};
  Layout result = layout(input.nodes, input.edges);
  check_boxes(input, result);
  check_routes(input, result);
}

TEST_CASE("nothing and one are layouts") {
  CHECK(layout({}, {}).width == 0);
  Layout one = layout({{100, 20, 30}}, {});
  CHECK(one.nodes[0].y == 20);
  CHECK(one.width == 100);
  CHECK(one.height == 50);
}

TEST_CASE("a chain is straight, and layers go by the longest path") {
  Input input{{{100, 20, 20}, {100, 30, 30}, {100, 20, 60}}, {{0, 1}, {1, 2}, {0, 2, 0.1}}};
  Layout result = layout(input.nodes, input.edges);
  CHECK(result.nodes[2].layer == 2);
  CHECK(result.nodes[0].y == result.nodes[1].y);
  CHECK(result.nodes[1].y == result.nodes[2].y);
  CHECK(result.routes[2].size() == 4);
}

TEST_CASE("crossings that need not be are gone") {
  Input input{std::vector<LayoutNode>(8, {100, 20, 20}), {{0, 7}, {1, 6}, {2, 5}, {3, 4}}};
  LayoutSpacing spacing;
  Layers layers = make_layers(input.nodes, input.edges, spacing);
  std::swap(layers.columns[1][0], layers.columns[1][3]);
  for (std::uint32_t i = 0; i < 4; ++i) layers.vertices[layers.columns[1][i]].place = i;
  CHECK(count_crossings(layers) > 0);
  reduce_crossings(layers);
  CHECK(count_crossings(layers) == 0);
}

TEST_CASE("with too many lanes, long edges go straight") {
  Input input;
  constexpr std::uint32_t size = 600;
  for (std::uint32_t node = 0; node < size; ++node) {
    input.nodes.push_back({100, 20, 20});
    if (node > 0) input.edges.push_back({node - 1, node});
    if (node > 1) input.edges.push_back({0, node, 1, node});
  }
  Layout result = layout(input.nodes, input.edges);
  check_boxes(input, result);
  CHECK(result.routes.back().size() == 2);
}

}  // namespace
}  // namespace sluice::draw

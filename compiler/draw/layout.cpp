#include "draw/layout.h"

#include <algorithm>
#include <cmath>

#include "draw/layers.h"

namespace sluice::draw {
namespace {

struct Column {
  double left = 0;
  double right = 0;
};

// How far the steepest edge behind each column goes up or down.
std::vector<double> find_climbs(const Layers& layers) {
  std::vector<double> climbs(layers.columns.size(), 0);
  for (const Vertex& vertex : layers.vertices)
    for (const Link& link : vertex.right)
      climbs[vertex.layer] = std::max(climbs[vertex.layer], std::abs(vertex.y - layers.vertices[link.node].y));
  return climbs;
}

std::vector<Column> place_columns(const std::vector<LayoutNode>& nodes, const Layers& layers,
                                  const LayoutSpacing& spacing) {
  std::vector<Column> columns(layers.columns.size());
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    Column& column = columns[layers.vertices[node].layer];
    column.right = std::max(column.right, nodes[node].width);
  }
  std::vector<double> climbs = find_climbs(layers);
  double x = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].left = x;
    columns[i].right += x;
    // Steep curves side by side would look like one thick line.
    x = columns[i].right + spacing.column + std::round(std::clamp((climbs[i] - 400) / 16, 0.0, spacing.column));
  }
  return columns;
}

std::vector<Point> route(const LayoutEdge& edge, const std::vector<std::uint32_t>& lanes, const LayoutNode& from,
                         const Layers& layers, const std::vector<Column>& columns) {
  const Vertex& first = layers.vertices[edge.from];
  const Vertex& last = layers.vertices[edge.to];
  double side = columns[first.layer].left + from.width;
  std::vector<Point> points{{side, first.y}};
  // A narrow box's edge leaves its column first: wider ones stand above and below it.
  if (side < columns[first.layer].right)
    points.push_back(points[0]), points.push_back({columns[first.layer].right, first.y});
  for (std::uint32_t lane : lanes) {
    const Vertex& vertex = layers.vertices[lane];
    points.push_back({columns[vertex.layer].left, vertex.y});
    points.push_back({columns[vertex.layer].right, vertex.y});
  }
  points.push_back({columns[last.layer].left, last.y});
  return points;
}

}  // namespace

Layout layout(const std::vector<LayoutNode>& nodes, const std::vector<LayoutEdge>& edges,
              const LayoutSpacing& spacing) {
  Layers layers = make_layers(nodes, edges, spacing);
  reduce_crossings(layers);
  place_vertically(layers, spacing);
  std::vector<Column> columns = place_columns(nodes, layers, spacing);
  Layout result;
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    const Vertex& vertex = layers.vertices[node];
    result.nodes.push_back({columns[vertex.layer].left, vertex.y, vertex.layer});
  }
  for (std::size_t edge = 0; edge < edges.size(); ++edge)
    result.routes.push_back(route(edges[edge], layers.lanes_of_edge[edge], nodes[edges[edge].from], layers, columns));
  for (const Vertex& vertex : layers.vertices) result.height = std::max(result.height, vertex.y + vertex.below);
  result.width = columns.empty() ? 0 : columns.back().right;
  return result;
}

}  // namespace sluice::draw

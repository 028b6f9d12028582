#include "draw/layers.h"

#include <algorithm>
#include <map>

namespace sluice::draw {
namespace {

// A lane pulls its neighbours into line: long edges look best straight.
constexpr double lane_weight = 6;

void connect(Layers& layers, std::uint32_t from, std::uint32_t to, double weight) {
  Vertex& left = layers.vertices[from];
  Vertex& right = layers.vertices[to];
  if (left.lane && right.lane) weight *= lane_weight;
  for (Link& link : left.right)
    if (link.node == to) return;
  left.right.push_back({to, weight});
  right.left.push_back({from, weight});
}

std::uint32_t add_lane(Layers& layers, std::uint32_t layer, const LayoutSpacing& spacing) {
  Vertex vertex;
  vertex.layer = layer;
  vertex.lane = true;
  vertex.above = vertex.below = spacing.lane / 2;
  layers.vertices.push_back(std::move(vertex));
  return static_cast<std::uint32_t>(layers.vertices.size() - 1);
}

std::vector<std::uint32_t> longest_paths(std::size_t nodes, const std::vector<LayoutEdge>& edges) {
  std::vector<std::vector<std::uint32_t>> after(nodes);
  for (const LayoutEdge& edge : edges) after[edge.to].push_back(edge.from);
  std::vector<std::uint32_t> layer(nodes, 0);
  for (std::size_t node = 0; node < nodes; ++node)
    for (std::uint32_t before : after[node]) layer[node] = std::max(layer[node], layer[before] + 1);
  return layer;
}

std::size_t count_lanes(const std::vector<LayoutEdge>& edges, const std::vector<std::uint32_t>& layer) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> longest;
  for (const LayoutEdge& edge : edges) {
    std::uint32_t& length = longest[{edge.from, edge.bundle}];
    length = std::max(length, layer[edge.to] - layer[edge.from] - 1);
  }
  std::size_t lanes = 0;
  for (const auto& [bundle, length] : longest) lanes += length;
  return lanes;
}

class LaneMaker {
 public:
  LaneMaker(Layers& layers, const LayoutSpacing& spacing) : layers_(layers), spacing_(spacing) {}

  void add(const LayoutEdge& edge, std::vector<std::uint32_t>& lanes_of_edge) {
    std::uint32_t first = layers_.vertices[edge.from].layer + 1;
    std::uint32_t last = layers_.vertices[edge.to].layer;
    std::vector<std::uint32_t>& lanes = bundles_[{edge.from, edge.bundle}];
    std::uint32_t at = edge.from;
    for (std::uint32_t layer = first; layer < last; ++layer) {
      if (lanes.size() <= layer - first) lanes.push_back(add_lane(layers_, layer, spacing_));
      std::uint32_t lane = lanes[layer - first];
      connect(layers_, at, lane, edge.weight);
      lanes_of_edge.push_back(at = lane);
    }
    connect(layers_, at, edge.to, edge.weight);
  }

 private:
  Layers& layers_;
  const LayoutSpacing& spacing_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> bundles_;
};

// Vertices in the order in which a walk from the upper left meets them: what belongs together begins together.
void fill_columns(Layers& layers, std::size_t nodes) {
  std::vector<bool> seen(layers.vertices.size(), false);
  std::vector<std::uint32_t> open;
  for (std::size_t root = 0; root < nodes; ++root) {
    if (!layers.vertices[root].left.empty()) continue;
    open.push_back(static_cast<std::uint32_t>(root));
    while (!open.empty()) {
      std::uint32_t at = open.back();
      open.pop_back();
      if (seen[at]) continue;
      seen[at] = true;
      Vertex& vertex = layers.vertices[at];
      vertex.place = static_cast<std::uint32_t>(layers.columns[vertex.layer].size());
      layers.columns[vertex.layer].push_back(at);
      for (auto link = vertex.right.rbegin(); link != vertex.right.rend(); ++link) open.push_back(link->node);
    }
  }
}

}  // namespace

Layers make_layers(const std::vector<LayoutNode>& nodes, const std::vector<LayoutEdge>& edges,
                   const LayoutSpacing& spacing) {
  Layers layers;
  std::vector<std::uint32_t> layer = longest_paths(nodes.size(), edges);
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    Vertex vertex;
    vertex.layer = layer[node];
    vertex.above = nodes[node].above;
    vertex.below = nodes[node].below;
    layers.vertices.push_back(std::move(vertex));
  }
  layers.lanes_of_edge.resize(edges.size());
  bool with_lanes = count_lanes(edges, layer) <= max_lanes;
  LaneMaker maker(layers, spacing);
  for (std::size_t edge = 0; edge < edges.size(); ++edge)
    if (with_lanes || layer[edges[edge].to] == layer[edges[edge].from] + 1)
      maker.add(edges[edge], layers.lanes_of_edge[edge]);
  std::uint32_t last = layer.empty() ? 0 : *std::max_element(layer.begin(), layer.end());
  layers.columns.resize(layer.empty() ? 0 : last + 1);
  fill_columns(layers, nodes.size());
  return layers;
}

}  // namespace sluice::draw

#pragma once
#include <cstdint>
#include <vector>

#include "draw/layout.h"

/// Private to `layout`: the graph once every edge goes from one layer to the next.
namespace sluice::draw {

struct Link {
  std::uint32_t node = 0;
  double weight = 1;
};

struct Vertex {
  std::uint32_t layer = 0;
  std::uint32_t place = 0;  ///< in its layer
  bool lane = false;        ///< stands for an edge that passes
  double above = 0;
  double below = 0;
  double y = 0;
  std::vector<Link> left;
  std::vector<Link> right;
};

/// First the nodes, then the lanes of their edges.
struct Layers {
  std::vector<Vertex> vertices;
  std::vector<std::vector<std::uint32_t>> columns;        ///< vertices from top to bottom
  std::vector<std::vector<std::uint32_t>> lanes_of_edge;  ///< from left to right
};

Layers make_layers(const std::vector<LayoutNode>&, const std::vector<LayoutEdge>&, const LayoutSpacing&);
void reduce_crossings(Layers&);
void place_vertically(Layers&, const LayoutSpacing&);  ///< sets `y`; the uppermost box begins at 0

std::uint64_t count_crossings(const Layers&);

}  // namespace sluice::draw

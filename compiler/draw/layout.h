#pragma once
#include <cstdint>
#include <vector>

/// Layered drawing: columns from left to right, every edge pointing to the right. The steps are those of Sugiyama et
/// al.: layers by longest path, invisible nodes where an edge passes a column, barycenter sweeps against crossings,
/// and heights by least squares that keep edges straight.
namespace sluice::draw {

/// A box, as tall as it reaches above and below its port: edges meet it at the port's height, left and right.
struct LayoutNode {
  double width = 0;
  double above = 0;
  double below = 0;
};

struct LayoutEdge {
  std::uint32_t from = 0;
  std::uint32_t to = 0;      ///< greater than `from`
  double weight = 1;         ///< how much it wants to be straight
  std::uint32_t bundle = 0;  ///< long edges of one node and one bundle share their way
};

struct Point {
  double x = 0;
  double y = 0;
};

struct LayoutSpacing {
  double column = 72;  ///< between two columns
  double row = 28;     ///< between two boxes of a column
  double lane = 14;    ///< beside an edge that passes a column
};

struct Placed {
  double x = 0;  ///< the left side
  double y = 0;  ///< the port's height
  std::uint32_t layer = 0;
};

struct Layout {
  std::vector<Placed> nodes;
  std::vector<std::vector<Point>>
      routes;  ///< one an edge: pairs of points; a curve within a pair, a line between two pairs
  double width = 0;
  double height = 0;
};

/// Places every node and routes every edge within (0, 0) to (width, height); boxes never overlap, and no route enters a
/// box on its way. Deterministic. Above `max_lanes` passed columns, long edges go straight instead.
Layout layout(const std::vector<LayoutNode>&, const std::vector<LayoutEdge>&, const LayoutSpacing& = {});

inline constexpr std::size_t max_lanes = 40'000;

}  // namespace sluice::draw

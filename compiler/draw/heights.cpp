#include <algorithm>
#include <cmath>

#include "draw/layers.h"

namespace sluice::draw {
namespace {

double distance(const Vertex& upper, const Vertex& lower, const LayoutSpacing& spacing) {
  double gap = upper.lane && lower.lane ? 0 : upper.lane || lower.lane ? spacing.lane / 2 : spacing.row;
  return upper.below + gap + lower.above;
}

struct Wish {
  double y = 0;
  double weight = 0;
};

enum class Pull { left, right, straight };

// Least squares spread a bend over all edges. Dividing by the distance turns them, round by round, into least absolute
// distances, which put most edges straight and leave the bend to few.
Wish wish_of(const Layers& layers, const Vertex& vertex, Pull pull) {
  constexpr double near = 2;
  Wish wish;
  auto add = [&](const std::vector<Link>& links) {
    for (const Link& link : links) {
      double y = layers.vertices[link.node].y;
      double weight = pull == Pull::straight ? link.weight / std::max(near, std::abs(y - vertex.y)) : link.weight;
      wish.y += weight * y;
      wish.weight += weight;
    }
  };
  if (pull != Pull::right) add(vertex.left);
  if (pull != Pull::left) add(vertex.right);
  if (wish.weight > 0) return {wish.y / wish.weight, wish.weight};
  return {vertex.y, 0.01};
}

// The heights nearest to the wishes, by weighted least squares, that keep the order and the distances of a column:
// isotonic regression by pooling adjacent violators (Barlow et al., 1972).
void settle_column(Layers& layers, const std::vector<std::uint32_t>& column, const LayoutSpacing& spacing, Pull pull) {
  struct Block {
    double sum, weight;
    std::size_t size;
    double mean() const { return sum / weight; }
  };
  std::vector<Block> blocks;
  std::vector<double> offsets;
  for (std::size_t i = 0; i < column.size(); ++i) {
    Vertex& vertex = layers.vertices[column[i]];
    double step = i ? distance(layers.vertices[column[i - 1]], vertex, spacing) : 0;
    offsets.push_back(i ? offsets.back() + step : 0);
    Wish wish = wish_of(layers, vertex, pull);
    blocks.push_back({(wish.y - offsets[i]) * wish.weight, wish.weight, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
      Block last = blocks.back();
      blocks.pop_back();
      blocks.back().sum += last.sum, blocks.back().weight += last.weight, blocks.back().size += last.size;
    }
  }
  std::size_t i = 0;
  for (const Block& block : blocks)
    for (std::size_t end = i + block.size; i < end; ++i) layers.vertices[column[i]].y = block.mean() + offsets[i];
}

void stack_columns(Layers& layers, const LayoutSpacing& spacing) {
  for (const auto& column : layers.columns) {
    double y = 0;
    for (std::size_t i = 0; i < column.size(); ++i) {
      if (i) y += distance(layers.vertices[column[i - 1]], layers.vertices[column[i]], spacing);
      layers.vertices[column[i]].y = y;
    }
    for (std::uint32_t vertex : column) layers.vertices[vertex].y -= y / 2;
  }
}

using Links = std::vector<Link> Vertex::*;

// The neighbour that pulls most, null where there is none.
const Link* strongest(const Vertex& vertex, Links side) {
  const std::vector<Link>& links = vertex.*side;
  auto found =
      std::max_element(links.begin(), links.end(), [](const Link& a, const Link& b) { return a.weight < b.weight; });
  return found == links.end() ? nullptr : &*found;
}

// Small bends are noise: one column's vertices go to the heights of their strongest neighbours, those that are pulled
// most first. They push the others aside, but none that stands straight by then.
class Straightener {
 public:
  Straightener(Layers& layers, const std::vector<std::uint32_t>& column, const LayoutSpacing& spacing)
      : layers_(layers), column_(column), spacing_(spacing), fixed_(column.size(), false) {}

  void fix_straight(Links side) {
    for (std::size_t i = 0; i < column_.size(); ++i) {
      const Link* link = strongest(at(i), side);
      fixed_[i] = link && layers_.vertices[link->node].y == at(i).y;
    }
  }

  void straighten(Links side) {
    constexpr double small = 8;
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t i = 0; i < column_.size(); ++i)
      if (const Link* link = strongest(at(i), side)) order.emplace_back(-link->weight, i);
    std::sort(order.begin(), order.end());
    for (auto [weight, i] : order) {
      double y = layers_.vertices[strongest(at(i), side)->node].y;
      if (!fixed_[i] && std::abs(y - at(i).y) <= small) fixed_[i] = move(i, y);
    }
  }

 private:
  Vertex& at(std::size_t i) { return layers_.vertices[column_[i]]; }

  bool move(std::size_t i, double y) {
    std::vector<std::pair<std::size_t, double>> moves{{i, y}};
    double edge = y;
    for (std::size_t below = i + 1; below < column_.size(); ++below) {
      edge += distance(at(below - 1), at(below), spacing_);
      if (at(below).y >= edge) break;
      if (fixed_[below]) return false;
      moves.emplace_back(below, edge);
    }
    edge = y;
    for (std::size_t above = i; above-- > 0;) {
      edge -= distance(at(above), at(above + 1), spacing_);
      if (at(above).y <= edge) break;
      if (fixed_[above]) return false;
      moves.emplace_back(above, edge);
    }
    for (auto [moved, height] : moves) at(moved).y = height;
    return true;
  }

  Layers& layers_;
  const std::vector<std::uint32_t>& column_;
  const LayoutSpacing& spacing_;
  std::vector<bool> fixed_;
};

// Rounding down keeps every distance, as these are whole numbers; and lines on whole pixels are crisp.
void move_to_origin(Layers& layers) {
  double top = INFINITY;
  for (Vertex& vertex : layers.vertices) {
    vertex.y = std::floor(vertex.y + 1e-6);
    top = std::min(top, vertex.y - vertex.above);
  }
  for (Vertex& vertex : layers.vertices) vertex.y -= top;
}

}  // namespace

void place_vertically(Layers& layers, const LayoutSpacing& spacing) {
  constexpr int rounds = 10;
  std::size_t count = layers.columns.size();
  stack_columns(layers, spacing);
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = count; i-- > 0;) settle_column(layers, layers.columns[i], spacing, Pull::right);
    for (std::size_t i = 0; i < count; ++i) settle_column(layers, layers.columns[i], spacing, Pull::left);
  }
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = count; i-- > 0;) settle_column(layers, layers.columns[i], spacing, Pull::straight);
    for (std::size_t i = 0; i < count; ++i) settle_column(layers, layers.columns[i], spacing, Pull::straight);
  }
  for (const auto& column : layers.columns) Straightener(layers, column, spacing).straighten(&Vertex::left);
  for (std::size_t i = count; i-- > 0;) {
    Straightener straightener(layers, layers.columns[i], spacing);
    straightener.fix_straight(&Vertex::left);
    straightener.straighten(&Vertex::right);
  }
  move_to_origin(layers);
}

}  // namespace sluice::draw

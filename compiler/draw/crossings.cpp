#include <algorithm>
#include <vector>

#include "draw/layers.h"

namespace sluice::draw {
namespace {

// Crossings between a column and the next: pairs of links in the wrong order, counted with a Fenwick tree.
std::uint64_t crossings_behind(const Layers& layers, std::size_t column) {
  if (column + 1 >= layers.columns.size()) return 0;
  std::size_t size = layers.columns[column + 1].size();
  std::vector<std::uint32_t> tree(size + 1, 0);
  std::uint64_t crossings = 0, links = 0;
  std::vector<std::uint32_t> ends;
  for (std::uint32_t vertex : layers.columns[column]) {
    ends.clear();
    for (const Link& link : layers.vertices[vertex].right) ends.push_back(layers.vertices[link.node].place);
    for (std::uint32_t end : ends) {
      std::uint64_t not_below = 0;
      for (std::size_t i = end + 1; i > 0; i -= i & (~i + 1)) not_below += tree[i];
      crossings += links - not_below;
    }
    for (std::uint32_t end : ends)
      for (std::size_t i = end + 1; i <= size; i += i & (~i + 1)) ++tree[i];
    links += ends.size();
  }
  return crossings;
}

void renumber(Layers& layers, const std::vector<std::uint32_t>& column) {
  for (std::size_t i = 0; i < column.size(); ++i) layers.vertices[column[i]].place = static_cast<std::uint32_t>(i);
}

void sort_by_barycenter(Layers& layers, std::size_t column, std::vector<Link> Vertex::*side) {
  std::vector<std::uint32_t>& vertices = layers.columns[column];
  std::vector<std::pair<double, std::uint32_t>> keys;
  for (std::uint32_t vertex : vertices) {
    const std::vector<Link>& links = layers.vertices[vertex].*side;
    double sum = 0;
    for (const Link& link : links) sum += layers.vertices[link.node].place;
    keys.emplace_back(links.empty() ? -1 : sum / static_cast<double>(links.size()), vertex);
  }
  // What has no neighbour on that side stays beside the one above it.
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i].first < 0) keys[i].first = i ? keys[i - 1].first : 0;
  std::stable_sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < keys.size(); ++i) vertices[i] = keys[i].second;
  renumber(layers, vertices);
}

// How many more crossings there are when `upper` stands above `lower` than the other way round.
std::int64_t cost_of_order(const Layers& layers, std::uint32_t upper, std::uint32_t lower) {
  std::int64_t cost = 0;
  for (std::vector<Link> Vertex::*side : {&Vertex::left, &Vertex::right})
    for (const Link& first : layers.vertices[upper].*side)
      for (const Link& second : layers.vertices[lower].*side) {
        std::uint32_t a = layers.vertices[first.node].place, b = layers.vertices[second.node].place;
        cost += a > b ? 1 : a < b ? -1 : 0;
      }
  return cost;
}

bool swap_neighbours(Layers& layers) {
  bool changed = false;
  for (std::vector<std::uint32_t>& column : layers.columns)
    for (std::size_t i = 0; i + 1 < column.size(); ++i) {
      if (cost_of_order(layers, column[i], column[i + 1]) <= 0) continue;
      std::swap(column[i], column[i + 1]);
      layers.vertices[column[i]].place = static_cast<std::uint32_t>(i);
      layers.vertices[column[i + 1]].place = static_cast<std::uint32_t>(i + 1);
      changed = true;
    }
  return changed;
}

void sweep(Layers& layers, bool forward) {
  std::size_t count = layers.columns.size();
  for (std::size_t i = 1; i < count; ++i)
    sort_by_barycenter(layers, forward ? i : count - 1 - i, forward ? &Vertex::left : &Vertex::right);
}

}  // namespace

std::uint64_t count_crossings(const Layers& layers) {
  std::uint64_t crossings = 0;
  for (std::size_t column = 0; column < layers.columns.size(); ++column) crossings += crossings_behind(layers, column);
  return crossings;
}

void reduce_crossings(Layers& layers) {
  constexpr int sweeps = 12;
  constexpr int swaps = 8;
  auto best = layers.columns;
  std::uint64_t fewest = count_crossings(layers);
  for (int i = 0; i < sweeps && fewest > 0; ++i) {
    sweep(layers, i % 2 == 0);
    std::uint64_t crossings = count_crossings(layers);
    if (crossings < fewest) fewest = crossings, best = layers.columns;
  }
  layers.columns = std::move(best);
  for (const auto& column : layers.columns) renumber(layers, column);
  for (int i = 0; i < swaps && fewest > 0 && swap_neighbours(layers); ++i) continue;
}

}  // namespace sluice::draw

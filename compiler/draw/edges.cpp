#include "draw/edges.h"

#include <algorithm>
#include <cstdint>

namespace sluice::draw {
namespace {

// One row of bits a stage: everything before it. 1,000 stages take 125 kB.
class Ancestors {
 public:
  explicit Ancestors(const graph::Graph& graph) : words_((graph.stages.size() + 63) / 64) {
    bits_.resize(graph.stages.size() * words_);
    for (std::size_t stage = 0; stage < graph.stages.size(); ++stage)
      for (const graph::Edge& edge : graph.stages[stage].after) add(stage, edge.stage);
  }
  bool before(std::size_t stage, std::size_t other) const {
    return (bits_[stage * words_ + other / 64] >> (other % 64)) & 1;
  }

 private:
  void add(std::size_t stage, std::size_t before) {
    std::uint64_t* row = &bits_[stage * words_];
    const std::uint64_t* from = &bits_[before * words_];
    // Nothing behind `before` itself can be set in its row.
    for (std::size_t word = 0; word <= before / 64; ++word) row[word] |= from[word];
    row[before / 64] |= std::uint64_t{1} << (before % 64);
  }

  std::size_t words_;
  std::vector<std::uint64_t> bits_;
};

}  // namespace

std::vector<DrawnEdge> drawn_edges(const graph::Graph& graph) {
  Ancestors ancestors(graph);
  std::vector<DrawnEdge> edges;
  for (graph::StageIndex index = 0; index < graph.stages.size(); ++index) {
    const graph::Stage& stage = graph.stages[index];
    std::vector<graph::StageIndex> kept;
    std::size_t first = edges.size();
    // From the latest: whatever implies an edge stands behind it in the list, and is itself implied by a kept one.
    for (auto edge = stage.after.rbegin(); edge != stage.after.rend(); ++edge) {
      bool implied = std::any_of(kept.begin(), kept.end(),
                                 [&](graph::StageIndex other) { return ancestors.before(other, edge->stage); });
      if (!implied) kept.push_back(edge->stage);
      if (!implied || (!edge->written && !stage.notification)) edges.push_back({edge->stage, index, !edge->written});
    }
    std::reverse(edges.begin() + static_cast<std::ptrdiff_t>(first), edges.end());
  }
  return edges;
}

}  // namespace sluice::draw

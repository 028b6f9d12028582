#include "draw/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "draw/scene.h"
#include "draw/text_width.h"
#include "tests/unit/draw/example_graph.h"

namespace sluice::draw {
namespace {

// Enough of XML to know whether a browser would take the file: elements nest, attributes are quoted, text is escaped.
std::string first_fault(std::string_view text) {
  std::vector<std::string_view> open;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '&') {
      std::size_t end = text.find(';', at);
      std::string_view entity = text.substr(at, end - at + 1);
      if (entity != "&amp;" && entity != "&lt;" && entity != "&gt;" && entity != "&quot;") return "an open `&`";
    }
    if (text[at] != '<') {
      ++at;
      continue;
    }
    std::size_t end = at;
    for (bool quoted = false; end < text.size() && (quoted || text[end] != '>'); ++end) quoted ^= text[end] == '"';
    if (end == text.size()) return "an open tag";
    std::string_view tag = text.substr(at + 1, end - at - 1);
    at = end + 1;
    if (tag.ends_with('/')) continue;
    std::string_view name = tag.substr(0, tag.find_first_of(" \n"));
    if (!name.starts_with('/')) {
      open.push_back(name);
    } else {
      if (open.empty() || open.back() != name.substr(1)) return fmt::format("`{}` where it is not open", name);
      open.pop_back();
    }
  }
  return open.empty() ? "" : fmt::format("`{}` stays open", open.back());
}

graph::Graph grid(graph::StageIndex columns, graph::StageIndex rows) {
  graph::testing::GraphBuilder b;
  for (graph::StageIndex i = 0; i < columns * rows; ++i) {
    std::vector<graph::StageIndex> after;
    if (i >= rows) after = {i - rows};
    if (i >= 3 * rows && i % rows) after.insert(after.begin(), i - 3 * rows - i % rows);
    b.stage(fmt::format("stage-{}", i), after, 60);
  }
  return b.graph;
}

TEST_CASE("a drawing is well-formed, whatever the titles say") {
  graph::Graph graph = example_graph();
  graph.stages[1].documentation = "a\x01\xFF]]> <script>&";
  std::string drawing = svg(graph);
  CHECK(first_fault(drawing) == "");
  CHECK(drawing.find("<script") == std::string::npos);
  CHECK(drawing.find('\x01') == std::string::npos);
  CHECK(drawing.find('\xFF') == std::string::npos);
  CHECK(first_fault("<a><b></a>") != "");
  CHECK(first_fault("<a>&x</a>") != "");
}

TEST_CASE("a drawing says what it is and follows the reader's colours") {
  std::string drawing = svg(example_graph());
  for (std::string_view part : {"role=\"img\"", "<title id=\"sluice-title\">CI &amp; &quot;more&quot;</title>",
                                ">4 stages · at least 12m expected · budget 15m", "test after 1. `end` &lt;b&gt;",
                                "prefers-color-scheme: dark", ">production</tspan>", "<title>artifact report</title>",
                                "<title>on push\nbranches: main, &lt;dev&gt;\non manual</title>", "when failure()"}) {
    CAPTURE(part);
    CHECK(drawing.find(part) != std::string::npos);
  }
  CHECK(svg(example_graph()) == drawing);
}

TEST_CASE("cards and their tags stay apart and texts stay inside") {
  graph::Graph graph = grid(5, 6);
  for (graph::StageIndex stage : {2u, 3u, 4u})
    for (int i = 0; i < 5; ++i) graph.artifacts.push_back({fmt::format("artifact-{}-{}", stage, i), stage, 0});
  Scene scene = make_scene(graph);
  for (const Card& card : scene.cards) {
    double bottom = card.y + card.height;
    for (const Tag& tag : card.tags) {
      CHECK(tag.x + tag.width <= card.width);
      bottom = std::max(bottom, card.y + card.height + tag.y + measure::tag_height);
    }
    CHECK(bottom <= scene.height);
    CHECK(card.x + card.width <= scene.width);
    CHECK(text_width(card.label.title, measure::title, Face::bold) <= card.width - 2 * measure::padding);
    for (const Card& other : scene.cards) {
      bool below = &other != &card && other.x == card.x && other.y > card.y;
      if (below) CHECK(other.y > bottom);
    }
  }
}

TEST_CASE("the critical path is marked, each of its edges once") {
  Scene scene = make_scene(example_graph());
  CHECK(scene.cards[0].critical);
  CHECK(scene.cards[1].critical);
  CHECK_FALSE(scene.cards[2].critical);
  CHECK(std::count_if(scene.curves.begin(), scene.curves.end(), [](const Curve& c) { return c.critical; }) == 1);
  CHECK_FALSE(scene.over_budget);
  graph::Graph late = example_graph();
  late.budget = 60;
  CHECK(make_scene(late).over_budget);
}

TEST_CASE("large graphs are drawn") {
  CHECK(first_fault(svg(grid(50, 20))) == "");
  CHECK(first_fault(svg(grid(1, 60))) == "");
  CHECK(first_fault(svg(graph::Graph{})) == "");
}

}  // namespace
}  // namespace sluice::draw

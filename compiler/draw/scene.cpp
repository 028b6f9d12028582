#include "draw/scene.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "draw/text_width.h"
#include "graph/text.h"

namespace sluice::draw {
namespace {

using graph::Graph;
using graph::StageIndex;

// One width for all cards: columns and gaps line up.
double card_width(const std::vector<StageLabel>& labels) {
  double width = measure::narrowest;
  for (const StageLabel& label : labels) {
    double text = std::max(text_width(label.title, measure::title, Face::bold),
                           text_width(label.detail_line(), measure::detail, Face::regular));
    text = std::max(text, text_width(label.condition, measure::condition, Face::monospace));
    width = std::max(width, text + 2 * measure::padding);
  }
  return std::min(std::ceil(width / 4) * 4, measure::widest);
}

void place_tags(Card& card) {
  double x = 0, y = measure::tag_gap;
  for (const std::string& artifact : card.label.artifacts) {
    double room = card.width - 2 * measure::tag_padding - measure::tag_icon;
    std::string text = fit_text(artifact, measure::tag, Face::regular, room);
    double width = std::ceil(text_width(text, measure::tag, Face::regular) + card.width - room);
    if (x > 0 && x + width > card.width) x = 0, y += measure::tag_height + measure::tag_gap;
    card.tags.push_back({std::move(text), artifact, x, y, std::min(width, card.width)});
    x += width + measure::tag_gap;
  }
}

double height_of(const StageLabel& label) {
  double height = 44;
  if (!label.details.empty()) height += 18;
  if (!label.condition.empty()) height += 18;
  return height;
}

void make_cards(Scene& scene, const Graph& graph) {
  std::vector<StageLabel> labels = stage_labels(graph);
  double width = card_width(labels);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Card& card = scene.cards.emplace_back();
    card.label = std::move(labels[i]);
    card.width = width;
    card.height = height_of(card.label);
    place_tags(card);
    // A stack of cards stands for the legs of a matrix: its lower cards look out.
    double stack = graph.stages[i].matrix ? measure::stack : 0;
    for (Tag& tag : card.tags) tag.y += stack;
  }
  for (StageIndex stage : scene.critical.path) scene.cards[stage].critical = true;
}

void make_pill(Scene& scene, const Graph& graph) {
  for (const graph::Trigger& trigger : graph.triggers) {
    std::string event = fit_text(trigger_label(trigger), measure::detail, Face::regular, measure::widest);
    double width = text_width(event, measure::detail, Face::regular) + 2 * measure::event_padding;
    scene.pill.width = std::max(scene.pill.width, std::ceil(width));
    scene.pill.events.push_back(std::move(event));
  }
  scene.pill.height = measure::event_row * static_cast<double>(scene.pill.events.size()) + 8;
}

std::string summarize(const Scene& scene, const Graph& graph) {
  std::string out = fmt::format("{} stage{}", graph.stages.size(), graph.stages.size() == 1 ? "" : "s");
  if (scene.critical.total > 0)
    out += fmt::format(" · {}{} expected", scene.critical.without_expect.empty() ? "" : "at least ",
                       graph::describe_seconds(scene.critical.total));
  if (graph.budget) out += " · budget " + graph::describe_seconds(*graph.budget);
  return out;
}

// The pill is node 0 where there is one; the stages follow.
struct Plan {
  std::vector<LayoutNode> nodes;
  std::vector<LayoutEdge> edges;
};

void plan_nodes(Plan& plan, const Scene& scene, const Graph& graph) {
  if (!scene.pill.events.empty())
    plan.nodes.push_back({scene.pill.width, scene.pill.height / 2, scene.pill.height / 2});
  for (std::size_t i = 0; i < scene.cards.size(); ++i) {
    const Card& card = scene.cards[i];
    double below = graph.stages[i].matrix ? measure::stack : 0;
    if (!card.tags.empty()) below = card.tags.back().y + measure::tag_height;
    plan.nodes.push_back({card.width, card.height / 2, card.height / 2 + below});
  }
}

bool on_path(const Scene& scene, const DrawnEdge& edge) {
  auto at = std::lower_bound(scene.critical.path.begin(), scene.critical.path.end(), edge.from);
  return at != scene.critical.path.end() && *at == edge.from && at + 1 != scene.critical.path.end() &&
         *(at + 1) == edge.to;
}

void plan_edges(Plan& plan, Scene& scene, const Graph& graph) {
  std::uint32_t first = scene.pill.events.empty() ? 0 : 1;
  for (std::uint32_t stage = 0; first && stage < graph.stages.size(); ++stage) {
    if (!graph.stages[stage].after.empty()) continue;
    plan.edges.push_back({0, stage + first});
    scene.curves.push_back({Curve::Kind::start, false, {}});
  }
  for (const DrawnEdge& edge : drawn_edges(graph)) {
    Curve curve;
    bool muted = graph.stages[edge.to].notification;
    curve.kind = muted ? Curve::Kind::muted : edge.data ? Curve::Kind::data : Curve::Kind::order;
    curve.critical = on_path(scene, edge);
    double weight = curve.critical ? 4 : muted ? 0.3 : edge.data ? 0.7 : 1;
    std::uint32_t bundle = static_cast<std::uint32_t>(curve.kind) * 2 + (curve.critical ? 1 : 0);
    plan.edges.push_back({edge.from + first, edge.to + first, weight, bundle});
    scene.cards[edge.from].edge_right = scene.cards[edge.to].edge_left = true;
    scene.curves.push_back(std::move(curve));
  }
}

void place(Scene& scene, const Plan& plan) {
  Layout layout = draw::layout(plan.nodes, plan.edges);
  double left = measure::margin, top = measure::margin + measure::header;
  std::size_t first = scene.pill.events.empty() ? 0 : 1;
  if (first) {
    scene.pill.x = left + layout.nodes[0].x;
    scene.pill.y = top + layout.nodes[0].y - scene.pill.height / 2;
  }
  for (std::size_t i = 0; i < scene.cards.size(); ++i) {
    scene.cards[i].x = left + layout.nodes[i + first].x;
    scene.cards[i].y = top + layout.nodes[i + first].y - scene.cards[i].height / 2;
  }
  for (std::size_t i = 0; i < scene.curves.size(); ++i) {
    scene.curves[i].points = std::move(layout.routes[i]);
    for (Point& point : scene.curves[i].points) point.x += left, point.y += top;
  }
  double heading = std::max(text_width(scene.title, measure::heading, Face::bold),
                            text_width(scene.summary, measure::summary, Face::regular));
  scene.width = std::ceil(std::max(layout.width, std::min(heading, 640.0)) + 2 * measure::margin);
  scene.height = std::ceil(layout.height + measure::header + 2 * measure::margin);
}

}  // namespace

Scene make_scene(const Graph& graph) {
  Scene scene;
  scene.title = pipeline_title(graph);
  scene.critical = graph::critical_path(graph);
  scene.summary = summarize(scene, graph);
  scene.over_budget = graph.budget && scene.critical.total > *graph.budget;
  make_cards(scene, graph);
  make_pill(scene, graph);
  Plan plan;
  plan_nodes(plan, scene, graph);
  plan_edges(plan, scene, graph);
  place(scene, plan);
  return scene;
}

}  // namespace sluice::draw

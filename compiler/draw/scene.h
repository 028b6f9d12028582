#pragma once
#include <string>
#include <vector>

#include "draw/edges.h"
#include "draw/labels.h"
#include "draw/layout.h"
#include "graph/order.h"

/// Private to `svg`: everything that is drawn, with its size and its place.
namespace sluice::draw {

struct Tag {
  std::string text;  ///< cut to fit
  std::string full;
  double x = 0;  ///< from the card's left
  double y = 0;  ///< from the card's lower side
  double width = 0;
};

struct Card {
  StageLabel label;
  double width = 0;
  double height = 0;
  std::vector<Tag> tags;
  bool critical = false;
  double x = 0;  ///< the upper left corner
  double y = 0;
  bool edge_left = false;
  bool edge_right = false;
};

struct Pill {
  std::vector<std::string> events;
  double width = 0;
  double height = 0;
  double x = 0;
  double y = 0;
};

struct Curve {
  enum class Kind { order, data, muted, start } kind = Kind::order;
  bool critical = false;
  std::vector<Point> points;
};

struct Scene {
  std::string title;
  std::string summary;  ///< `5 stages · 13m expected · budget 15m`
  bool over_budget = false;
  std::vector<Card> cards;
  Pill pill;  ///< no events, no pill
  std::vector<Curve> curves;
  graph::CriticalPath critical;
  double width = 0;
  double height = 0;
};

Scene make_scene(const graph::Graph&);

/// In pixels of an unscaled drawing.
namespace measure {
inline constexpr double margin = 24, header = 68, padding = 16, title = 14, detail = 12, condition = 11, tag = 11;
inline constexpr double tag_height = 20, tag_gap = 6, tag_padding = 8, tag_icon = 15, stack = 5;
inline constexpr double narrowest = 152, widest = 236, event_row = 22, event_padding = 14;
inline constexpr double heading = 18, summary = 12;
}  // namespace measure

}  // namespace sluice::draw

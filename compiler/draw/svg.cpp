#include "draw/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "draw/scene.h"
#include "draw/text_width.h"

namespace sluice::draw {
namespace {

using graph::Graph;
using graph::Stage;

// GitHub's own greys and blue, so that the drawing belongs to the page around it. No custom properties: some viewers
// of SVG files know none.
constexpr std::string_view style = R"(<style>
text { font-family: -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif }
text { fill: #1f2328 }
.heading { font-size: 18px; font-weight: 600 }
.title { font-size: 14px; font-weight: 600 }
.detail, .summary, .event { font-size: 12px; fill: #59636e }
.condition { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace }
.condition { font-size: 11px; fill: #59636e }
.tag { font-size: 11px; fill: #59636e }
.environment { font-weight: 600; fill: #0969da }
.over { font-weight: 600; fill: #9a6700 }
.quiet { font-weight: 500; fill: #59636e }
.card { fill: #ffffff; stroke: #d1d9e0 }
.critical { stroke: #54aeff }
.gate { fill: #fff8c5; stroke: #d4a72c }
.muted { fill: #f6f8fa; stroke: #d1d9e0; stroke-dasharray: 4 3 }
.label { fill: #f6f8fa; stroke: #d1d9e0 }
.icon { fill: none; stroke: #818b98 }
.edge { fill: none; stroke: #afb8c1; stroke-width: 1.5 }
.data { stroke-dasharray: 5 4 }
.faint { stroke: #d1d9e0 }
.path { stroke: #54aeff; stroke-width: 2 }
.port { fill: #afb8c1; stroke: #ffffff; stroke-width: 1.5 }
.port.on { fill: #54aeff }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.detail, .summary, .event, .condition, .tag, .quiet { fill: #9198a1 }
.environment { fill: #4493f8 }
.over { fill: #d29922 }
.card { fill: #151b23; stroke: #3d444d }
.critical { stroke: #316dca }
.gate { fill: #2b2411; stroke: #9e6a03 }
.muted, .label { fill: #0d1117; stroke: #3d444d }
.icon { stroke: #656c76 }
.edge { stroke: #545d68 }
.faint { stroke: #3d444d }
.path { stroke: #316dca }
.port { fill: #656c76; stroke: #0d1117 }
.port.on { fill: #4493f8 }
}
</style>
)";

class Writer {
 public:
  Writer(const Graph& graph, const Scene& scene) : graph_(graph), scene_(scene) {}

  std::string write() {
    open();
    for (bool critical : {false, true})
      for (const Curve& curve : scene_.curves)
        if (curve.critical == critical) write_curve(curve);
    if (!scene_.pill.events.empty()) write_pill(scene_.pill);
    for (std::size_t i = 0; i < scene_.cards.size(); ++i) write_card(scene_.cards[i], graph_.stages[i]);
    out_ += "</svg>\n";
    return std::move(out_);
  }

 private:
  template <class... Args>
  void put(fmt::format_string<Args...> format, Args&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(arguments)...);
  }

  void text(double x, double y, std::string_view classes, std::string_view content) {
    put("<text x=\"{:.6g}\" y=\"{:.6g}\" class=\"{}\">", x, y, classes);
    append_xml(out_, content);
    out_ += "</text>\n";
  }

  void tooltip(std::string_view content) {
    out_ += "<title>";
    append_xml(out_, content);
    out_ += "</title>\n";
  }

  void open() {
    put("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.6g}\" height=\"{1:.6g}\" viewBox=\"0 0 {0:.6g} "
        "{1:.6g}\" "
        "role=\"img\" aria-labelledby=\"sluice-title sluice-description\">\n<title id=\"sluice-title\">",
        scene_.width, scene_.height);
    append_xml(out_, scene_.title);
    out_ += "</title>\n<desc id=\"sluice-description\">";
    describe_stages();
    out_ += "</desc>\n";
    out_ += style;
    double room = scene_.width - 2 * measure::margin;
    text(measure::margin, measure::margin + 16, "heading", fit_text(scene_.title, measure::heading, Face::bold, room));
    text(measure::margin, measure::margin + 38, scene_.over_budget ? "summary over" : "summary", scene_.summary);
  }

  // For who hears the drawing: each stage and what it follows.
  void describe_stages() {
    constexpr std::size_t enough = 100;
    append_xml(out_, scene_.summary);
    out_ += '.';
    for (std::size_t i = 0; i < std::min(graph_.stages.size(), enough); ++i) {
      out_ += ' ';
      append_xml(out_, scene_.cards[i].label.title);
      const std::vector<graph::Edge>& after = graph_.stages[i].after;
      for (std::size_t edge = 0; edge < after.size(); ++edge) {
        out_ += edge ? ", " : " after ";
        append_xml(out_, scene_.cards[after[edge].stage].label.title);
      }
      out_ += '.';
    }
  }

  void write_curve(const Curve& curve) {
    std::string_view classes = curve.critical ? " path" : "";
    std::string_view kind;
    switch (curve.kind) {
      case Curve::Kind::order: break;
      case Curve::Kind::data: kind = " data"; break;
      case Curve::Kind::muted: kind = " data faint"; break;
      case Curve::Kind::start: kind = " faint"; break;
    }
    const std::vector<Point>& points = curve.points;
    put("<path class=\"edge{}{}\" d=\"M{:.6g} {:.6g}", kind, classes, points[0].x, points[0].y);
    for (std::size_t i = 0; i + 1 < points.size(); i += 2) {
      const Point &from = points[i], &to = points[i + 1];
      if (i) put("H{:.6g}", from.x);
      double middle = (from.x + to.x) / 2;
      if (from.y == to.y)
        put("H{:.6g}", to.x);
      else
        put("C{:.6g} {:.6g} {:.6g} {:.6g} {:.6g} {:.6g}", middle, from.y, middle, to.y, to.x, to.y);
    }
    out_ += "\"/>\n";
  }

  void write_pill(const Pill& pill) {
    out_ += "<g>\n";
    std::string details;
    for (const graph::Trigger& trigger : graph_.triggers) {
      if (!details.empty()) details += '\n';
      details += trigger_details(trigger);
    }
    tooltip(details);
    put("<rect class=\"label\" x=\"{:.6g}\" y=\"{:.6g}\" width=\"{:.6g}\" height=\"{:.6g}\" rx=\"15\"/>\n", pill.x,
        pill.y, pill.width, pill.height);
    for (std::size_t i = 0; i < pill.events.size(); ++i)
      text(pill.x + measure::event_padding, pill.y + measure::event_row * static_cast<double>(i) + 19, "event",
           pill.events[i]);
    out_ += "</g>\n";
  }

  void rectangle(const Card& card, double inset, double down, std::string_view classes) {
    put("<rect class=\"{}\" x=\"{:.6g}\" y=\"{:.6g}\" width=\"{:.6g}\" height=\"{:.6g}\" rx=\"8\"/>\n", classes,
        card.x + inset, card.y + down, card.width - 2 * inset, card.height);
  }

  // Where a run stands still has another form than what it does.
  void hexagon(const Card& card) {
    double half = card.height / 2;
    put("<path class=\"card gate{}\" d=\"M{:.6g} {:.6g}l10 {:.6g}h{:.6g}l10 {:.6g}l-10 {:.6g}h{:.6g}z\"/>\n",
        card.critical ? " critical" : "", card.x, card.y + half, -half, card.width - 20, half, half, 20 - card.width);
  }

  void write_card(const Card& card, const Stage& stage) {
    std::string_view classes = stage.notification ? "card muted" : card.critical ? "card critical" : "card";
    out_ += "<g>\n";
    tooltip(tooltip_of(card, stage));
    if (stage.matrix) rectangle(card, 6, measure::stack, classes);
    stage.gate ? hexagon(card) : rectangle(card, 0, 0, classes);
    write_words(card, stage);
    for (const Tag& tag : card.tags) write_tag(card, tag);
    double port = card.y + card.height / 2;
    std::string_view on = card.critical ? " on" : "";
    if (card.edge_left) put("<circle class=\"port{}\" cx=\"{:.6g}\" cy=\"{:.6g}\" r=\"4\"/>\n", on, card.x, port);
    if (card.edge_right)
      put("<circle class=\"port{}\" cx=\"{:.6g}\" cy=\"{:.6g}\" r=\"4\"/>\n", on, card.x + card.width, port);
    out_ += "</g>\n";
  }

  static std::string tooltip_of(const Card& card, const Stage& stage) {
    std::string out = card.label.title;
    if (!card.label.details.empty()) out += '\n', out += card.label.detail_line();
    if (!card.label.condition.empty()) out += '\n', out += card.label.condition;
    if (!stage.documentation.empty()) out += '\n', out += stage.documentation;
    return out;
  }

  void write_words(const Card& card, const Stage& stage) {
    double x = card.x + measure::padding, y = card.y + 27, room = card.width - 2 * measure::padding;
    text(x, y, stage.notification ? "title quiet" : "title",
         fit_text(card.label.title, measure::title, Face::bold, room));
    if (!card.label.details.empty()) write_details(card, stage, x, y += 19, room);
    if (card.label.condition.empty()) return;
    text(x, y + 18, "condition", fit_text(card.label.condition, measure::condition, Face::monospace, room));
  }

  void write_details(const Card& card, const Stage& stage, double x, double y, double room) {
    std::string line = fit_text(card.label.detail_line(), measure::detail, Face::regular, room);
    const std::string& environment = card.label.details[0];
    if (!stage.environment || !line.starts_with(environment)) return text(x, y, "detail", line);
    put("<text x=\"{:.6g}\" y=\"{:.6g}\" class=\"detail\"><tspan class=\"environment\">", x, y);
    append_xml(out_, environment);
    out_ += "</tspan>";
    append_xml(out_, std::string_view(line).substr(environment.size()));
    out_ += "</text>\n";
  }

  void write_tag(const Card& card, const Tag& tag) {
    double x = card.x + tag.x, y = card.y + card.height + tag.y;
    out_ += "<g>\n";
    tooltip("artifact " + tag.full);
    put("<rect class=\"label\" x=\"{:.6g}\" y=\"{:.6g}\" width=\"{:.6g}\" height=\"20\" rx=\"10\"/>\n", x, y,
        tag.width);
    put("<path class=\"icon\" d=\"M{:.6g} {:.6g}l4.5 -2.5l4.5 2.5v5l-4.5 2.5l-4.5 -2.5zl4.5 2.5l4.5 -2.5m-4.5 "
        "2.5v5\"/>\n",
        x + measure::tag_padding, y + 7.5);
    text(x + measure::tag_padding + measure::tag_icon, y + 14, "tag", tag.text);
    out_ += "</g>\n";
  }

  const Graph& graph_;
  const Scene& scene_;
  std::string out_;
};

}  // namespace

std::string svg(const Graph& graph) {
  Scene scene = make_scene(graph);
  return Writer(graph, scene).write();
}

}  // namespace sluice::draw

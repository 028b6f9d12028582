#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace sluice::draw {

/// What every drawing says about a stage; nothing is escaped yet.
struct StageLabel {
  std::string title;                 ///< one line
  std::vector<std::string> details;  ///< `production`, `2m`, `5 steps`, `×4`, `postgres`: as many as there are
  std::string condition;             ///< `when always()`, one line; empty without one
  std::vector<std::string> artifacts;

  std::string detail_line() const;  ///< `2m · 5 steps`
};
std::vector<StageLabel> stage_labels(const graph::Graph&);

/// An event by the language's name: `manual` for `workflow_dispatch`.
std::string trigger_label(const graph::Trigger&);
/// The same with its filters and times, one a line.
std::string trigger_details(const graph::Trigger&);

/// The pipeline's title, or its name where it has none.
std::string pipeline_title(const graph::Graph&);

/// Valid XML text: markup escaped, invalid UTF-8 as U+FFFD, controls other than line breaks as blanks.
void append_xml(std::string& out, std::string_view text);

}  // namespace sluice::draw

#include "simulate/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "graph/text.h"
#include "simulate/scenarios.h"

namespace sluice::simulate {
namespace {

constexpr std::size_t most_labels = 3;  // in one row; more are counted

using Cells = std::array<std::string, 4>;

void append(std::string& text, std::string_view part) {
  if (!text.empty()) text += ", ";
  text += part;
}

std::string stages_text(const Model& model, const Outcome& outcome) {
  std::string text;
  for (std::size_t i = 0; i < outcome.stages.size(); ++i) {
    const StageEnd& end = outcome.stages[i];
    if (!end.started) continue;
    std::string one = model.graph.stages[i].id;
    if (end.result != Result::success)
      one += fmt::format(" ({}{})", end.allowed ? "allowed " : "", runtime::to_text(end.result));
    append(text, one);
  }
  return text.empty() ? "nothing" : text;
}

std::string rollbacks_text(const Model& model, const Outcome& outcome) {
  std::vector<const RollbackRan*> ran;
  std::string text;
  for (const RollbackRan& one : outcome.rollbacks) {
    if (one.order) ran.push_back(&one);
    if (one.state == RollbackRan::State::superseded) append(text, model.graph.stages[one.stage].id + " (superseded)");
  }
  std::ranges::sort(ran, {}, [](const RollbackRan* one) { return *one->order; });
  for (const RollbackRan* one : ran)
    append(text, model.graph.stages[one->stage].id + (one->state == RollbackRan::State::failed ? " (failed)" : ""));
  return text.empty() ? "-" : text;
}

std::string environments_text(const Model& model, const Outcome& outcome) {
  std::string text;
  for (std::size_t i = 0; i < outcome.environments.size(); ++i)
    append(text, fmt::format("{}: {}", model.graph.environments[i].name, to_text(outcome.environments[i].state)));
  return text.empty() ? "-" : text;
}

Cells cells_of(const Model& model, const Outcome& outcome) {
  return {stages_text(model, outcome), rollbacks_text(model, outcome), environments_text(model, outcome),
          std::string(word_of(outcome.result))};
}

std::string scenario_text(const Model& model, const Scenario& scenario) {
  std::string text;
  for (const Event& event : scenario.events) text += (text.empty() ? "" : " + ") + describe(model, event);
  return text.empty() ? "all goes well" : text;
}

/// One event in a step of a stage shares its row with its like.
std::pair<std::string, std::string> group_of(const Model& model, const Scenario& scenario) {
  if (scenario.events.size() != 1 || scenario.events[0].at_start) return {scenario_text(model, scenario), ""};
  const Event& event = scenario.events[0];
  std::string label = label_of(model, event.at);
  if (label.empty()) return {scenario_text(model, scenario), ""};
  return {fmt::format("{} {}", to_text(event.kind), model.graph.stages[event.at.stage].id), label};
}

std::string name_of(const std::string& group, const std::vector<std::string>& labels) {
  if (labels.empty()) return group;
  if (labels.size() > most_labels)
    return fmt::format("{} {} … {} ({} times)", group, labels.front(), labels.back(), labels.size());
  return fmt::format("{} {}", group, fmt::join(labels, ", "));
}

/// How many columns a text takes, one for each character.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return (byte & 0xc0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, width(text)), ' ');
}

}  // namespace

void Table::add(const Scenario& scenario, const Outcome& outcome) {
  auto now = group_of(model_, scenario);
  if (now != scenario_) finish_scenario();
  scenario_ = std::move(now);
  Cells cells = cells_of(model_, outcome);
  auto same = std::ranges::find(ends_, cells, &End::cells);
  if (same == ends_.end()) {
    ends_.push_back({std::move(cells), outcome.choices});
    return;
  }
  std::erase_if(same->choices, [&](const Choice& choice) {
    return std::ranges::find(outcome.choices, choice) == outcome.choices.end();
  });
}

void Table::finish_scenario() {
  for (End& end : ends_) {
    std::string choices = ends_.size() > 1 ? choices_text(end.choices) : "";
    std::string group = scenario_.first + (choices.empty() ? "" : fmt::format(" [{}]", choices));
    std::vector<std::string> labels;
    if (!scenario_.second.empty()) labels.push_back(scenario_.second);
    add_row({std::move(group), std::move(labels), std::move(end.cells)});
  }
  ends_.clear();
}

void Table::add_row(Row row) {
  // Courses of one step stand beside those of the next: the last few rows are looked at.
  std::size_t first = rows_.size() > 8 ? rows_.size() - 8 : 0;
  for (std::size_t i = rows_.size(); i-- > first;) {
    if (row.labels.empty() || rows_[i].group != row.group || rows_[i].end != row.end) continue;
    rows_[i].labels.push_back(row.labels[0]);
    return;
  }
  rows_.push_back(std::move(row));
}

std::string Table::text() {
  finish_scenario();
  std::vector<std::array<std::string, 5>> lines = {{"scenario", "what ran", "rolled back", "environments", "result"}};
  for (const Row& row : rows_)
    lines.push_back({name_of(row.group, row.labels), row.end[0], row.end[1], row.end[2], row.end[3]});
  std::array<std::size_t, 5> widths{};
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  std::string text;
  for (const auto& line : lines) {
    for (std::size_t i = 0; i + 1 < line.size(); ++i) text += padded(line[i], widths[i]) + "  ";
    text += line.back() + "\n";
  }
  return text;
}

std::string choices_text(const std::vector<Choice>& choices) {
  std::string text;
  for (const Choice& choice : choices)
    text +=
        fmt::format("{}{}{}", text.empty() ? "" : " and ", choice.holds ? "" : "not ", for_people(choice.condition));
  return text;
}

std::string end_text(const Model& model, const Outcome& outcome) {
  Cells cells = cells_of(model, outcome);
  return fmt::format("{}|{}|{}", cells[1], cells[2], cells[3]);
}

std::string trace(const Model& model, const Scenario& scenario, const Outcome& outcome, const std::string& promise) {
  std::string text = fmt::format("broken: {}\n  scenario: {}\n", promise, scenario_text(model, scenario));
  if (!outcome.choices.empty()) text += fmt::format("  where: {}\n", choices_text(outcome.choices));
  for (const StepRan& ran : outcome.steps)
    text += fmt::format(
        "  {:>6}  {} {}: {}\n", graph::describe_seconds(ran.began), model.graph.stages[ran.place.stage].id,
        label_of(model, {ran.place.stage, ran.place.rollback, ran.place.step, {}}), runtime::to_text(ran.outcome));
  for (std::size_t i = 0; i < outcome.stages.size(); ++i)
    if (!outcome.stages[i].started)
      text += fmt::format("          {}: {}, {}\n", model.graph.stages[i].id,
                          runtime::to_text(outcome.stages[i].result), outcome.stages[i].because);
  return text + fmt::format("          {}; the run: {}\n", environments_text(model, outcome), word_of(outcome.result));
}

}  // namespace sluice::simulate

#include <fmt/format.h>

#include <algorithm>

#include "driver/commands.h"
#include "driver/known_start.h"
#include "driver/report.h"
#include "driver/select.h"
#include "driver/session.h"
#include "graph/text.h"
#include "simulate/forecast.h"

namespace sluice::driver {
namespace {

using runtime::Json;
using simulate::Forecast;
using simulate::Model;
using simulate::StageForecast;

std::string_view word_of(StageForecast::Runs runs) {
  return runs == StageForecast::Runs::yes ? "yes" : runs == StageForecast::Runs::no ? "no" : "perhaps";
}

std::vector<std::string> ids_of(const Model& model, const std::vector<std::size_t>& stages) {
  std::vector<std::string> ids;
  for (std::size_t stage : stages) ids.push_back(model.graph.stages[stage].id);
  return ids;
}

Json limit_json(const simulate::Limit& limit) { return {{"seconds", limit.seconds}, {"beside", limit.beside}}; }

std::string json_text(const Model& model, const KnownStart& start, const Forecast& forecast) {
  Json stages = Json::array(), questions = Json::array();
  for (std::size_t i = 0; i < forecast.stages.size(); ++i) {
    const StageForecast& one = forecast.stages[i];
    Json stage = {{"stage", model.graph.stages[i].id}, {"runs", word_of(one.runs)}};
    if (!one.because.empty()) stage["because"] = one.because;
    stage["undone_by"] = ids_of(model, one.undone_by);
    stages.push_back(std::move(stage));
  }
  for (const simulate::Question& one : forecast.questions) {
    Json question = {{"gate", model.graph.stages[one.gate].id}};
    if (!one.environment.empty()) question["environment"] = one.environment;
    question["asks"] = one.asks;
    questions.push_back(std::move(question));
  }
  Json plan = {{"pipeline", model.graph.pipeline},
               {"event", start.event},
               {"ref", start.ref},
               {"stages", std::move(stages)},
               {"gates", std::move(questions)},
               {"promote", limit_json(forecast.promote)},
               {"roll_back", limit_json(forecast.roll_back)}};
  return runtime::to_json_line(plan) + "\n";
}

std::string stages_text(const Model& model, const Forecast& forecast) {
  std::size_t width = 0;
  for (const graph::Stage& stage : model.graph.stages) width = std::max(width, stage.id.size());
  std::string text;
  for (std::size_t i = 0; i < forecast.stages.size(); ++i) {
    const StageForecast& one = forecast.stages[i];
    bool perhaps = one.runs == StageForecast::Runs::perhaps;
    std::string because = one.because.empty() ? "" : (perhaps ? "where " : "") + one.because;
    std::string line = fmt::format("{:7}  {:{}}  {}", word_of(one.runs), model.graph.stages[i].id, width, because);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string limit_text(std::string_view what, const simulate::Limit& limit) {
  std::string beside = limit.beside.empty() ? "" : fmt::format(", beside {}", fmt::join(limit.beside, ", "));
  return fmt::format("at most {} to {}{}\n", graph::describe_seconds(limit.seconds), what, beside);
}

std::string human_text(const Model& model, const KnownStart& start, const Forecast& forecast) {
  std::string text = fmt::format("`{}` on {} at {}\n\n", model.graph.pipeline, start.event, start.ref);
  text += stages_text(model, forecast);
  if (forecast.cut) text += "(the conditions fall in more ways than were looked at)\n";
  for (const simulate::Question& one : forecast.questions) {
    std::string of = one.environment.empty() ? "" : fmt::format(" to {}", one.environment);
    text += fmt::format("\n{}{} asks\n  {}\n", model.graph.stages[one.gate].id, of, fmt::join(one.asks, "\n  "));
  }
  std::string undone;
  for (std::size_t i = 0; i < forecast.stages.size(); ++i)
    if (!forecast.stages[i].undone_by.empty())
      undone += fmt::format("  {} if {} fails\n", model.graph.stages[i].id,
                            fmt::join(ids_of(model, forecast.stages[i].undone_by), " or "));
  if (!undone.empty()) text += "\nundone\n" + undone;
  text += "\n" + limit_text("promote", forecast.promote);
  return undone.empty() ? text : text + limit_text("roll back", forecast.roll_back);
}

}  // namespace

int plan(Session& session, const PlanOptions& options) {
  auto selected = select(session, options.file, options.pipeline);
  if (!selected) return selected.error();
  auto start = read_known_start(selected->graph, options.file, options.start);
  if (!start) return complain(start.error());
  Model model = simulate::make_model(selected->graph);
  Forecast forecast = simulate::forecast(model, start->scenario);
  return print(options.format == "json" ? json_text(model, *start, forecast) : human_text(model, *start, forecast));
}

}  // namespace sluice::driver

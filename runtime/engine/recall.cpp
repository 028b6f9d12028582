#include "runtime/engine/recall.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace sluice::runtime {
namespace {

template <class Value>
void put(Json& data, const char* name, const Value& value) {
  if (value != Value()) data[name] = value;
}

template <class Report>
Json told_result(const Report& report) {
  Json data = {{"result", to_text(report.result)}};
  put(data, "allowed", report.allowed);
  put(data, "reason", report.reason);
  put(data, "ms", report.duration.count());
  return data;
}

Result result_of(const Json& data, const char* name) {
  std::string text = data.value(name, "");
  for (Result result : {Result::success, Result::failure, Result::cancelled, Result::skipped, Result::blocked}) {
    if (text == to_text(result)) return result;
  }
  return Result::failure;
}

template <class Report>
void recall_result(const Json& data, Report& report) {
  report.result = result_of(data, "result");
  report.allowed = data.value("allowed", false);
  report.reason = data.value("reason", "");
  report.duration = Duration(data.value("ms", std::int64_t{0}));
}

/// The parts of a text with the places of one secret cut out.
Json cut(const Json& parts, const std::string& name, const std::string& secret) {
  Json next = Json::array();
  for (const Json& part : parts) {
    if (!part.is_string()) {
      next.push_back(part);
      continue;
    }
    std::string rest = part.get<std::string>();
    for (std::size_t at = 0; (at = rest.find(secret)) != std::string::npos; rest.erase(0, at + secret.size())) {
      if (at > 0) next.push_back(rest.substr(0, at));
      next.push_back({{"secret", name}});
    }
    if (!rest.empty()) next.push_back(std::move(rest));
  }
  return next;
}

}  // namespace

/// Written by hand: it is made for every step, and mostly holds two plain words.
std::string told(const StepReport& report, const Json& rest) {
  std::string text =
      fmt::format("{{\"title\":{},\"outcome\":\"{}\"", to_json_line(report.title), to_text(report.outcome));
  if (report.conclusion != report.outcome) text += fmt::format(",\"conclusion\":\"{}\"", to_text(report.conclusion));
  if (report.duration.count() != 0) text += fmt::format(",\"ms\":{}", report.duration.count());
  if (!report.message.empty()) text += ",\"message\":" + to_json_line(report.message);
  if (!report.log.empty()) text += ",\"log\":" + to_json_line(report.log.string());
  for (const auto& [name, value] : rest.items()) text += fmt::format(",{}:{}", to_json_line(name), to_json_line(value));
  return text + "}";
}

std::string told(const LegReport& report, const Json& outputs) {
  Json data = told_result(report);
  if (!outputs.empty()) data["outputs"] = outputs;
  for (const StepReport& step : report.steps) data["steps"].push_back(parse_json(told(step)));
  return to_json_line(data);
}

std::string told(const StageReport& report, const Json& outputs) {
  std::string text = fmt::format("{{\"result\":\"{}\"", to_text(report.result));
  if (report.allowed) text += ",\"allowed\":true";
  if (!report.reason.empty()) text += ",\"reason\":" + to_json_line(report.reason);
  if (report.duration.count() != 0) text += fmt::format(",\"ms\":{}", report.duration.count());
  if (!outputs.empty()) text += ",\"outputs\":" + to_json_line(outputs);
  if (report.undone != Undone::nothing) text += fmt::format(",\"undone\":{}", static_cast<int>(report.undone));
  return text + "}";
}

void recall(const Json& data, StepReport& report) {
  report.title = data.value("title", "");
  report.outcome = result_of(data, "outcome");
  report.conclusion = data.contains("conclusion") ? result_of(data, "conclusion") : report.outcome;
  report.duration = Duration(data.value("ms", std::int64_t{0}));
  report.message = data.value("message", "");
  report.log = data.value("log", "");
}

void recall(const Json& data, LegReport& report) {
  recall_result(data, report);
  for (const Json& step : data.value("steps", Json::array())) recall(step, report.steps.emplace_back());
}

void recall(const Json& data, StageReport& report) {
  recall_result(data, report);
  report.undone = static_cast<Undone>(data.value("undone", 0));
}

const LegPast* leg_before(const Past& past, const LegIdentity& leg) {
  if (leg.stage >= past.stages.size()) return nullptr;
  const auto& legs = past.stages[leg.stage].legs;
  auto found = legs.find(leg.index);
  return found == legs.end() ? nullptr : &found->second;
}

const Json* finished_leg(const Past& past, const LegIdentity& leg) {
  const LegPast* before = leg_before(past, leg);
  return before != nullptr && before->finished ? &*before->finished : nullptr;
}

int attempt_before(const Past& past, const LegIdentity& leg) {
  const LegPast* before = leg_before(past, leg);
  return before == nullptr ? 0 : before->attempt;
}

Json sealed(const Json& value, const std::map<std::string, std::string>& secrets) {
  if (value.is_structured()) {
    Json result = value;
    for (Json& item : result) item = sealed(item, secrets);
    return result;
  }
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) return value;
  std::vector<std::pair<std::string, std::string>> longest_first(secrets.begin(), secrets.end());
  std::ranges::stable_sort(longest_first, std::greater{}, [](const auto& entry) { return entry.second.size(); });
  Json parts = Json::array({value});
  for (const auto& [name, secret] : longest_first) {
    if (!secret.empty()) parts = cut(parts, name, secret);
  }
  return parts.size() == 1 && parts[0].is_string() ? value : Json{{"sealed", std::move(parts)}};
}

Json unsealed(const Json& value, const std::map<std::string, std::string>& secrets) {
  if (!value.is_structured()) return value;
  if (value.is_object() && value.size() == 1 && value.contains("sealed")) {
    std::string text;
    for (const Json& part : value["sealed"]) {
      if (part.is_string()) {
        text += part.get<std::string>();
      } else if (auto found = secrets.find(part.value("secret", "")); found != secrets.end()) {
        text += found->second;
      }
    }
    return text;
  }
  Json result = value;
  for (Json& item : result) item = unsealed(item, secrets);
  return result;
}

}  // namespace sluice::runtime
